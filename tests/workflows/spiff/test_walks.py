"""A case walks through its diagram, stored and restored after every step."""

from __future__ import annotations

import pytest

from tests.workflows.spiff.environment import MONDAY, Driver, World, a_definition


def a_moving(world: World | None = None, **variables: object) -> Driver:
    return Driver(a_definition("moving", "review"), world, **variables)


def agreed_by(case: Driver, review: str) -> None:
    if f"{review}.prepare" in case.open:
        case.complete(f"{review}.prepare")
    case.complete(f"{review}.decide")


def test_every_office_agrees_and_the_record_moves() -> None:
    case = a_moving()
    agreed_by(case, "school_review")
    agreed_by(case, "authority_review")
    case.complete("confirm_arrival", "arrived")

    assert case.outcome == "completed"
    assert case.open == []
    assert case.world.done == [("validate_platform", "validate"), ("move_record", "move_record")]


def test_the_school_that_files_has_prepared_already() -> None:
    assert a_moving(filed_by="school").open == ["school_review.decide"]
    assert a_moving(filed_by="guardian").open == ["school_review.prepare"]


def test_filing_by_the_school_prepares_nothing_for_another_office() -> None:
    case = a_moving(filed_by="school")
    agreed_by(case, "school_review")
    assert case.open == ["authority_review.prepare"]


def test_an_authority_that_serves_both_sides_is_skipped() -> None:
    case = a_moving(same_authority=True)
    agreed_by(case, "school_review")
    assert case.open == ["confirm_arrival"]


@pytest.mark.parametrize(
    ("review", "effects"), [("school_review", [("open_placement", "place")]), ("authority_review", [])]
)
def test_a_refusal_leaves_the_review_by_its_boundary(review: str, effects: list[tuple[str, str]]) -> None:
    case = a_moving()
    if review == "authority_review":
        agreed_by(case, "school_review")
        case.complete("authority_review.prepare", "refuse")
    case.complete(f"{review}.decide", "refuse", reason="R01")

    assert (case.outcome, case.open, case.execution.open_timers()) == ("refused", [], [])
    assert case.world.done == effects


def test_a_proposal_to_refuse_goes_to_the_leader() -> None:
    case = a_moving(filed_by="guardian")
    case.complete("school_review.prepare", "refuse")
    assert case.open == ["school_review.decide"]


@pytest.mark.parametrize(("returned_by", "then"), [("registrar", "prepare"), ("leader", "decide")])
def test_a_corrected_application_goes_back_to_who_returned_it(returned_by: str, then: str) -> None:
    case = a_moving(filed_by="guardian")
    if returned_by == "leader":
        case.complete("school_review.prepare")
    case.complete(case.open[0], "return", returned_by=returned_by)
    assert case.open == ["school_review.correct"]

    case.complete("school_review.correct", "resubmit")
    assert case.open == [f"school_review.{then}"]


def test_another_reason_in_compulsory_school_is_for_the_authority() -> None:
    case = a_moving()
    case.complete("school_review.decide", "refuse", reason="R99")
    assert case.step("school_review.review_other_reason").lane == "desk_authority"

    case.complete("school_review.review_other_reason", "approve")
    assert case.open == ["authority_review.prepare"]


def test_a_step_knows_its_box_and_its_office() -> None:
    case = a_moving(filed_by="guardian")
    step = case.step("school_review.prepare")
    assert (step.element.id, step.element.lane, step.lane) == ("prepare", "desk", "school")
    assert step.box is not None
    assert (step.box.id, step.box.attributes["deadline"]) == ("school_review", "working_days(10)")
    assert step.element.attributes == {"role": "registrar", "decisions": "approve refuse return"}

    case.complete("school_review.prepare", "return", returned_by="registrar")
    assert case.step("school_review.correct").lane == "starter"


def test_a_box_id_is_that_of_one_review() -> None:
    case = a_moving(filed_by="guardian")
    first = case.step("school_review.prepare").box_id
    case.complete("school_review.prepare", "return", returned_by="registrar")
    case.complete("school_review.correct", "resubmit")
    case.complete("school_review.prepare")
    assert case.step("school_review.decide").box_id == first

    case.complete("school_review.decide")
    assert case.step("authority_review.prepare").box_id != first


def test_a_step_outside_a_box_has_none() -> None:
    case = a_moving(same_authority=True)
    agreed_by(case, "school_review")
    step = case.step("confirm_arrival")
    assert (step.box, step.box_id, step.lane) == (None, None, "school")


def test_desk_and_starter_are_seen_only_inside_a_called_process() -> None:
    case = a_moving()
    agreed_by(case, "school_review")
    inside = case.world.seen[0]
    assert (inside["desk"], inside["starter"]) == ("school", "school")
    assert case.world.seen[-1]["desk"] == "authority"
    at_the_top = next(seen for seen in case.world.seen if "desk" not in seen)
    assert "starter" not in at_the_top


def test_what_was_decided_inside_a_box_is_known_outside() -> None:
    case = a_moving(same_authority=True)
    case.complete("school_review.decide", "return", returned_by="leader")
    case.complete("school_review.correct", "resubmit", grade=5)
    case.complete("school_review.decide", "approve")
    case.complete("confirm_arrival", "arrived")
    last = case.world.seen[-1]
    assert (last["decision"], last["returned_by"], last["grade"]) == ("arrived", "leader", 5)


