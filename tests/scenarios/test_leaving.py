"""出国、辍学、回流、退学、死亡: scenario 31, and what stands in their way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from forms.process import declared
from registry import statuses
from registry.students import Student
from tests.support.province import GULOU, J1, NAMES, P1, P2, QUANZHOU, S2, A, C, D

SCHOOLS = {A: P1, C: J1, D: S2}
AUTHORITIES = {P1: GULOU, J1: GULOU, S2: QUANZHOU}
MOTHER = {"name": "陈慧", "relation": "mother", "phone": "13800006022"}


def ask(province, process, student=A, school=None, **members):
    """The registrar of the student's school files; whatever the answer."""
    who = f"registrar.{school or SCHOOLS[student]}"
    application = {
        "student_number": student,
        "student_name": NAMES[student],
        "evidence": [province.upload(who)],
        **members,
    }
    return province.call(who, "POST", "/cases", {"process": process, "application": application})


def filed(province, process, student=A, **members):
    answer = ask(province, process, student, **members)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def agreed(province, process, student=A, **members):
    """Filed by the school's registrar, agreed by its leader and by the authority."""
    case = filed(province, process, student, **members)
    province.approve(case, at=SCHOOLS[student])
    return province.approve(case, at=AUTHORITIES[SCHOOLS[student]])


def state(province, student=A):
    """Status and grade, and the movements so far."""
    who = f"registrar.{SCHOOLS[student]}"
    seen = province.student(student, who)
    codes = [code for code, _school in province.movements(student, who)]
    return seen["status"], seen["grade"], codes


def codes_of(answer):
    assert answer.status_code == 422, answer.text
    return [rule["code"] for rule in answer.json.get("violations", [])]


def fields_of(answer):
    assert answer.status_code == 422, answer.text
    return [
        (error["pointer"].removeprefix("/application"), error["code"])
        for error in answer.json.get("errors", [])
    ]


@pytest.mark.parametrize(("ground", "code"), [("own", "99"), ("sponsored", "01")])
def test_who_goes_abroad_keeps_the_record(province, ground, code):
    case = agreed(
        province,
        "abroad",
        ground=ground,
        guardian=MOTHER,
        effective_from="2026-03-09",
        effective_to="2027-07-01",
    )
    assert case["status"] == "completed"
    assert state(province) == ("abroad", 5, [code])
    assert province.student(A, f"registrar.{P1}")["school"]["code"] == P1


def test_who_is_abroad_is_not_transferred(province):
    agreed(province, "abroad", guardian=MOTHER)
    assert codes_of(province.try_transfer(A, to=P2)) == ["R16"]


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"effective_from": "2026-01-02"}, ("/effective_from", "too_early")),
        ({"effective_from": "2026-06-02"}, ("/effective_from", "too_late")),
        ({"effective_from": "9999-12-31"}, ("/effective_from", "too_late")),
        ({"effective_from": "2027-02-29"}, ("/effective_from", "date_from_datetime_parsing")),
        ({"effective_from": "2026-03-09", "effective_to": "2026-03-09"}, ("/effective_to", "before_start")),
        ({"effective_to": "2026-03-01"}, ("/effective_to", "before_start")),
        ({"guardian": None}, ("/guardian", "model_type")),
        ({"evidence": []}, ("/evidence", "too_short")),
    ],
)
def test_what_cannot_be_of_a_stay_abroad_is_told_at_its_field(province, members, error):
    assert error in fields_of(ask(province, "abroad", **({"guardian": MOTHER} | members)))


def test_another_school_may_not_start_it(province):
    assert ask(province, "abroad", school=P2, guardian=MOTHER).status_code in (403, 404)


def test_one_case_at_a_time(province):
    filed(province, "abroad", guardian=MOTHER)
    assert codes_of(ask(province, "abroad", guardian=MOTHER)) == ["R10"]


# Drop-out and return.

ABSENT = {"absent_since": "2026-01-26"}


def test_31_a_drop_out_keeps_the_record_and_comes_back_to_the_class(province):
    case = agreed(province, "dropout", C, **ABSENT)
    assert case["status"] == "completed"
    assert state(province, C) == ("dropout", 9, ["99"])
    assert province.student(C, f"registrar.{J1}")["school"]["code"] == J1
    assert codes_of(ask(province, "abroad", C, guardian=MOTHER)) == ["R16"]
    province.on("2026-04-01")
    agreed(province, "return", C, effective_from="2026-03-30")
    assert state(province, C) == ("enrolled", 9, ["99", "17"])


