"""What a running case refuses, and that a failed step leaves nothing to go on with."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.workflows.spiff.environment import Driver, World, a_definition
from workflows.expressions import NotEvaluable
from workflows.spiff import (
    ConditionNotBoolean,
    EngineLimit,
    ErrorNotCaught,
    ExecutionBroken,
    NotRoutingData,
    StepNotOpen,
    TimerNotOpen,
    execution,
)


def test_a_completed_step_is_not_open() -> None:
    """The library would run it again."""
    case = Driver(a_definition("twins"))
    done = case.step("left").id
    case.complete("left", "keep")
    with pytest.raises(StepNotOpen):
        case.execution.complete(done, {"decision": "keep"})
    assert case.open == ["right"]


def test_a_cancelled_step_is_not_open() -> None:
    case = Driver(a_definition("patrol"))
    review = case.step("review").id
    case.fire("overdue")
    with pytest.raises(StepNotOpen):
        case.execution.complete(review, {"decision": "approve"})


def test_only_a_human_step_is_completed_and_only_a_timer_fired() -> None:
    case = Driver(a_definition("patrol"))
    timer, step = case.execution.open_timers()[0].id, case.step("review").id
    for wrong in (timer, str(uuid4()), "", "1"):
        with pytest.raises(StepNotOpen):
            case.execution.complete(wrong, {})
    for wrong in (step, str(uuid4())):
        with pytest.raises(TimerNotOpen):
            case.execution.fire(wrong)
    assert case.open == ["review"]


def test_a_refused_call_changes_nothing() -> None:
    case = Driver(a_definition("twins"))
    with pytest.raises(StepNotOpen):
        case.execution.complete("nothing", {})
    assert case.execution.encode() == case.states[-1]


def test_an_endless_loop_is_stopped() -> None:
    with pytest.raises(EngineLimit) as stopped:
        Driver(a_definition("endless"))
    assert stopped.value.facts["tasks"] == execution.MOST_TASKS + 1


def test_a_step_may_not_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "MOST_SECONDS", 0.0)
    with pytest.raises(EngineLimit):
        Driver(a_definition("twins"))


def test_a_failed_effect_passes_through_and_nothing_goes_on() -> None:
    class Unreachable(Exception):
        pass

    def fail(data: object) -> None:
        raise Unreachable

    case = Driver(a_definition("twins"), World(count=fail))
    case.complete("left", "keep")
    last = case.step("right").id
    with pytest.raises(Unreachable):
        case.execution.complete(last, {"decision": "keep"})
    for use in (case.execution.open_steps, case.execution.encode, case.execution.cancel_all):
        with pytest.raises(ExecutionBroken):
            use()

    case.world.effects.clear()
    case.execution = execution.Execution.restore(case.compiled, case.states[-1], case.world)
    case.complete("right", "keep")
    assert case.open == ["check"]


def test_a_missing_variable_is_an_error_not_a_default() -> None:
    case = Driver(a_definition("moving", "review"))
    with pytest.raises(NotEvaluable):
        case.execution.complete(case.step("school_review.decide").id, {})


def test_a_condition_must_be_true_or_false() -> None:
    case = Driver(a_definition("moving", "review"), same_authority="yes")
    with pytest.raises(ConditionNotBoolean):
        case.complete("school_review.decide")


@pytest.mark.parametrize("value", [object(), b"", {}, [1], "x" * 201, {"a": 1}])
def test_only_words_and_numbers_route(value: object) -> None:
    case = Driver(a_definition("twins"))
    with pytest.raises(NotRoutingData) as refused:
        case.complete("left", "keep", extra=value)
    assert refused.value.facts == {"keys": ["extra"]}
    assert case.open == ["left", "right"]


def test_an_effect_may_only_answer_with_words_and_numbers() -> None:
    with pytest.raises(NotRoutingData):
        Driver(a_definition("endless"), World(count=lambda data: {"count": [1]}))


def test_a_refusal_that_nobody_catches_is_an_error() -> None:
    """In the library the case just stops."""
    case = Driver(a_definition("review"), filed_by="guardian")
    case.complete("prepare")
    with pytest.raises(ErrorNotCaught):
        case.complete("decide", "refuse", reason="R01")
