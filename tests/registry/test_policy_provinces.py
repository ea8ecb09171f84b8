"""What the provinces' own rules do: the same request, judged in one province and in another."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from registry import changes, statuses, suspensions, transfers
from registry.calendar import CHINA
from registry.organisations import SchoolClass, SchoolStage
from registry.policy import rules
from tests.registry.factories import NOW, a_request, a_school, a_student, with_policy

FUJIAN, LIAONING, SHANGHAI, JIANGSU = "350102", "210102", "310101", "320102"
SHANDONG, CHONGQING = "370102", "500101"
STAGES_OF_5_4 = {"primary": (1, 5), "junior": (6, 9)}
DEMANDS = changes.Demands(rules=(changes.not_in_term,), members=(suspensions.lasts_long_enough,))


def a_suspension(session, county, *, grade=5, until="2026-08-31", now=NOW):
    """What is found about a suspension from 2 March on, of a student of this county."""
    school = a_school(session, f"21{county}01", authority=county)
    student = a_student(session, school=school.code, grade=grade)
    asked = {
        "student_number": student.student_number,
        "student_name": student.name,
        "effective_from": date(2026, 3, 2),
        "effective_to": date.fromisoformat(until),
    }
    return changes.check(
        session, "suspension", "休学", asked, DEMANDS, now=now, has_open_case=lambda _student: False
    )


def a_5_4_school(session, county, number):
    """A school of nine years, its stages cut after the fifth."""
    code = f"31{county}{number:02d}"
    a_school(session, code, authority=county, stages=())
    for stage, (first, last) in STAGES_OF_5_4.items():
        session.add(
            SchoolStage(school_code=code, stage=stage, authority_code=county, grade_from=first, grade_to=last)
        )
        session.add_all(
            SchoolClass(school_code=code, stage=stage, grade=grade, number=1, capacity=45)
            for grade in range(first, last + 1)
        )
    session.flush()
    return code


def refused(session, county, grade, on):
    """The rules that refuse a transfer between two schools of five and four years."""
    here, there = a_5_4_school(session, county, 1), a_5_4_school(session, county, 2)
    student = a_student(session, school=here, grade=grade)
    found = transfers.check(
        session,
        a_request(student, to=there),
        now=datetime.fromisoformat(f"{on}T09:00").replace(tzinfo=CHINA),
        has_open_case=lambda _student: False,
    )
    return {violation.code: violation.basis for violation in found.violations}


@pytest.mark.parametrize(("county", "province"), [(FUJIAN, "福建"), (LIAONING, "辽宁"), (SHANDONG, "山东")])
def test_no_suspension_in_the_last_term_of_the_graduating_grade(session, county, province):
    with_policy(session)
    (violation,) = a_suspension(session, county, grade=6).violations
    assert violation.code == "R04"
    assert province in violation.basis


@pytest.mark.parametrize("county", [JIANGSU, CHONGQING, SHANGHAI])
def test_where_the_province_says_nothing_the_graduating_grade_may_be_suspended(session, county):
    with_policy(session)
    assert a_suspension(session, county, grade=6).violations == ()


def test_a_suspension_lasts_a_term_in_chongqing_and_a_year_elsewhere(session):
    with_policy(session)
    assert a_suspension(session, CHONGQING).passed
    (error,) = a_suspension(session, "500103", until="2026-09-02").errors
    assert (error.pointer, error.code) == ("/effective_to", "too_long")
    assert a_suspension(session, SHANDONG, until="2027-03-01").passed


def test_who_returns_early_in_jiangsu_returns_to_the_original_class(session):
    with_policy(session)
    school = a_school(session, "2132010201", authority=JIANGSU)
    record = a_student(session, school=school.code, status=statuses.SUSPENDED).record
    record.status_since, record.status_until = date(2026, 3, 2), date(2027, 3, 1)
    stage = session.query(SchoolStage).filter_by(school_code=school.code).one()

    def offered(on):
        return suspensions.grades_offered(record, stage, rules(session, JIANGSU, on), on)

    assert offered(date(2026, 9, 1)) == [6]
    assert offered(date(2027, 3, 2)) == [6, 5]


@pytest.mark.parametrize(
    ("grade", "on", "is_blocked"),
    [
        (6, "2025-10-10", True),
        (7, "2025-10-10", False),
        (5, "2026-04-10", False),
        (6, "2026-04-10", False),
        (9, "2026-04-10", True),
    ],
)
def test_in_shanghai_the_sixth_grade_begins_the_junior_stage(session, grade, on, is_blocked):
    with_policy(session)
    found = refused(session, SHANGHAI, grade, on)
    assert ("R04" in found) is is_blocked
    assert "上海" in found["R03"]


@pytest.mark.parametrize(("grade", "is_blocked"), [(5, True), (6, False), (9, True)])
def test_the_graduating_grade_is_that_of_the_school_s_own_stages(session, grade, is_blocked):
    with_policy(session)
    assert ("R04" in refused(session, SHANDONG, grade, "2025-10-10")) is is_blocked


def test_in_shanghai_transfers_are_filed_in_the_week_before_term(session):
    with_policy(session)
    assert "R03" not in refused(session, SHANGHAI, 7, "2026-02-23")
    assert "R03" in refused(session, "310104", 7, "2026-03-02")