def test_31_there_is_no_withdrawal_in_the_compulsory_stage(province):
    for student in (A, C):
        answer = ask(province, "withdrawal", student, ground="requested", guardian=MOTHER)
        assert codes_of(answer) == ["R04"]
        assert "第二十七条" in answer.json["violations"][0]["basis"]


def test_a_student_of_a_senior_school_is_no_drop_out(province):
    assert codes_of(ask(province, "dropout", D, **ABSENT)) == ["R04"]


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({}, ("/absent_since", "missing")),
        ({"absent_since": "2026-02-28"}, ("/absent_since", "too_short")),
        ({"absent_since": "2026-03-09"}, ("/absent_since", "too_short")),
        ({"absent_since": "2020-01-01"}, ("/absent_since", "too_early")),
        ({"absent_since": "2025-02-29"}, ("/absent_since", "date_from_datetime_parsing")),
        (ABSENT | {"effective_from": "2026-03-03"}, ("/effective_from", "too_late")),
        ({"absent_since": "2026-02-02", "effective_from": "2026-02-01"}, ("/effective_from", "before_start")),
    ],
)
def test_what_cannot_be_of_an_absence_is_told_at_its_field(province, members, error):
    assert error in fields_of(ask(province, "dropout", **members))


def test_nobody_is_a_drop_out_while_a_suspension_lasts(province):
    given(province, A, statuses.SUSPENDED, until=date(2026, 9, 1))
    assert codes_of(ask(province, "dropout", **ABSENT)) == ["R05"]


def test_who_returns_from_abroad_comes_to_the_class_or_below(province):
    agreed(province, "abroad", guardian=MOTHER)
    province.on("2026-09-01")
    for grade in (4, 7):
        errors = fields_of(ask(province, "return", grade=grade, guardian=MOTHER))
        assert errors == [("/grade", "grade_not_offered")]
    agreed(province, "return", grade=5, guardian=MOTHER)
    assert state(province) == ("enrolled", 5, ["99", "08"])


def test_the_usual_grade_of_a_return_is_that_of_the_class(province):
    agreed(province, "abroad", guardian=MOTHER)
    province.on("2026-09-01")
    early = ask(province, "return", effective_from="2026-03-01", guardian=MOTHER)
    assert fields_of(early) == [("/effective_from", "too_early")]
    agreed(province, "return", guardian=MOTHER)
    assert state(province) == ("enrolled", 6, ["99", "08"])


# Withdrawal.


def test_who_withdraws_gets_a_notice(province):
    agreed(province, "withdrawal", D, ground="requested", guardian=MOTHER)
    assert state(province, D) == ("withdrawn", 10, ["31"])
    assert [one["kind"] for one in certificates(province)] == ["withdrawal"]


def test_who_is_expelled_gets_the_decision_of_the_school_and_no_notice(province):
    agreed(province, "withdrawal", D, ground="expelled")
    assert state(province, D) == ("expelled", 10, ["42"])
    assert certificates(province) == []


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"ground": "requested"}, ("/guardian", "missing")),
        ({"ground": "school_does_not_let_go"}, ("/ground", "literal_error")),
        ({"ground": "not_resumed"}, ("/ground", "not_overdue")),
        ({"ground": "absent", "effective_from": "2026-01-02"}, ("/effective_from", "too_early")),
    ],
)
def test_what_cannot_be_of_a_withdrawal_is_told_at_its_field(province, members, error):
    assert error in fields_of(ask(province, "withdrawal", D, **members))


def test_who_does_not_resume_is_withdrawn_only_after_the_grace(province):
    given(province, D, statuses.SUSPENDED, until=date(2026, 2, 20))
    early = ask(province, "withdrawal", D, ground="not_resumed")
    assert fields_of(early) == [("/ground", "not_overdue")]
    province.on("2026-03-23")
    agreed(province, "withdrawal", D, ground="not_resumed")
    assert state(province, D) == ("withdrawn", 10, ["31"])


def test_who_is_abroad_is_not_expelled(province):
    given(province, D, statuses.ABROAD)
    assert fields_of(ask(province, "withdrawal", D, ground="expelled")) == [("/ground", "not_from_here")]


def certificates(province):
    """Of the newest case that moved D's record, once the worker has made them."""
    province.installation.worker().run_once()
    moved = province.get(f"registrar.{S2}", f"/students/{D}/movements")["items"]
    return province.get(f"registrar.{S2}", f"/cases/{moved[-1]['case_number']}")["certificates"]


# Death.


