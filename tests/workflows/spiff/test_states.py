"""The state document: small, flat however long a case lasts, and only read by its own definition."""

from __future__ import annotations

import time

import pytest

from tests.workflows.spiff.environment import FILED, SHIPPED, Driver, World, a_definition
from workflows.spiff import Execution, ForeignState, compile_process

SIDES, LEVELS = ("receiving", "sending"), ("county", "prefecture", "province")


def corrected(case: Driver, rounds: int) -> list[float]:
    """Return and correct a filing again and again; CPU seconds of each round."""
    spent = []
    for _ in range(rounds):
        started = time.process_time()
        case.complete("school_review.prepare", "return", returned_by="registrar")
        case.complete("school_review.correct", "resubmit")
        spent.append(time.process_time() - started)
    return spent


def a_moving() -> Driver:
    return Driver(a_definition("moving", "review"), filed_by="guardian")


def test_five_hundred_corrections_cost_no_more_than_the_first() -> None:
    case = a_moving()
    corrected(case, 3)
    size = len(case.states[-1])
    spent = corrected(case, 500)

    assert len(case.states[-1]) == size
    assert min(spent[-50:]) < 1.5 * min(spent[:50])
    tasks = sum(len(p.tasks) for p in (case.execution._case, *case.execution._case.subprocesses.values()))
    assert tasks < 10


def test_a_loop_beside_an_open_branch_stays_flat_too() -> None:
    case = Driver(a_definition("fork"))
    for number in range(200):
        case.complete("draft", "again")
        if number == 3:
            size = len(case.states[-1])
    assert len(case.states[-1]) == size
    assert case.open == ["draft", "stamp", "survey"]


def test_a_case_kept_in_memory_stays_flat_too() -> None:
    """The library stops finding tasks at a depth of 1,000."""
    execution = a_moving().execution
    for _ in range(400):
        for data in ({"decision": "return", "returned_by": "registrar"}, {"decision": "resubmit"}):
            (step,) = execution.open_steps()
            execution.complete(step.id, data)
    assert len(execution.encode()) < 1_000


def test_a_state_of_the_shipped_transfer_stays_under_a_kilobyte() -> None:
    case = Driver(
        a_definition("transfer", "office-review", folder=SHIPPED),
        stage="junior",
        same_province=False,
        validation="",
        reason="",
        returned_by="",
        **{
            f"{s}_{v}_review": True
            for s in ("receiving", "sending")
            for v in ("county", "prefecture", "province")
        },
    )
    while case.outcome is None:
        (path,) = case.open
        case.complete(path, "arrived" if path == "confirm_arrival" else "approve", reason="")
    assert max(map(len, case.states)) < 1_024


def test_step_and_timer_ids_outlive_a_restore() -> None:
    case = Driver(a_definition("patrol"))
    steps, timers = case.execution.open_steps(), case.execution.open_timers()
    for _ in range(3):
        case.store()
    assert case.execution.open_steps() == steps
    assert case.execution.open_timers() == timers


def test_encoding_twice_gives_the_same_bytes() -> None:
    case = a_moving()
    assert case.execution.encode() == case.states[-1]


def test_values_keep_their_kind() -> None:
    case = Driver(a_definition("twins"), yes=True, no=False, none=None, one=1, word="一", part=0.5)
    before = case.execution._case.get_task_from_id(case.step("left").id).data
    case.store()
    after = case.execution._case.get_task_from_id(case.step("left").id).data
    assert {key: (value, type(value)) for key, value in after.items()} == {
        key: (value, type(value)) for key, value in before.items()
    }


def test_a_reserved_word_of_the_library_is_an_ordinary_key() -> None:
    """The library's own serializer cannot restore a key called `typename`."""
    case = Driver(a_definition("twins"), typename="x")
    case.complete("left", "keep")
    assert case.open == ["right"]


def test_two_cases_on_one_definition_do_not_touch_each_other() -> None:
    compiled = a_definition("moving", "review")
    one, two = Driver(compiled, same_authority=True), Driver(compiled, filed_by="guardian")
    one.complete("school_review.decide", grade=5)
    two.complete("school_review.prepare", "return", returned_by="registrar")
    one.fire("arrival_term_passed")
    two.complete("school_review.correct", "resubmit")
    one.complete("confirm_no_show", "not_arrived")
    assert (one.outcome, two.open) == ("terminated", ["school_review.prepare"])
    assert not any("grade" in seen for seen in two.world.seen)


def test_the_state_of_an_ended_case_says_how_it_ended() -> None:
    case = Driver(a_definition("twins"))
    case.complete("left", "keep")
    case.complete("right", "keep")
    case.complete("check", "enough")
    assert len(case.states[-1]) < 60
    assert Execution.restore(case.compiled, case.states[-1], World()).outcome == "completed"


@pytest.mark.parametrize(
    "change", [lambda s: b"", lambda s: b"\x02" + s[1:], lambda s: s[:9] + b"x" + s[10:]]
)
def test_a_state_of_another_form_is_refused(change) -> None:  # type: ignore[no-untyped-def]
    compiled = a_definition("twins")
    state = Execution.start(compiled, FILED, World()).encode()
    with pytest.raises(ForeignState):
        Execution.restore(compiled, change(state), World())


def test_a_state_of_another_version_is_refused() -> None:
    old = a_definition("twins")
    state = Execution.start(old, FILED, World()).encode()
    source = (SHIPPED.parent / "tests/workflows/spiff/twins.bpmn").read_bytes()
    new = compile_process("twins", {"twins": source.replace(b'name="left"', b'name="Left"')})
    with pytest.raises(ForeignState):
        Execution.restore(new, state, World())
