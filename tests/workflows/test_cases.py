"""A case is one locked step per human action; whoever comes second is told, and nothing is half-done."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.workflows.ports import (
    NOW,
    Ports,
    decide,
    official,
    open_tasks,
    open_transfer,
    publish,
    the_task,
)
from workflows import cases, history, tasks
from workflows.errors import (
    CaseClosed,
    CaseNotFound,
    DecisionNotOffered,
    EffectFailed,
    NotYourRole,
    OpenCaseExists,
    ProcessNotFound,
    SamePerson,
    StartNotAllowed,
    TaskAlreadyDecided,
    TaskClaimed,
    TaskNotFound,
    WithdrawalNotAllowed,
)
from workflows.model import Case, CaseOffice, Decision, Task

APPROVE = Decision("approve")


@pytest.fixture
def ports(session):
    publish(session)
    return Ports()


def approve_all(session, ports, case, offices):
    for _ in range(2 * offices):
        decide(session, ports, case.id, "approve")


def test_a_family_s_application_opens_at_the_registrar(session, ports):
    case = open_transfer(session, ports)
    task = the_task(session, case.id)
    assert (task.office, task.role, task.name) == ("2135000003", "registrar", "初核")


def test_a_school_s_own_filing_is_its_preparation(session, ports):
    case = open_transfer(session, ports, filed_by="school")
    assert the_task(session, case.id).role == "leader"


def test_four_offices_agree_and_the_effects_run_in_order(session, ports):
    case = open_transfer(session, ports)
    approve_all(session, ports, case, offices=4)
    assert cases.by_id(session, case.id).status == "completed"
    assert ports.done == ["move_record", "order_certificate", "open_archive_handover"]


def test_one_authority_for_both_decides_once_and_last(session, ports):
    case = open_transfer(session, ports, same_authority=True)
    approve_all(session, ports, case, offices=3)
    offices = [step.office for step in cases.steps(session, case.id)]
    assert offices == ["2135000003"] * 2 + ["2135000001"] * 2 + ["350102"] * 2


def test_across_provinces_the_platform_is_asked_and_arrival_awaited(session, ports):
    ports.answers["validate_platform"] = {"validation": "passed"}
    case = open_transfer(session, ports, same_province=False)
    approve_all(session, ports, case, offices=4)
    assert cases.by_id(session, case.id).status == "awaiting_arrival"
    decide(session, ports, case.id, "arrived")
    assert ports.done[-4:] == ["pull_archive", "move_record", "order_certificate", "open_archive_handover"]


def test_a_failed_validation_returns_the_case_to_the_starting_school(session, ports):
    ports.answers["validate_platform"] = {"validation": "2001"}
    case = open_transfer(session, ports, same_province=False)
    approve_all(session, ports, case, offices=2)
    task = the_task(session, case.id)
    assert (task.office, task.decisions) == ("2135000003", ["resubmit"])
    ports.answers["validate_platform"] = {"validation": "passed"}
    decide(session, ports, case.id, "resubmit")
    assert the_task(session, case.id).office == "2135000001"


def test_a_refusal_by_the_registrar_is_a_proposal(session, ports):
    case = open_transfer(session, ports)
    decide(session, ports, case.id, "refuse", reason="R13")
    assert (the_task(session, case.id).role, cases.by_id(session, case.id).status) == ("leader", "in_review")


def test_a_refusal_by_the_leader_ends_the_case(session, ports):
    case = open_transfer(session, ports)
    decide(session, ports, case.id, "approve")
    decide(session, ports, case.id, "refuse", reason="R13")
    assert cases.by_id(session, case.id).status == "refused"
    assert "move_record" not in ports.done


def test_another_reason_in_the_compulsory_stage_goes_to_the_authority_first(session, ports):
    case = open_transfer(session, ports)
    for decision in ("approve", "approve", "approve", "approve", "approve"):
        decide(session, ports, case.id, decision)
    decide(session, ports, case.id, "refuse", reason="R99")
    task = the_task(session, case.id)
    assert (task.office, task.role) == ("350102", "leader")
    decide(session, ports, case.id, "approve")
    assert the_task(session, case.id).element == "sending_authority_review.prepare"


@pytest.mark.parametrize(("returner", "role"), [(0, "registrar"), (1, "leader")])
def test_a_returned_case_comes_back_to_who_returned_it(session, ports, returner, role):
    case = open_transfer(session, ports)
    for _ in range(returner):
        decide(session, ports, case.id, "approve")
    decide(session, ports, case.id, "return")
    assert cases.by_id(session, case.id).status == "returned"
    decide(session, ports, case.id, "resubmit")
    task = the_task(session, case.id)
    assert (task.office, task.role) == ("2135000003", role)


def test_the_family_answers_what_was_returned_to_it_and_nothing_else(session, ports):
    case = open_transfer(session, ports)
    with pytest.raises(TaskNotFound):
        tasks.complete(session, ports.engine, the_task(session, case.id).id, None, APPROVE, now=NOW)
    decide(session, ports, case.id, "return")
    tasks.complete(session, ports.engine, the_task(session, case.id).id, None, Decision("resubmit"), now=NOW)
    assert the_task(session, case.id).role == "registrar"


def test_a_student_has_one_open_case(session, ports):
    case = open_transfer(session, ports)
    with pytest.raises(OpenCaseExists), session.begin_nested():
        open_transfer(session, ports)
    assert cases.open_case_number(session, "student-1") == case.number


def test_an_ended_case_frees_the_student(session, ports):
    case = open_transfer(session, ports)
    cases.withdraw(session, ports.engine, case.id, official("2135000003", "registrar"), "不转了", now=NOW)
    assert cases.open_case_number(session, "student-1") is None
    assert open_transfer(session, ports).number.endswith("00002")


def test_only_the_starting_side_withdraws(session, ports):
    case = open_transfer(session, ports)
    approve_all(session, ports, case, offices=1)
    with pytest.raises(WithdrawalNotAllowed):
        cases.withdraw(session, ports.engine, case.id, official("350582", "leader"), "x", now=NOW)
    with pytest.raises(CaseNotFound):
        cases.withdraw(session, ports.engine, case.id, official("350102", "leader"), "x", now=NOW)
    cases.withdraw(session, ports.engine, case.id, official("2135000003", "leader"), "不转了", now=NOW)
    assert open_tasks(session, case.id) == []
    with pytest.raises(CaseClosed):
        cases.withdraw(session, ports.engine, case.id, official("2135000003", "leader"), "不转了", now=NOW)


def test_an_office_sees_a_case_from_its_turn_on(session, ports):
    case = open_transfer(session, ports)
    seen = select(CaseOffice.office).where(CaseOffice.case_id == case.id)
    assert set(session.scalars(seen)) == {"2135000003"}
    approve_all(session, ports, case, offices=1)
    assert set(session.scalars(seen)) == {"2135000003", "350582"}


def test_another_office_s_task_is_not_there(session, ports):
    task = the_task(session, open_transfer(session, ports).id)
    with pytest.raises(TaskNotFound):
        tasks.complete(session, ports.engine, task.id, official("350102", "registrar"), APPROVE, now=NOW)


def test_the_other_role_may_not_decide(session, ports):
    task = the_task(session, open_transfer(session, ports).id)
    with pytest.raises(NotYourRole):
        tasks.complete(session, ports.engine, task.id, official(task.office, "leader"), APPROVE, now=NOW)


def test_who_prepared_may_not_decide(session, ports):
    case = open_transfer(session, ports)
    both = official("2135000003", "registrar", person="somebody")
    tasks.complete(session, ports.engine, the_task(session, case.id).id, both, APPROVE, now=NOW)
    task = the_task(session, case.id)
    with pytest.raises(SamePerson):
        leader = official("2135000003", "leader", person="somebody")
        tasks.complete(session, ports.engine, task.id, leader, APPROVE, now=NOW)


def test_a_decided_task_says_who_decided_it(session, ports):
    case = open_transfer(session, ports)
    task = the_task(session, case.id)
    decide(session, ports, case.id, "approve")
    with pytest.raises(TaskAlreadyDecided) as refused:
        tasks.complete(session, ports.engine, task.id, official(task.office, "registrar"), APPROVE, now=NOW)
    assert refused.value.facts["by"] == "registrar 2135000003"


@pytest.mark.parametrize("decision", [Decision("resubmit"), Decision("refuse", "R17"), Decision("refuse")])
def test_a_task_takes_only_what_it_offers(session, ports, decision):
    task = the_task(session, open_transfer(session, ports).id)
    with pytest.raises(DecisionNotOffered):
        tasks.complete(session, ports.engine, task.id, official(task.office, task.role), decision, now=NOW)


def test_a_task_that_a_colleague_holds_is_left_alone_for_half_an_hour(session, ports):
    task = the_task(session, open_transfer(session, ports).id)
    first, second = (official(task.office, "registrar", person=name) for name in ("first", "second"))
    tasks.claim(session, task.id, first, now=NOW)
    with pytest.raises(TaskClaimed):
        tasks.claim(session, task.id, second, now=NOW)
    with pytest.raises(TaskClaimed):
        tasks.complete(session, ports.engine, task.id, second, APPROVE, now=NOW)
    tasks.claim(session, task.id, second, now=NOW + tasks.HOLD)
    tasks.release(session, task.id, second, now=NOW + tasks.HOLD)
    assert session.get_one(Task, task.id).claimed_by is None


def test_a_failing_effect_leaves_the_step_undone(session, ports):
    case = open_transfer(session, ports)
    for _ in range(7):
        decide(session, ports, case.id, "approve")
    session.commit()
    ports.broken.add("move_record")
    before = the_task(session, case.id).id
    with pytest.raises(EffectFailed):
        decide(session, ports, case.id, "approve")
    session.rollback()
    assert the_task(session, case.id).id == before
    ports.broken.clear()
    decide(session, ports, case.id, "approve")
    assert cases.by_id(session, case.id).status == "completed"


def test_a_process_nobody_released_cannot_start(session, ports):
    with pytest.raises(ProcessNotFound):
        cases.open_case(
            session, ports.engine, "suspension", subject=None, filer=None, filed_by="school",
            starter_office="2135000003", place="350582", variables={}, offices={}, title="", search="",
            summary={}, now=NOW,
        )  # fmt: skip


def test_only_the_office_the_diagram_names_may_start(session, ports):
    with pytest.raises(StartNotAllowed):
        cases.open_case(
            session, ports.engine, "transfer", subject=None, filer=None, filed_by="school",
            starter_office="350102", place="350582", variables={},
            offices={"receiving_school": "2135000003"}, title="", search="", summary={}, now=NOW,
        )  # fmt: skip


def test_case_numbers_count_by_division_and_year(session, ports):
    numbers = [open_transfer(session, ports, subject=f"student-{i}").number for i in range(3)]
    assert numbers == [f"ZX350582-2026-0000{i}" for i in (1, 2, 3)]


def test_the_history_of_a_case_is_one_unbroken_chain(session, ports):
    case = open_transfer(session, ports)
    approve_all(session, ports, case, offices=4)
    events = [entry.event for entry in history.entries(session, case.id)]
    assert events[:3] == ["opened", "reached", "decided"]
    assert events[-1] == "closed"
    assert events.count("decided") == 8
    assert list(history.verify(session.connection())) == []


def test_the_state_of_a_case_stays_small(session, ports):
    case = open_transfer(session, ports)
    for _ in range(30):
        decide(session, ports, case.id, "return")
        decide(session, ports, case.id, "resubmit")
    assert session.scalar(select(func.length(Case.state)).where(Case.id == case.id)) < 4096