def test_a_death_ends_the_other_case_in_the_same_step(province):
    other = filed(province, "abroad", guardian=MOTHER)
    case = filed(province, "death", effective_from="2026-02-28")
    province.approve(case, at=P1)
    assert province.case(other, f"registrar.{P1}")["status"] == "in_review"
    case = province.approve(case, at=GULOU)
    assert case["status"] == "completed"
    ended = province.case(other, f"registrar.{P1}")
    assert ended["status"] == "terminated"
    assert {step["status"] for step in ended["steps"]} == {"cancelled"}
    assert province.history(other, "terminated") == [{"reason": "学籍已经注销"}]
    assert state(province) == ("deceased", 5, ["51"])


def test_lists_do_not_show_who_has_died(province):
    agreed(province, "death")
    assert student_of(province, A).quiet


def test_the_family_of_a_dead_student_gets_no_messages(province):
    sent = []
    worker = replace(province.installation.worker(), deliver=lambda message: sent.append(message.body))
    abroad = filed(province, "abroad", guardian=MOTHER)
    province.decide(abroad, P1, "leader", "return", opinion="请补材料。", fields={"items": [RETURNED]})
    filed(province, "death")
    assert worker.send_messages() > 0
    assert sent == []


def test_the_family_of_a_living_student_is_told(province):
    sent = []
    worker = replace(province.installation.worker(), deliver=lambda message: sent.append(message.body))
    abroad = filed(province, "abroad", guardian=MOTHER)
    province.decide(abroad, P1, "leader", "return", opinion="请补材料。", fields={"items": [RETURNED]})
    worker.send_messages()
    assert [message["number"] for message in sent] == [abroad["number"]]


RETURNED = {"pointer": "/explanation", "text": "请写清楚。"}


def test_a_death_is_reported_once(province):
    filed(province, "death")
    assert codes_of(ask(province, "death")) == ["R10"]


def test_no_case_is_opened_for_who_has_died(province):
    agreed(province, "death")
    for process in ("death", "abroad", "return", "dropout"):
        members = {"guardian": MOTHER} | (ABSENT if process == "dropout" else {})
        assert codes_of(ask(province, process, **members)) == ["R16"]


@pytest.mark.parametrize("day", ["2026-03-03", "2014-01-01", "9999-12-31"])
def test_nobody_dies_in_the_future_or_before_the_birth(province, day):
    assert fields_of(ask(province, "death", effective_from=day)) == [("/effective_from", "not_in_life")]


def test_only_a_death_runs_beside_other_cases(province):
    beside = {process.key for process in declared().values() if process.beside_others}
    assert "death" in beside
    assert {"abroad", "dropout", "return", "withdrawal"}.isdisjoint(beside)


# Which process from which status.

ALLOWED = {
    "abroad": {"enrolled"},
    "dropout": {"enrolled", "suspended"},
    "return": {"dropout", "missing", "abroad"},
    "withdrawal": {"enrolled", "suspended", "abroad"},
    "death": set(statuses.NAMES) - {"deceased", "void"},
}
ASKED = {
    "abroad": {"guardian": MOTHER},
    "dropout": ABSENT,
    "return": {},
    "withdrawal": {"ground": "requested", "guardian": MOTHER},
    "death": {},
}


@pytest.mark.parametrize("status", statuses.NAMES)
def test_each_process_starts_from_its_statuses_only(province, status):
    left_senior = status in statuses.NEVER_IN_COMPULSORY
    for process, members in ASKED.items():
        student = D if left_senior or process == "withdrawal" else A
        given(province, student, status, until=date(2026, 2, 20) if status == "suspended" else None)
        answer = ask(province, process, student, **members)
        if status in ALLOWED[process] and not (process == "dropout" and left_senior):
            assert answer.status_code == 201, (process, answer.text)
            withdrawn = f"/cases/{answer.json['number']}/withdraw"
            province.call(f"registrar.{SCHOOLS[student]}", "POST", withdrawn, {"reason": "试"})
        else:
            of_stage = ["R04"] if process == "dropout" and left_senior else []
            of_status = "R05" if status == "suspended" else "R16"
            assert codes_of(answer) == [*of_stage, of_status], process


def given(province, student, status, until=None):
    """The record stands in this status, as an earlier case left it."""
    with province.installation.sessions() as session:
        record = session.scalars(select(Student).where(Student.student_number == student)).one().record
        record.status, record.status_until = status, until
        session.commit()


def student_of(province, number):
    with province.installation.sessions() as session:
        return session.scalars(select(Student).where(Student.student_number == number)).one()
