"""升级: who goes up on the night of 10 August, with the classes, and who comes down again."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from registry import lifting, promotion, statuses
from registry.calendar import CHINA
from registry.lifting import CountsDiffer, Span
from registry.movements import Movement
from registry.organisations import SchoolClass
from registry.promotion import Promotion
from tests.registry.factories import P1, P2, a_school, a_student, with_policy

RUN = 202601
STARTED = datetime(2026, 8, 11, 0, 5, tzinfo=CHINA)
ALL = Span("", "9")


@pytest.fixture
def night(session):
    """The night of 2026, with runs to count for."""
    when = promotion.night(with_policy(session), 2026)
    holder = uuid.uuid4()
    session.add_all(
        Promotion(number=n, day=when.day, state="done", started_at=STARTED, holder=holder, held_until=STARTED)
        for n in (RUN, 202602, 202701)
    )
    session.flush()
    return when


def lift(session, night, number=RUN):
    session.flush()
    lifted = lifting.lift(session, number, night, ALL)
    session.expire_all()
    return lifted


def restore(session, number=RUN):
    session.flush()
    restored = lifting.restore(session, session.get_one(Promotion, number), ALL)
    session.expire_all()
    return restored


def seats(session, school=P1):
    rows = session.scalars(select(SchoolClass).where(SchoolClass.school_code == school))
    return sorted((room.grade, room.number, room.capacity) for room in rows)


def moved(session, student, at=STARTED + timedelta(hours=1), code="29"):
    record = student.record
    session.add(
        Movement(
            student_id=student.id,
            code=code,
            school_code=record.school_code,
            on=at.date(),
            case_number=f"X-{uuid.uuid4()}",
            recorded_at=at,
            office_path=record.office_path,
        )
    )


def test_the_night_is_the_end_of_the_day(night):
    assert night.moment == datetime(2026, 8, 11, tzinfo=CHINA)


def test_a_student_goes_up_one_grade_and_keeps_the_class(session, night):
    student = a_student(session, grade=3, class_number=1)
    assert lift(session, night) == 1
    record = student.record
    assert (record.grade, record.class_number, record.status) == (4, 1, "enrolled")
    (told,) = promotion.of_student(session, student.id)
    assert (told.promotion, told.grade, told.undone) == (RUN, 3, False)


def test_a_promotion_is_no_movement(session, night):
    a_student(session, grade=3)
    lift(session, night)
    assert session.scalars(select(Movement)).all() == []


@pytest.mark.parametrize("status", sorted(set(statuses.NAMES) - {"enrolled", "withdrawn", "expelled"}))
def test_q5_only_who_is_in_school_goes_up(session, night, status):
    student = a_student(session, grade=3, status=status)
    assert lift(session, night) == 0
    assert student.record.grade == 3


def test_the_last_grade_of_the_stage_at_the_school_does_not_go_up(session, night):
    a_school(session, P1, stages=("primary", "junior"))
    leaves, last = a_student(session, grade=6), a_student(session, grade=9)
    first = a_student(session, grade=7)
    assert lift(session, night) == 1
    assert [s.record.grade for s in (leaves, last, first)] == [6, 9, 8]


def test_a_flag_that_freezes_holds_a_record_back_and_another_does_not(session, night):
    frozen, free = a_student(session, grade=3), a_student(session, grade=3)
    frozen.record.flags, free.record.flags = ["home_delivered", "frozen_by_case"], ["suspected_dropout"]
    assert lift(session, night) == 1
    assert [frozen.record.grade, free.record.grade] == [3, 4]


@pytest.mark.parametrize(("since", "grade"), [(date(2026, 8, 10), 4), (date(2026, 8, 11), 3)])
def test_who_came_after_the_day_is_in_the_new_grade_already(session, night, since, grade):
    student = a_student(session, grade=3)
    student.record.status_since = since
    lift(session, night)
    assert student.record.grade == grade


def test_nobody_goes_up_twice_in_a_year_also_not_by_another_run(session, night):
    student = a_student(session, grade=1)
    assert (lift(session, night), lift(session, night, 202602)) == (1, 0)
    assert student.record.grade == 2


def test_who_was_lifted_and_then_changed_schools_is_not_lifted_there(session, night):
    student = a_student(session, grade=1)
    a_school(session, P2)
    session.flush()
    lifting.lift(session, RUN, night, Span("", P1))
    session.expire_all()
    student.record.school_code = P2
    session.flush()
    assert lifting.lift(session, RUN, night, Span(P1, "9")) == 0


def test_in_the_next_year_everybody_goes_up_again(session, night):
    student = a_student(session, grade=1)
    lift(session, night)
    assert lift(session, promotion.night(session, 2027), 202701) == 1
    assert student.record.grade == 3
    assert [one.promotion for one in promotion.of_student(session, student.id)] == [202601, 202701]


def test_counts_of_each_class_before_and_after_are_kept(session, night):
    for grade, number in ((1, 1), (1, 1), (1, 2), (2, 1), (6, 1)):
        a_student(session, grade=grade, class_number=number)
    a_student(session, grade=1, class_number=1, status="suspended")
    assert lift(session, night) == 4
    rows = [tuple(row) for row in promotion.counts(session, RUN, P1)]
    assert rows == [
        ("primary", 1, 1, 3, 2, 1),
        ("primary", 1, 2, 1, 1, 0),
        ("primary", 2, 1, 1, 1, 2),
        ("primary", 2, 2, 0, 0, 1),
        ("primary", 3, 1, 0, 0, 1),
        ("primary", 6, 1, 1, 0, 1),
    ]
    of_grades = [tuple(row)[1:] for row in promotion.counts(session, RUN)]
    assert of_grades[0] == (1, 4, 3, 1)
    assert sum(row[1] for row in of_grades) == sum(row[3] for row in of_grades) == 6


def test_classes_go_up_with_their_seats_and_the_last_grade_s_begin_anew(session, night):
    a_school(session, P1, classes={1: (41, 42), 2: (43,), 6: (44,)})
    before = seats(session)
    lift(session, night)
    assert seats(session) == [(1, 1, 44), (2, 1, 41), (2, 2, 42), (3, 1, 43)]
    restore(session)
    assert seats(session) == before


def test_the_plan_says_who_goes_up_and_why_others_do_not(session, night):
    for grade in (1, 1, 6):
        a_student(session, grade=grade)
    a_student(session, grade=1, status="suspended")
    assert {(row.grade, row.why): row.students for row in promotion.plan(session, night)} == {
        (1, ""): 2,
        (1, "status"): 1,
        (6, "last_grade"): 1,
    }


def test_taken_back_are_those_of_the_run_who_have_not_changed_since(session, night):
    same, changed, suspended = (a_student(session, grade=3) for _ in range(3))
    before = a_student(session, grade=3)
    moved(session, before, at=STARTED - timedelta(days=30))
    assert lift(session, night) == 4
    moved(session, changed)
    suspended.record.status = "suspended"
    assert restore(session) == 2
    assert [s.record.grade for s in (same, before, changed, suspended)] == [3, 3, 4, 4]
    assert [promotion.of_student(session, s.id)[0].undone for s in (same, changed)] == [True, False]


def test_after_an_undo_a_new_run_lifts_those_and_nobody_else(session, night):
    same, changed = a_student(session, grade=3), a_student(session, grade=3)
    lift(session, night)
    moved(session, changed)
    restore(session)
    assert lift(session, night, 202602) == 1
    assert [same.record.grade, changed.record.grade] == [4, 4]


def test_what_does_not_add_up_is_not_kept(session, night, monkeypatch):
    a_student(session, grade=3)
    counted = lifting._counted
    seen = []

    def forgetful(*asked):
        seen.append(asked)
        return counted(*asked) if len(seen) == 1 else {}

    monkeypatch.setattr(lifting, "_counted", forgetful)
    with pytest.raises(CountsDiffer):
        lift(session, night)
