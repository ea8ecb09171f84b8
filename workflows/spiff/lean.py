"""The library's tasks and workflows without what a stored case does not need.

Same specs, same transitions; but a task knows its parent and children
directly, predicts nothing before it runs, and every search is one flat scan
over the few tasks that pruning leaves.
"""

# The library carries no types.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any
from uuid import uuid4

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows.spiff.errors import StepNotOpen

FUTURE, WAITING, READY, STARTED = TaskState.FUTURE, TaskState.WAITING, TaskState.READY, TaskState.STARTED
COMPLETED = TaskState.COMPLETED
OPEN = WAITING | READY | STARTED
FINISHED = COMPLETED | TaskState.CANCELLED

_numbers = count(1)


def is_named(task_spec: Any) -> bool:
    """Whether people, rows or called processes refer to tasks of this spec by id."""
    return bool(task_spec.manual) or isinstance(task_spec, (SubWorkflowTask, CatchingEvent))


class LeanTask(Task):
    """A token's step. Its id is a UUID's text if anybody outside may name it, else a mere number."""

    id: Any
    task_spec: Any
    _parent: Any
    _children: Any

    def __init__(
        self,
        workflow: Any,
        task_spec: Any,
        parent: LeanTask | None,
        state: int,
        id: str = "",  # noqa: A002 - the library's name
    ) -> None:
        self.id = id or (str(uuid4()) if is_named(task_spec) else next(_numbers))
        self.workflow = workflow
        self.task_spec = task_spec
        self.data: dict[str, object] = {}
        self.internal_data: dict[str, object] = {}
        self.triggered = False
        self.thread_id = 0
        self.last_state_change = 0.0
        self.has_data = False
        self._state = state
        self._parent = parent
        self._children = []
        workflow.tasks[self.id] = self
        if parent is not None:
            parent._children.append(self)

    @property  # type: ignore[misc]
    def parent(self) -> Any:
        return self._parent

    @property  # type: ignore[misc]
    def children(self) -> Any:
        return self._children[:]

    def run(self) -> Any:
        if not isinstance(self.task_spec, MultiChoice):
            self.task_spec._predict_hook(self)
        return super().run()

    def _ready(self) -> None:
        """Without the library's test of the spec, which was tested when it was parsed."""
        if not self._state & FINISHED:
            self._state = READY
            self.task_spec._on_ready_hook(self)

    def find_ancestor(self, spec_name: str) -> LeanTask | None:
        ancestor: LeanTask | None = self._parent
        while ancestor is not None and ancestor.task_spec.name != spec_name:
            ancestor = ancestor._parent
        return ancestor

    def collect_log_extras(self, dct: dict[str, Any] | None = None) -> dict[str, Any]:
        return dct or {}

    def _set_state(self, value: int) -> None:
        self._state = value

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> LeanTask:
        task = LeanTask(self.workflow, task_spec, self, state)
        if state == READY:
            task._ready()
        return task

    def _sync_children(self, task_specs: list[Any], state: int = TaskState.MAYBE) -> None:
        if self._state <= FUTURE:
            return
        if self._children:
            super()._sync_children(task_specs, state)
        else:
            for task_spec in task_specs:
                LeanTask(self.workflow, task_spec, self, state)

    def _inherit_data(self) -> None:
        """Take the parent's data once; pruning may later hang this task under an older step."""
        if not self.has_data and self._parent is not None:
            self.data |= self._parent.data
            self.has_data = True


class _Flat:
    """What a case and its called processes share: flat scans, no logging, no library-made root."""

    tasks: dict[Any, LeanTask]

    def update_waiting_tasks(self) -> None:
        """Only joins can be freed by another task; an event is told when it happens."""
        for task in list(self.tasks.values()):
            if task._state == WAITING and isinstance(task.task_spec, Join):
                task.task_spec._update(task)

    def collect_log_extras(self, dct: dict[str, Any] | None = None) -> dict[str, Any]:
        return dct or {}

    def _remove_task(self, task_id: Any) -> None:
        task = self.tasks.pop(task_id)
        for child in task._children:
            self._remove_task(child.id)
        if task._parent is not None and task in task._parent._children:
            task._parent._children.remove(task)


class LeanSubWorkflow(_Flat, BpmnSubWorkflow):
    """A called process or embedded subprocess while it runs."""

    def __init__(self, spec: Any, caller: LeanTask, top: LeanWorkflow) -> None:
        self.caller: Any = caller
        super().__init__(spec, caller.id, top, deserializing=True)
        self.task_tree = LeanTask(self, spec.start, None, READY)
        top.subprocesses[caller.id] = self

    @property
    def parent_workflow(self) -> Any:
        return self.caller.workflow

    def _calculate_depth(self) -> int:
        return int(self.caller.workflow.depth) + 1


class LeanWorkflow(_Flat, BpmnWorkflow):
    """A case while one step of it runs."""

    def __init__(self, spec: Any, inner: Mapping[str, Any], script_engine: Any) -> None:
        self.outcome: str | None = None
        super().__init__(spec, inner, script_engine, deserializing=True)
        self.task_tree = LeanTask(self, spec.start, None, READY)

    def next_automatic(self) -> list[LeanTask]:
        """Tasks that run by themselves, of the innermost process that has any."""
        for process in (*sorted(self.subprocesses.values(), key=lambda called: -called.depth), self):
            found = [t for t in process.tasks.values() if t._state == READY and not t.task_spec.manual]
            if found:
                return found
        return []

    def create_subprocess(self, my_task: LeanTask, spec_name: str) -> LeanSubWorkflow:
        return LeanSubWorkflow(self.subprocess_specs[spec_name], my_task, self)

    def delete_subprocess(self, my_task: LeanTask) -> list[LeanTask]:
        raise NotImplementedError("a stored state is restored instead of reset")

    def get_task_from_id(self, task_id: Any) -> LeanTask:
        for workflow in (self, *self.subprocesses.values()):
            task = workflow.tasks.get(task_id)
            if task is not None:
                return task  # type: ignore[no-any-return]
        raise StepNotOpen(step=task_id)

    def refresh_timers(self) -> None:
        """Nothing fires by itself: a person's step must not fire somebody's timer unrecorded."""
