"""出国、辍学、回流、退学、死亡: scenario 31, and what stands in their way."""

from __future__ import annotations

import pytest

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
