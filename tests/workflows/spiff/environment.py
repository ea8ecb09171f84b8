"""What the engine's tests need: definitions from the files beside them, and a world that answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path

from workflows.expressions import compile_expression
from workflows.spiff import Compiled, Execution, OpenStep, compile_process

HERE = Path(__file__).parent
SHIPPED = Path(__file__).parents[3] / "bpmn"
CHINA = timezone(timedelta(hours=8))
MONDAY = datetime(2026, 3, 2, 23, 59, 59, tzinfo=CHINA)

FILED = {"filed_by": "school", "compulsory": True, "same_authority": False, "count": 0}
"""Routing variables that every fixture can start with."""

Effect = Callable[[Mapping[str, object]], Mapping[str, object] | None]


def a_definition(key: str, *called: str, folder: Path = HERE) -> Compiled:
    return compile_process(key, {name: (folder / f"{name}.bpmn").read_bytes() for name in (key, *called)})


def count_up(data: Mapping[str, object]) -> dict[str, object]:
    return {"count": int(str(data["count"])) + 1}


class World:
    """An `Environment`: remembers what it was asked, answers by the functions it was given."""

    def __init__(self, **effects: Effect) -> None:
        self.effects: dict[str, Effect] = {
            "count": count_up,
            "validate_platform": lambda data: {"validation": "passed"},
            **effects,
        }
        self.done: list[tuple[str, str]] = []
        self.tables: dict[str, Mapping[str, object]] = {}
        self.seen: list[Mapping[str, object]] = []

    def evaluate(self, expression: str, data: Mapping[str, object]) -> object:
        self.seen.append(data)
        return compile_expression(expression).evaluate(data)

    def effect(self, name: str, element: str, data: Mapping[str, object]) -> Mapping[str, object] | None:
        self.done.append((name, element))
        return self.effects[name](data) if name in self.effects else None

    def decide(self, table: str, data: Mapping[str, object]) -> Mapping[str, object]:
        return self.tables[table]

    def due(self, expression: str, data: Mapping[str, object]) -> datetime:
        days = int("".join(filter(str.isdigit, expression)) or 0)
        return MONDAY + timedelta(days=days)


class Driver:
    """One case, stored and restored after every step as the product does."""

    def __init__(self, compiled: Compiled, world: World | None = None, **variables: object) -> None:
        self.compiled = compiled
        self.world = world or World()
        self.execution = Execution.start(compiled, {**FILED, **variables}, self.world)
        self.states = [self.execution.encode()]

    @property
    def open(self) -> list[str]:
        return sorted(step.path for step in self.execution.open_steps())

    @property
    def outcome(self) -> str | None:
        return self.execution.outcome

    def step(self, path: str) -> OpenStep:
        return next(step for step in self.execution.open_steps() if step.path == path)

    def complete(self, path: str, decision: str = "approve", **variables: object) -> None:
        self.execution.complete(self.step(path).id, {"decision": decision, **variables})
        self.store()

    def fire(self, path: str) -> None:
        timer = next(timer for timer in self.execution.open_timers() if timer.path == path)
        self.execution.fire(timer.id)
        self.store()

    def store(self) -> None:
        self.states.append(self.execution.encode())
        self.execution = Execution.restore(self.compiled, self.states[-1], self.world)
