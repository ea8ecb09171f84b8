"""Task specs of our own: effects, tables, conditions, timers, ends and joins that keep count.

The library's parallel join counts arrivals of an earlier iteration again, and
loses changes when branches meet. Ours keeps each
arrival as a waiting task, consumes one per incoming flow when it fires, and
merges data by what each branch changed since they parted.

Specs are shared by every case of a definition and by all threads: nothing
here writes to a spec after parsing.
"""

# The library carries no types.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.util.task import TaskState

from workflows.spiff.errors import ConditionNotBoolean

END = "End"


class ServiceTask(defaults.ServiceTask):
    """Asks the environment for an effect, at once; what it returns becomes routing data."""

    extensions: dict[str, str]

    def _run_hook(self, my_task: Any) -> bool:
        my_task.workflow.script_engine.effect(my_task, self.extensions["effect"])
        return True


class BusinessRuleTask(defaults.ServiceTask):
    """Asks the environment for the answer of a decision table."""

    extensions: dict[str, str]

    def _run_hook(self, my_task: Any) -> bool:
        my_task.workflow.script_engine.decide(my_task, self.extensions["decisionTable"])
        return True


class Condition:
    """The expression on a flow out of an exclusive gateway."""

    def __init__(self, expression: str) -> None:
        self.expression = expression

    def _matches(self, my_task: Any) -> bool:
        answer = my_task.workflow.script_engine.evaluate(my_task, self.expression)
        if not isinstance(answer, bool):
            raise ConditionNotBoolean(element=my_task.task_spec.name, expression=self.expression)
        return answer


class ExclusiveGateway(defaults.ExclusiveGateway):
    """Takes the first flow whose condition is true, else the default."""

    def connect_outgoing_if(self, condition: str, task_spec: Any) -> None:
        self.connect_if(Condition(condition), task_spec)


class Timer(EventDefinition):
    """Waits until a day that is fixed on entry; only `Execution.fire` ends the wait."""

    def __init__(self, name: str, expression: str) -> None:
        super().__init__(name)
        self.expression = expression

    def update_task(self, my_task: Any) -> None:
        if "due" not in my_task.internal_data:
            due = my_task.workflow.script_engine.due(my_task, self.expression)
            my_task.internal_data["due"] = due.isoformat()


class EndEvent(defaults.EndEvent):
    """Leaves its outcome with the case when it ends the outermost process."""

    extensions: dict[str, str]

    def _on_complete_hook(self, my_task: Any) -> None:
        workflow = my_task.workflow
        if workflow.parent_task_id is None and "outcome" in self.extensions:
            workflow.outcome = self.extensions["outcome"]
        super()._on_complete_hook(my_task)


class ParallelGateway(defaults.ParallelGateway):
    """Fires once for every full set of arrivals, one from each incoming flow."""

    def _update_hook(self, my_task: Any) -> bool:
        arrive(my_task)
        arrived = {self.name_of_flow(task): task for task in reversed(arrivals(my_task))}
        arrived[self.name_of_flow(my_task)] = my_task
        if len(arrived) < len(set(self._inputs)):
            return False
        join(my_task, [arrived[name] for name in dict.fromkeys(self._inputs)])
        return True

    def _run_hook(self, my_task: Any) -> bool:
        return True

    @staticmethod
    def name_of_flow(arrival: Any) -> str:
        """The step an arrival came from: there is one flow between two steps."""
        return str(arrival.parent.task_spec.name)


class EndJoin(_EndJoin):
    """The end of a process, once nothing else in it is open."""

    def _update_hook(self, my_task: Any) -> bool:
        arrive(my_task)
        for task in my_task.workflow.tasks.values():
            is_end = task.task_spec is self or task.task_spec.name == END
            if not is_end and task.has_state(TaskState.NOT_FINISHED_MASK):
                return False
        join(my_task, sorted(arrivals(my_task), key=_place))
        return True

    def _run_hook(self, my_task: Any) -> bool:
        return True


class ProcessSpec(BpmnProcessSpec):
    """A process whose end joins correctly."""

    def __init__(self, name: str, description: str, filename: str | None) -> None:
        super().__init__(name=name, description=description, filename=filename)
        end = self.task_specs[END]
        del self.task_specs[self.end.name]
        end._inputs = []
        self.end = EndJoin(self, self.end.name)
        self.end.connect(end)


def arrive(my_task: Any) -> None:
    """Let a task that has just been reached wait at its join, with its branch's data."""
    if my_task.state != TaskState.WAITING:
        my_task._inherit_data()
        my_task._set_state(TaskState.WAITING)


def arrivals(my_task: Any) -> list[Any]:
    """Everything that waits at the same join."""
    spec = my_task.task_spec
    return [
        t for t in my_task.workflow.tasks.values() if t.task_spec is spec and t.state == TaskState.WAITING
    ]


def join(my_task: Any, arrived: list[Any]) -> None:
    """Go on as `my_task` with the data of all branches; the other arrivals are used up."""
    if len(arrived) < 2:
        return
    base = _meeting_point(arrived).data
    my_task.data = merged(base, [task.data for task in arrived])
    for task in arrived:
        if task is not my_task:
            task.workflow._remove_task(task.id)


def merged(base: Mapping[str, object], branches: Iterable[Mapping[str, object]]) -> dict[str, object]:
    """Three-way merge: what a branch left alone since `base` never undoes another branch's change.

    Where two branches changed the same key, the branch drawn later wins.
    """
    result = dict(base)
    for branch in branches:
        result |= {k: v for k, v in branch.items() if k not in base or differs(base[k], v)}
        for key in base:
            if key not in branch:
                result.pop(key, None)
    return result


def differs(one: object, other: object) -> bool:
    """Not equal, or of another kind: `1 == True`, but a condition tells them apart."""
    return one is not other and (one != other or type(one) is not type(other))


def _place(task: Any) -> list[int]:
    """Where a task hangs in the tree, in drawing order: the same before and after a restore."""
    place = []
    while task.parent is not None:
        place.append(task.parent.children.index(task))
        task = task.parent
    return place[::-1]


def _meeting_point(tasks: list[Any]) -> Any:
    """The nearest common ancestor: the step at which the branches parted."""
    common = _ancestors(tasks[0])
    for task in tasks[1:]:
        own = set(map(id, _ancestors(task)))
        common = [ancestor for ancestor in common if id(ancestor) in own]
    return common[0]


def _ancestors(task: Any) -> list[Any]:
    """Parent first, root last."""
    found = []
    parent = task.parent
    while parent is not None:
        found.append(parent)
        parent = parent.parent
    return found
