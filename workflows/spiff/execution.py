"""A running process in memory, between restore and encode. Pure: no database, no clock of its own.

One step is: restore, complete (or fire), read what is open, encode. What the
process wants from outside it asks of an `Environment`, synchronously, in the
caller's transaction. An exception leaves the execution unusable: the caller
rolls back and restores the stored state.
"""

# The library carries no types.
# mypy: allow-untyped-calls

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition

from workflows.spiff import state as codec
from workflows.spiff.compiled import Compiled
from workflows.spiff.elements import Element
from workflows.spiff.errors import (
    EngineLimit,
    ErrorNotCaught,
    ExecutionBroken,
    StepNotOpen,
    TimerNotOpen,
)
from workflows.spiff.lean import READY, WAITING, LeanTask, LeanWorkflow
from workflows.spiff.prune import prune
from workflows.spiff.questions import Environment, Questions, box_of, routing_data
from workflows.spiff.specs import Timer

MOST_TASKS = 1_000
MOST_SECONDS = 2.0
"""Limits of one step. A loop without a person in it ends here."""


@dataclass(frozen=True)
class OpenStep:
    """A human step that waits. `id` and `box_id` stay the same over encode and restore.

    `box_id` is one run of the calling box: preparing, deciding and correcting of one review
    share it. `lane` is resolved from `desk`; `starter` and `desk_authority` stay as drawn.
    """

    id: str
    path: str
    element: Element
    box: Element | None
    box_id: str | None
    lane: str | None


@dataclass(frozen=True)
class OpenTimer:
    """A drawn timer that waits until `due`, fixed when it was entered."""

    id: str
    path: str
    due: datetime


class Execution:
    """One case of one definition. `start` or `restore`, never the constructor."""

    def __init__(self, compiled: Compiled, env: Environment) -> None:
        self.compiled = compiled
        self._questions = Questions(compiled, env)
        self._case: LeanWorkflow
        self._whole = False

    @classmethod
    def start(cls, compiled: Compiled, data: Mapping[str, object], env: Environment) -> Self:
        """Open a case with its routing variables and run it to its first waits."""
        execution = cls(compiled, env)
        execution._case = LeanWorkflow(compiled.top, compiled.inner, execution._questions)
        execution._case.task_tree.data = routing_data(data)
        execution._whole = True
        with execution._one_step():
            pass
        return execution

    @classmethod
    def restore(cls, compiled: Compiled, state: bytes, env: Environment) -> Self:
        """A case as it was encoded. Raises `ForeignState` for a state of another definition."""
        execution = cls(compiled, env)
        execution._case = codec.restore(compiled, state, execution._questions)
        execution._whole = True
        return execution

    @property
    def outcome(self) -> str | None:
        """What the end that was reached says (`jisui:outcome`), once the whole case has ended."""
        return self._intact().outcome if self._case.completed else None

    def open_steps(self) -> list[OpenStep]:
        """Human steps that wait to be completed."""
        return [self._step(task) for task in self._tasks(READY) if task.task_spec.manual]

    def open_timers(self) -> list[OpenTimer]:
        """Drawn timers that wait to be fired."""
        return [self._timer(task) for task in self._tasks(WAITING) if is_timer(task)]

    def complete(self, step_id: str, data: Mapping[str, object]) -> None:
        """Complete an open step with the routing variables it decides, and run on.

        Raises `StepNotOpen`; the library itself would run a finished step again.
        """
        task = self._intact().get_task_from_id(step_id)
        if task._state != READY or not task.task_spec.manual:
            raise StepNotOpen(step=step_id)
        variables = routing_data(data)
        with self._one_step():
            task.data.update(variables)
            task.run()

    def fire(self, timer_id: str) -> None:
        """End a timer's wait, whatever the hour: the caller knows that it is due. Raises `TimerNotOpen`."""
        task = next((task for task in self._tasks(WAITING) if task.id == timer_id and is_timer(task)), None)
        if task is None:
            raise TimerNotOpen(timer=timer_id)
        with self._one_step():
            task.task_spec.catch(task, None)
            task.task_spec._update(task)

    def cancel_all(self) -> None:
        """End the case from outside: nothing is open any more, and there is no outcome."""
        case = self._intact()
        case.cancel()
        case.outcome = None
        prune(case)

    def encode(self) -> bytes:
        """The state document to store (see `state`)."""
        return codec.encode(self.compiled, self._intact())

    def _intact(self) -> LeanWorkflow:
        if not self._whole:
            raise ExecutionBroken(process=self.compiled.key)
        return self._case

    def _tasks(self, state: int) -> Iterator[Any]:
        case = self._intact()
        for process in (case, *case.subprocesses.values()):
            yield from (task for task in process.tasks.values() if task._state == state)

    def _step(self, task: LeanTask) -> OpenStep:
        box = box_of(task)
        element = self.compiled.element_of
        return OpenStep(
            id=str(task.id),
            path=self._questions.path(task),
            element=element(task.task_spec),
            box=None if box is None else element(box.task_spec),
            box_id=None if box is None else str(box.id),
            lane=self._questions.lane(task),
        )

    def _timer(self, task: LeanTask) -> OpenTimer:
        due = datetime.fromisoformat(str(task.internal_data["due"]))
        return OpenTimer(str(task.id), self._questions.path(task), due)

    @contextmanager
    def _one_step(self) -> Iterator[None]:
        """What happens inside, then everything automatic that follows from it, or nothing usable."""
        case = self._intact()
        self._whole = False
        yield
        try:
            self._run_on(case)
        except RecursionError as error:
            raise EngineLimit(process=self.compiled.key, why="depth") from error
        if any(isinstance(event.event_definition, ErrorEventDefinition) for event in case.get_events()):
            raise ErrorNotCaught(process=self.compiled.key)
        prune(case)
        self._whole = True

    def _run_on(self, case: LeanWorkflow) -> None:
        """Run automatic tasks until only people and timers are waited for, innermost process first."""
        started, done = time.thread_time(), 0
        while True:
            ready = case.next_automatic()
            if not ready:
                return
            for task in ready:
                if task._state != READY:
                    continue
                done += 1
                if done > MOST_TASKS or time.thread_time() - started > MOST_SECONDS:
                    raise EngineLimit(process=self.compiled.key, element=task.task_spec.name, tasks=done)
                task.run()


def is_timer(task: Any) -> bool:
    """Whether a task waits for a drawn timer."""
    return isinstance(getattr(task.task_spec, "event_definition", None), Timer)
