"""Branches that part and meet: every arrival counts once, no branch undoes another's change."""

from __future__ import annotations

import pytest

from tests.workflows.spiff.environment import Driver, a_definition
from workflows.spiff.specs import merged


def test_the_second_round_waits_for_both_again() -> None:
    """The library fires here with the left task still open."""
    case = Driver(a_definition("twins"))
    case.complete("left", "keep")
    case.complete("right", "keep")
    case.complete("check", "again")

    case.complete("right", "keep")
    assert case.open == ["left"]
    case.complete("left", "keep")
    assert case.open == ["check"]


@pytest.mark.parametrize("rounds", [1, 2, 5])
def test_what_follows_a_join_happens_once_a_round(rounds: int) -> None:
    case = Driver(a_definition("twins"))
    for number in range(rounds):
        for path in sorted(case.open, reverse=bool(number % 2)):
            case.complete(path, "keep")
        case.complete("check", "again" if number < rounds - 1 else "enough")
    assert case.outcome == "completed"
    assert case.world.done == [("count", "count")] * rounds


@pytest.mark.parametrize("first", ["left", "right"])
def test_a_branch_with_an_old_copy_does_not_undo_a_change(first: str) -> None:
    """The library loses the change of the branch that arrives first."""
    case = Driver(a_definition("twins"), colour="white")
    second = "right" if first == "left" else "left"
    case.complete(first, "change", colour="red")
    case.complete(second, "keep")
    case.complete("check", "again")
    case.complete("left", "keep")
    case.complete("right", "keep")
    assert case.world.seen[-1]["colour"] == "red"


def test_a_join_inside_a_join_waits_for_its_own_branches() -> None:
    case = Driver(a_definition("fork"))
    assert case.open == ["draft", "stamp", "survey"]
    case.complete("survey", "long")
    case.complete("stamp", "keep")
    case.complete("draft", "again")
    case.complete("draft", "ready")
    assert case.open == ["detail"]
    case.complete("detail", "keep")
    assert case.outcome == "completed"


def test_ends_of_parallel_branches_bring_all_their_data_out() -> None:
    case = Driver(a_definition("outing", "moving", "review"))
    case.complete("packing.food", "keep", food="rice")
    case.complete("packing.clothes", "keep", clothes="coat")
    assert case.open == ["trip.school_review.prepare"]
    case.complete("trip.school_review.prepare")
    case.complete("trip.school_review.decide", "refuse", reason="R01")
    assert case.open == ["report"]
    case.complete("report", "again")
    assert {key: case.world.seen[-1].get(key) for key in ("food", "clothes", "reason")} == {
        "food": "rice",
        "clothes": "coat",
        "reason": "R01",
    }


@pytest.mark.parametrize(
    ("base", "branches", "result"),
    [
        ({"a": 1}, [{"a": 2}, {"a": 1}], {"a": 2}),
        ({"a": 1}, [{"a": 1}, {"a": 2}], {"a": 2}),
        ({"a": 1}, [{"a": 2}, {"a": 3}], {"a": 3}),
        ({"a": 1, "b": 1}, [{"b": 1}, {"a": 1, "b": 2}], {"b": 2}),
        ({}, [{"a": 1}, {"b": 2}], {"a": 1, "b": 2}),
        ({"a": 1}, [{"a": True}, {"a": 1}], {"a": True}),
    ],
    ids=["first changed", "second changed", "both changed", "one removed", "both added", "kind changed"],
)
def test_merging_takes_what_a_branch_changed(base: dict, branches: list, result: dict) -> None:  # type: ignore[type-arg]
    joined = merged(base, branches)
    assert joined == result
    assert [type(value) for value in joined.values()] == [type(value) for value in result.values()]