def test_what_was_decided_before_a_refusal_is_known_after_it() -> None:
    seen = {}
    world = World(open_placement=seen.update)
    a_moving(world).complete("school_review.decide", "refuse", reason="R01")
    assert (seen["decision"], seen["reason"]) == ("refuse", "R01")


def test_failed_validation_comes_back_until_it_passes() -> None:
    answers = iter(["2001", "2003", "passed"])
    case = a_moving(World(validate_platform=lambda data: {"validation": next(answers)}), same_authority=True)
    agreed_by(case, "school_review")
    for _ in range(2):
        case.complete("fix_data", "resubmit")
    assert case.open == ["confirm_arrival"]


def test_an_arrival_in_time_removes_the_timer() -> None:
    case = a_moving(same_authority=True)
    agreed_by(case, "school_review")
    (timer,) = case.execution.open_timers()
    assert timer.path == "arrival_term_passed"
    assert (timer.due - MONDAY).days == 10

    case.complete("confirm_arrival", "arrived")
    assert case.execution.open_timers() == []


def test_a_due_time_is_fixed_on_entry_and_kept() -> None:
    case = a_moving(same_authority=True)
    agreed_by(case, "school_review")
    before = case.execution.open_timers()
    case.store()
    assert case.execution.open_timers() == before


def test_the_arrival_term_moves_the_case_only_to_a_person() -> None:
    case = a_moving(same_authority=True)
    agreed_by(case, "school_review")
    case.fire("arrival_term_passed")
    assert (case.open, case.outcome) == (["confirm_no_show"], None)

    case.complete("confirm_no_show", "not_arrived")
    assert case.outcome == "terminated"


def test_a_reminder_leaves_the_task_open_and_rings_once() -> None:
    case = Driver(a_definition("patrol"))
    task = case.step("review").id
    case.fire("reminder")
    assert case.world.done == [("count", "remind")]
    assert case.step("review").id == task
    assert [timer.path for timer in case.execution.open_timers()] == ["overdue"]

    case.complete("review", "approve")
    assert case.outcome == "completed"


def test_an_interval_waits_for_its_timer() -> None:
    case = Driver(a_definition("patrol"))
    case.complete("review", "return")
    case.complete("correct", "resubmit")
    assert (case.open, case.outcome) == ([], None)
    case.fire("cooling")
    assert case.open == ["review"]


def test_a_decision_table_routes() -> None:
    world = World()
    world.tables["review_level"] = {"level": "province"}
    assert Driver(a_definition("asked"), world).open == ["look"]
    world.tables["review_level"] = {"level": "county"}
    assert Driver(a_definition("asked"), world).outcome == "completed"


def test_a_called_process_may_call_and_contain_others() -> None:
    case = Driver(a_definition("outing", "moving", "review"))
    assert case.open == ["packing.clothes", "packing.food", "trip.school_review.prepare"]
    step = case.step("trip.school_review.prepare")
    assert (step.lane, step.box and step.box.id) == ("school", "school_review")
    assert case.step("packing.food").box is None

    case.complete("packing.clothes", "keep")
    case.complete("packing.food", "keep")
    agreed_by(case, "trip.school_review")
    agreed_by(case, "trip.authority_review")
    case.complete("trip.confirm_arrival", "arrived")
    case.complete("report", "enough")
    assert case.outcome == "completed"


def test_an_end_that_ends_everything_closes_every_box() -> None:
    case = Driver(a_definition("outing", "moving", "review"))
    case.complete("packing.clothes", "keep")
    case.complete("packing.food", "drop")
    assert (case.outcome, case.open, case.execution.open_timers()) == ("terminated", [], [])


def test_a_cancelled_case_waits_for_nothing_and_has_no_outcome() -> None:
    case = a_moving(same_authority=True)
    agreed_by(case, "school_review")
    case.execution.cancel_all()
    case.store()
    assert (case.open, case.execution.open_timers(), case.outcome) == ([], [], None)


def test_a_refusal_inside_a_box_closes_what_else_is_open_in_it() -> None:
    case = Driver(a_definition("hearing", "panel"))
    assert case.open == ["hear.first", "hear.second"]
    case.complete("hear.second", "refuse")
    assert (case.open, case.execution.open_timers()) == (["rethink"], [])

    case.complete("rethink", "again")
    assert case.open == ["hear.first", "hear.second"]


def test_a_term_passed_closes_the_box_with_all_that_is_open_in_it() -> None:
    case = Driver(a_definition("outing", "moving", "review"))
    case.fire("too_late")
    assert case.open == ["packing.clothes", "packing.food", "search"]
    assert case.execution.open_timers() == []


def test_a_timer_that_does_not_interrupt_opens_a_step_beside_the_box() -> None:
    case = Driver(a_definition("outing", "moving", "review"))
    case.fire("no_news")
    assert case.open == ["call_home", "packing.clothes", "packing.food", "trip.school_review.prepare"]
    case.complete("call_home", "keep")
    assert case.open == ["packing.clothes", "packing.food", "trip.school_review.prepare"]
