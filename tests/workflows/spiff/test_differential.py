"""Random walks: the library's engine in memory against ours, stored and restored after every step.

The two must agree on every open step with its lane and all its data, on every
timer with its due time, on effects, end and outcome.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from tests.workflows.spiff.environment import FILED, SHIPPED, World, a_definition
from tests.workflows.spiff.reference import Reference, seen
from workflows.spiff import Compiled, Execution
from workflows.spiff.lean import READY

MODELS = {
    "moving": ("review",),
    "twins": (),
    "fork": (),
    "patrol": (),
    "hearing": ("panel",),
    "outing": ("moving", "review"),
}
WALKS_EACH = 45
MOST_STEPS = 14


@pytest.mark.parametrize("key", MODELS)
def test_ours_never_differs_from_the_library_in_memory(key: str) -> None:
    compiled = a_definition(key, *MODELS[key])
    for number in range(WALKS_EACH):
        walk(compiled, FILED, random.Random(f"{key} {number}"))


def test_ours_never_differs_on_the_shipped_transfer() -> None:
    compiled = a_definition("transfer", "office-review", folder=SHIPPED)
    for number in range(WALKS_EACH):
        chance = random.Random(f"transfer {number}")
        walk(compiled, a_transfer(chance), chance)


def a_transfer(chance: random.Random) -> dict[str, object]:
    words = ("same_authority", "same_province", "compulsory")
    reviews = (f"{side}_{level}_review" for side in ("receiving", "sending") for level in LEVELS)
    return {
        "filed_by": chance.choice(["school", "guardian"]),
        "stage": "junior",
        "reason": "",
        **{word: chance.random() < 0.5 for word in (*words, *reviews)},
    }


LEVELS = ("county", "prefecture", "province")


def walk(compiled: Compiled, data: Mapping[str, object], chance: random.Random) -> None:
    """One case on both engines, deciding at random, until it ends or has gone on long enough."""
    validations = [chance.choice(["2001", "passed"]) for _ in range(100)]
    worlds = [World(validate_platform=answering(validations)) for _ in range(2)]
    theirs = Reference(compiled, data, worlds[0])
    ours = Execution.start(compiled, data, worlds[1])
    for number in range(MOST_STEPS):
        ours = Execution.restore(compiled, ours.encode(), worlds[1])
        assert_same(theirs, ours)
        assert worlds[0].done == worlds[1].done
        steps = sorted(ours.open_steps(), key=lambda step: step.path)
        timers = sorted(ours.open_timers(), key=lambda timer: timer.path)
        ended = not steps and not timers
        if ended or len({step.path for step in steps}) < len(steps):
            return  # the same step open twice is compared, but nobody could say which one to complete
        if timers and (not steps or chance.random() < 0.2):
            timer = chance.choice(timers)
            theirs.fire(timer.path)
            ours.fire(timer.id)
            continue
        step = chance.choice(steps)
        decision = a_decision(step.element.attributes, number, chance)
        theirs.complete(step.path, decision)
        ours.complete(step.id, decision)


def answering(validations: list[str]):  # type: ignore[no-untyped-def]
    left = iter(validations)
    return lambda data: {"validation": next(left)}


def a_decision(attributes: Mapping[str, str], number: int, chance: random.Random) -> dict[str, object]:
    decision = chance.choice(attributes.get("decisions", "approve").split())
    data: dict[str, object] = {"decision": decision, "returned_by": attributes.get("role", "")}
    if decision == "change":
        data |= {chance.choice(["colour", "size", "count"]): number}
    if decision == "refuse":
        data |= {"reason": chance.choice(["R01", "R99"])}
    return data


def assert_same(theirs: Reference, ours: Execution) -> None:
    case = ours._case
    tasks = [t for p in (case, *case.subprocesses.values()) for t in p.tasks.values()]
    open_here = [t for t in tasks if t._state == READY]
    assert sorted(seen(ours._questions, t) for t in open_here) == sorted(
        seen(theirs.questions, t) for t in theirs.steps()
    )
    assert {t.path: t.due.isoformat() for t in ours.open_timers()} == {
        path: task.internal_data["due"] for path, task in theirs.timers().items()
    }
    assert ours.outcome == theirs.outcome
    assert case.completed == theirs.case.is_completed()
