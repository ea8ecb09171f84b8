"""What a running process may ask of the world, and where in the drawing it stands when it asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity

from workflows.spiff.compiled import Compiled
from workflows.spiff.errors import NotRoutingData

DESK = "desk"
LONGEST_WORD = 200
"""Characters in a routing variable: a code or a date, never a text."""


class Environment(Protocol):
    """The outside of a running process. Whatever it raises passes through unchanged."""

    def evaluate(self, expression: str, data: Mapping[str, object]) -> object:
        """The value of a condition."""
        ...

    def effect(self, name: str, element: str, data: Mapping[str, object]) -> Mapping[str, object] | None:
        """Run a named effect now, in the step's transaction; the answer is routing variables to merge.

        `element` is the path of the service task.
        """
        ...

    def decide(self, table: str, data: Mapping[str, object]) -> Mapping[str, object]:
        """The routing variables that a decision table gives."""
        ...

    def due(self, expression: str, data: Mapping[str, object]) -> datetime:
        """When a timer entered now is due; aware."""
        ...


class Questions:
    """Stands where the library expects a script engine: there is none, everything is asked outside."""

    def __init__(self, compiled: Compiled, env: Environment) -> None:
        self.compiled = compiled
        self.env = env

    def evaluate(self, task: Any, expression: str, external_context: object = None) -> object:
        return self.env.evaluate(expression, self.seen_by(task))

    def effect(self, task: Any, name: str) -> None:
        answer = self.env.effect(name, self.path(task), self.seen_by(task))
        if answer:
            task.data.update(routing_data(answer))

    def decide(self, task: Any, table: str) -> None:
        task.data.update(routing_data(self.env.decide(table, self.seen_by(task))))

    def due(self, task: Any, expression: str) -> datetime:
        return self.env.due(expression, self.seen_by(task))

    def seen_by(self, task: Any) -> Mapping[str, object]:
        """Routing variables; in a called process also `desk` and `starter`, two lanes."""
        box = box_of(task)
        if box is None:
            return task.data  # type: ignore[no-any-return]
        return {**task.data, DESK: self.lane(box), "starter": self.compiled.starter}

    def lane(self, task: Any) -> str | None:
        """The lane a task stands in; `desk`, or none, in a called process is the lane of the box."""
        lane = self.compiled.element_of(task.task_spec).lane
        if lane is None or lane == DESK:
            caller = caller_of(task)
            return self.lane(caller) if caller is not None else lane
        return lane

    def path(self, task: Any) -> str:
        """Ids from the outermost process inwards, `receiving_school_review.prepare`."""
        caller = caller_of(task)
        own = str(task.task_spec.bpmn_id)
        return own if caller is None else f"{self.path(caller)}.{own}"


def caller_of(task: Any) -> Any | None:
    """The task that runs the process in which `task` stands; none in the case itself."""
    workflow = task.workflow
    if workflow.parent_task_id is None:
        return None
    return workflow.top_workflow.get_task_from_id(workflow.parent_task_id)


def box_of(task: Any) -> Any | None:
    """The call activity inside which `task` stands, seen through embedded subprocesses."""
    caller = caller_of(task)
    while caller is not None and not isinstance(caller.task_spec, CallActivity):
        caller = caller_of(caller)
    return caller


def routing_data(data: Mapping[str, object]) -> dict[str, object]:
    """A copy of `data`, if all of it is fit to route by. Raises `NotRoutingData` (naming keys only)."""
    wrong = [key for key, value in data.items() if not _fit(value)]
    if wrong:
        raise NotRoutingData(keys=wrong)
    return dict(data)


def _fit(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_WORD
    return value is None or isinstance(value, (bool, int, float))
