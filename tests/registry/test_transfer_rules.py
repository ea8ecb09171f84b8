"""The pre-check of a transfer: each rule, and how it is said."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date, datetime

import pytest
from sqlalchemy import event

from registry import statuses, transfers
from registry.calendar import CHINA
from registry.transfers import Check, TransferRequest
from tests.registry.factories import (
    J1,
    NOW,
    P1,
    P2,
    P3,
    P4,
    S1,
    S2,
    a_number,
    a_policy,
    a_request,
    a_school,
    a_student,
    with_policy,
)


@pytest.fixture
def register(session):
    """The shipped policy, and two schools under one authority."""
    with_policy(session)
    a_school(session, P1)
    a_school(session, P2)
    return session


def check(session, request, *, now=NOW, has_open_case=False) -> Check:
    return transfers.check(session, request, now=now, has_open_case=lambda _student: has_open_case)


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@contextmanager
def listening(session, statements):
    """Write down what is asked of the database."""

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    yield
    event.remove(session.get_bind(), "before_cursor_execute", note)


def codes(found: Check) -> list[str]:
    return [violation.code for violation in found.violations]


def said(violation) -> tuple[str, str, str]:
    return violation.heading, violation.message, violation.remedy


def test_a_student_who_attends_may_transfer(register):
    student = a_student(register, grade=5)
    found = check(register, a_request(student))
    assert found.passed
    assert (found.student, found.record, found.grade, found.stage) == (student, student.record, 5, "primary")
    assert (found.warnings, found.waived) == ((), ())


def test_a_name_with_another_dot_is_the_same_name(register):
    student = a_student(register, name="买买提·阿卜杜拉")
    assert check(register, a_request(student, student_name="买买提•阿卜杜拉")).passed


def test_r12_an_unknown_number_and_a_wrong_name_get_the_same_answer(register):
    student = a_student(register, status=statuses.SUSPENDED, problem_record=True)
    wrong_name = check(register, a_request(student, student_name="林一杭"), has_open_case=True)
    unknown = check(register, a_request(student, student_number=a_number()), has_open_case=True)
    assert asdict(wrong_name) == asdict(unknown)
    assert said(wrong_name.violations[0]) == (
        "姓名和学籍号对不上",
        "姓名和学籍号对不上。",
        "请检查这两项，照学生证填。",
    )
    assert wrong_name.student is None


def test_r12_asks_the_database_the_same_questions_for_both(register):
    student = a_student(register)
    wrong_name = a_request(student, student_name="林一杭")
    unknown = a_request(student, student_number=a_number())
    asked: list[list[str]] = []
    for request in (wrong_name, unknown):
        register.flush()
        register.expunge_all()
        asked.append([])
        with listening(register, asked[-1]):
            check(register, request)
    assert asked[0] == asked[1] != []


def test_own_school_is_an_error_of_that_field(register):
    student = a_student(register)
    (error,) = check(register, a_request(student, to=P1)).errors
    assert (error.pointer, error.code) == ("/receiving_school", "own_school")
    assert error.message == "孩子已经在这所学校，请选别的学校"


@pytest.mark.parametrize("code", ["9999999999", "350102", ""])
def test_a_school_nobody_knows_is_an_error_before_anybody_is_looked_up(register, code):
    student = a_student(register)
    known = check(register, a_request(student, to=code))
    unknown = check(register, a_request(student, to=code, student_number=a_number()))
    assert asdict(known) == asdict(unknown)
    assert known.errors[0].code == "unknown_school"


def test_r05_a_suspended_student_resumes_first(register):
    student = a_student(register, status=statuses.SUSPENDED)
    student.record.status_until = date(2027, 1, 31)
    (found,) = check(register, a_request(student)).violations
    assert found.code == "R05"
    assert said(found) == ("孩子正在休学", "到 2027年1月31日为止。", "先办复学，病好了可以提前办。")
    assert found.details["process"] == "resumption"
    assert found.private


def test_r16_who_has_left_cannot_transfer(register):
    for status in statuses.NAMES.keys() - {"enrolled", "suspended", "withdrawn", "expelled"}:
        student = a_student(register, status=status)
        (found,) = check(register, a_request(student)).violations
        assert found.code == "R16"
        assert said(found) == ("孩子已经毕业或离校", "不能转学。", "升学、复学请看办事指南。")


def test_r10_another_open_case_holds_the_record(register):
    student = a_student(register)
    (found,) = check(register, a_request(student), has_open_case=True).violations
    assert found.code == "R10"
    assert found.remedy == "办完或撤回那件，再来提交。不知道是哪件？问原学校。"


def test_r11_a_problem_record_is_cleared_by_its_school_first(register):
    student = a_student(register, problem_record=True)
    (found,) = check(register, a_request(student)).violations
    assert found.code == "R11"
    assert found.remedy == "请打电话给榕城小学。处理好了我们发短信给您。"


def test_r09_a_school_without_the_grade(register):
    a_school(register, J1, stages=("junior",))
    student = a_student(register, grade=5)
    (found,) = check(register, a_request(student, to=J1)).violations
    assert found.code == "R09"
    assert said(found) == ("年级不一样", "转学不能换年级。", "请选有五年级的学校。")


def test_r09_a_transfer_does_not_change_the_grade(register):
    student = a_student(register, grade=5)
    assert codes(check(register, a_request(student, grade=4))) == ["R09"]
    assert check(register, a_request(student, grade=5)).passed


@pytest.mark.parametrize(
    ("grade", "day", "blocked"),
    [
        (9, "2026-03-02", True),  # graduating grade, second term
        (9, "2025-12-01", False),  # its first term
        (8, "2026-03-02", False),
        (7, "2025-10-09", False),  # Fujian does not close the first term
    ],
)
def test_r04_the_last_term_of_a_graduating_grade_is_closed_in_fujian(register, grade, day, blocked):
    a_school(register, J1, stages=("junior",))
    a_school(register, "3135000002", stages=("junior",))
    student = a_student(register, school=J1, grade=grade)
    found = check(register, a_request(student, to="3135000002"), now=on(f"{day}T09:00"))
    assert codes(found) == (["R04"] if blocked else [])
    if blocked:
        assert said(found.violations[0]) == (
            "毕业年级下学期不能转学",
            "等升学时再办。",
            "军人调动的，请选“军人调动”并上传调令。",
        )
        assert "福建省" in found.violations[0].basis


def test_r04_is_waived_for_a_military_posting_and_shown_to_those_who_decide(register):
    a_school(register, J1, stages=("junior",))
    a_school(register, "3135000002", stages=("junior",))
    student = a_student(register, school=J1, grade=9)
    found = check(register, a_request(student, to="3135000002", ground="military_posting"))
    assert found.passed
    assert [waived.code for waived in found.waived] == ["R04"]


def test_r04_in_guangdong_the_first_term_of_a_starting_grade_is_closed_too(register):
    a_school(register, P4, authority="440305")
    student = a_student(register, grade=1)
    assert codes(check(register, a_request(student, to=P4), now=on("2025-10-09T09:00"))) == ["R04"]
    assert codes(check(register, a_request(student, to=P2), now=on("2025-10-09T09:00"))) == []


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-07-14T23:59", True),
        ("2026-07-15T00:00", False),
        ("2026-08-14T23:59", False),
        ("2026-08-15T00:00", True),
    ],
)
def test_r03_nothing_is_filed_in_the_summer_freeze(register, moment, open_):
    student = a_student(register)
    assert check(register, a_request(student), now=on(moment)).passed is open_


def test_r03_outside_the_window_the_next_opening_is_told(register):
    a_policy(register, "transfer.windows", [{"anchor": "term_start", "to_months": 2}])
    student = a_student(register)
    assert check(register, a_request(student), now=on("2026-03-02T09:00")).passed
    (found,) = check(register, a_request(student), now=on("2026-05-11T09:00")).violations
    assert found.code == "R03"
    assert said(found) == (
        "现在不是办理时间",
        "下次从 9月1日（周二）开始。",
        "您填的会保留，到时发短信提醒您。",
    )
    assert found.details["opens"] == "2026-09-01"


def test_r03_is_the_receiving_side_s_window(register):
    a_policy(register, "transfer.windows", [{"from": "07-01", "to": "07-12"}], place="440305")
    a_school(register, P4, authority="440305")
    student = a_student(register)
    assert codes(check(register, a_request(student, to=P4))) == ["R03"]
    assert check(register, a_request(student, to=P2)).passed


def full_school(session, seats=1):
    a_school(session, P3, authority="350582", classes={5: (seats,)})
    a_student(session, school=P3, grade=5)


def test_r01_a_full_grade_warns_and_does_not_stop(register):
    full_school(register)
    found = check(register, a_request(a_student(register, grade=5), to=P3))
    assert found.passed
    (warning,) = found.warnings
    assert warning.code == "R01"
    assert said(warning) == (
        "五年级满员了",
        "1 个学位都满了。",
        "可以换一所学校；也可以继续提交，由教育局另行安排。",
    )


def test_r01_stops_where_policy_says_so(register):
    full_school(register)
    a_policy(register, "transfer.full_school_fallback", "stop", place="350582")
    found = check(register, a_request(a_student(register, grade=5), to=P3))
    assert (codes(found), found.warnings) == (["R01"], ())


def test_r01_counts_no_more_seats_than_the_class_size_allows(register):
    full_school(register, seats=60)
    a_policy(register, "transfer.class_size_max", {"primary": 1, "junior": 1, "senior": 1})
    found = check(register, a_request(a_student(register, grade=5), to=P3))
    assert [warning.code for warning in found.warnings] == ["R01"]


def two_senior_schools(session):
    a_school(session, S1, authority="350100", stages=("senior",), level="model")
    a_school(session, S2, authority="350500", stages=("senior",), level="ordinary")


def test_r08_a_senior_student_does_not_move_up_a_level(register):
    two_senior_schools(register)
    up = a_student(register, school=S2, grade=10)
    down = a_student(register, school=S1, grade=10)
    (found,) = check(register, a_request(up, to=S1)).violations
    assert found.code == "R08"
    assert "福建省" in found.basis
    assert check(register, a_request(down, to=S2)).passed


def test_all_that_is_wrong_is_said_at_once_hardest_first(register):
    student = a_student(register, status=statuses.SUSPENDED, problem_record=True)
    found = check(register, a_request(student, grade=4), now=on("2026-07-20T09:00"), has_open_case=True)
    assert codes(found) == ["R05", "R11", "R10", "R09", "R03"]


def test_every_violation_is_complete_and_free_of_what_identifies(register):
    student = a_student(register, status=statuses.SUSPENDED, problem_record=True)
    found = check(register, a_request(student, grade=4), now=on("2026-07-20T09:00"), has_open_case=True)
    for violation in found.violations:
        assert all((*said(violation), violation.basis))
        assert violation.message.key % violation.message.facts == violation.message
        assert student.student_number not in str(asdict(violation))
        assert student.name not in str(asdict(violation))


def test_a_request_is_read_from_an_application():
    application = {
        "student_number": "G350102201503150019",
        "student_name": "林一航",
        "receiving_school": P2,
        "ground": "other",
        "explanation": "…",
        "evidence": [],
    }
    request = TransferRequest.of(application)
    assert request == TransferRequest("G350102201503150019", "林一航", P2, "other", None)
    assert TransferRequest.of(application | {"grade": 5}) == replace(request, grade=5)
