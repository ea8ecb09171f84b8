"""The library's own engine on the same definition: whole history in memory, nothing stored.

It shares our parser, specs and corrected joins, and nothing else: its own
tasks, predictions, tree searches and `do_engine_steps`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from workflows.spiff import Compiled, Environment
from workflows.spiff.questions import Questions, box_of
from workflows.spiff.specs import Timer

Seen = tuple[str, str | None, bool, tuple[tuple[str, object], ...]]


class Reference:
    """A case that the library keeps."""

    def __init__(self, compiled: Compiled, data: Mapping[str, object], env: Environment) -> None:
        self.questions = Questions(compiled, env)
        self.case = BpmnWorkflow(compiled.top, dict(compiled.inner), script_engine=self.questions)
        self.case.outcome = None
        self.case.task_tree.data = dict(data)
        self._run_on()

    @property
    def outcome(self) -> str | None:
        return self.case.outcome if self.case.is_completed() else None

    def steps(self) -> list[Any]:
        return [task for task in self.case.get_tasks(state=TaskState.READY) if task.task_spec.manual]

    def timers(self) -> dict[str, Any]:
        waiting = self.case.get_tasks(state=TaskState.WAITING)
        return {self.questions.path(task): task for task in waiting if is_timer(task)}

    def complete(self, path: str, data: Mapping[str, object]) -> None:
        task = next(task for task in self.steps() if self.questions.path(task) == path)
        task.set_data(**data)
        task.run()
        self._run_on()

    def fire(self, path: str) -> None:
        task = self.timers()[path]
        task.task_spec.catch(task, None)
        task.task_spec._update(task)
        self._run_on()

    def _run_on(self) -> None:
        """Until quiet: after an event the library leaves a ready task for the next call."""
        self.case.do_engine_steps()
        while any(not task.task_spec.manual for task in self.case.get_tasks(state=TaskState.READY)):
            self.case.do_engine_steps()


def seen(questions: Questions, task: Any) -> Seen:
    """A step as it is compared: where, whose, in a box or not, and all its data."""
    return (
        questions.path(task),
        questions.lane(task),
        box_of(task) is not None,
        tuple(sorted(task.data.items())),
    )


def is_timer(task: Any) -> bool:
    return isinstance(getattr(task.task_spec, "event_definition", None), Timer)
