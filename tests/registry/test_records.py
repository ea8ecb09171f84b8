"""The register's laws, in code and by constraints of the database."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from registry import movements, statuses
from registry.errors import AlreadyRegistered, NotFound, StatusNotAllowed
from registry.movements import Movement
from registry.records import admit, change_status
from registry.students import Student, StudentRecord
from tests.registry.factories import NOW, P1, S1, TODAY, a_number, a_school, a_student

ID = "350102201503150019"


def refused(session, change):
    """Run one change that the database itself must refuse."""
    with pytest.raises(DBAPIError), session.begin_nested():
        change()
        session.flush()


def change(session, student, status, case="XX350102-2026-00001", **facts):
    return change_status(session, student.id, status, on=TODAY, case_number=case, now=NOW, **facts)


def codes(session, student):
    return [movement.code for movement in movements.of_student(session, student)]


def test_an_admitted_student_attends_and_belongs_to_the_school(session):
    a_school(session, P1)
    student = a_student(session, grade=5)
    record = student.record
    assert (record.status, record.stage, record.grade, record.class_number) == ("enrolled", "primary", 5, 1)
    paths = {student.office_path, record.office_path, student.guardians[0].office_path}
    assert paths == {"/35/3501/350102/s2135000001/"}


def test_a_number_is_registered_once(session):
    student = a_student(session)
    with pytest.raises(AlreadyRegistered):
        a_student(session, number=student.student_number)


def test_a_document_is_registered_once(session):
    a_student(session, id_number=ID)
    with pytest.raises(AlreadyRegistered):
        a_student(session, id_number=ID)
    a_student(session)  # without a document there is nothing to be equal to
    a_student(session)


def test_a_school_admits_only_to_grades_it_teaches(session):
    a_school(session, P1)
    with pytest.raises(NotFound):
        admit(
            session,
            Student(student_number=a_number(), name="林一航", sex="1", birth_date=date(2012, 1, 1)),
            P1,
            7,
            on=TODAY,
        )


def test_the_database_refuses_a_second_record_number_or_document(session):
    student = a_student(session, id_number=ID)
    record = student.record
    facts = {"office_path": record.office_path, "school_code": P1, "stage": "primary", "grade": 5}
    since = {"at_school_since": TODAY, "status_since": TODAY}
    refused(session, lambda: session.add(StudentRecord(student_id=student.id, **facts, **since)))
    person = {"name": "林二", "sex": "1", "birth_date": TODAY, "office_path": record.office_path}
    number = student.student_number
    refused(session, lambda: session.add(Student(student_number=number, **person)))
    refused(session, lambda: session.add(Student(student_number=a_number(), id_number=ID, **person)))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("status", "moved"),
        ("grade", 0),
        ("grade", 13),
        ("stage", "college"),
        ("status", "withdrawn"),
        ("status", "expelled"),
    ],
)
def test_the_database_refuses_what_no_record_can_be(session, column, value):
    student = a_student(session)
    changed = update(StudentRecord).where(StudentRecord.student_id == student.id).values({column: value})
    refused(session, lambda: session.execute(changed))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE movements SET code = '22'",
        "DELETE FROM movements",
        "DELETE FROM students",
        "DELETE FROM records",
    ],
)
def test_the_database_refuses_to_rewrite_history(session, statement):
    student = a_student(session)
    change(session, student, statuses.SUSPENDED)
    refused(session, lambda: session.connection().execute(text(statement)))


def test_the_database_takes_one_movement_of_a_code_for_a_case(session):
    student = a_student(session)
    facts = {
        "student_id": student.id,
        "school_code": P1,
        "on": TODAY,
        "case_number": "XX350102-2026-00001",
        "recorded_at": NOW,
        "office_path": student.office_path,
    }
    session.add(Movement(code="11", **facts))
    session.flush()
    refused(session, lambda: session.add(Movement(code="11", **facts)))
    refused(session, lambda: session.add(Movement(code="77", **facts)))
    session.add(Movement(code="12", **facts))
    session.flush()


def test_a_suspension_and_its_end_are_written_with_their_codes(session):
    student = a_student(session)
    record = change(session, student, statuses.SUSPENDED, until=date(2027, 3, 8))
    assert (record.status, record.status_until) == ("suspended", date(2027, 3, 8))
    record = change(session, student, statuses.ENROLLED, case="FX350102-2026-00001")
    assert (record.status, record.status_until) == ("enrolled", None)
    assert codes(session, student) == ["11", "12"]


def test_the_same_case_changes_a_status_once(session):
    student = a_student(session)
    change(session, student, statuses.SUSPENDED)
    change(session, student, statuses.SUSPENDED)
    assert codes(session, student) == ["11"]


def test_each_change_has_its_movement(session):
    for status, code in {
        statuses.SUSPENDED: "11",
        statuses.DROPOUT: "99",
        statuses.ABROAD: "01",
        statuses.MISSING: "99",
        statuses.DECEASED: "51",
        statuses.VOID: "18",
    }.items():
        student = a_student(session)
        change(session, student, status)
        assert codes(session, student) == [code]


def test_a_graduation_is_no_movement(session):
    student = a_student(session, grade=6)
    assert change(session, student, statuses.GRADUATED).status == "graduated"
    assert codes(session, student) == []


@pytest.mark.parametrize("status", [statuses.WITHDRAWN, statuses.EXPELLED])
def test_compulsory_education_is_not_ended(session, status):
    student = a_student(session)
    with pytest.raises(StatusNotAllowed):
        change(session, student, status)
    a_school(session, S1, authority="350100", stages=("senior",))
    older = a_student(session, school=S1, grade=10)
    assert change(session, older, status).status == status


def test_death_is_final(session):
    student = a_student(session)
    change(session, student, statuses.DECEASED)
    for number, after in enumerate(statuses.NAMES.keys() - {statuses.DECEASED}, start=2):
        with pytest.raises(StatusNotAllowed):
            change(session, student, after, case=f"XX350102-2026-0000{number}")


def test_a_suspended_student_does_not_graduate(session):
    student = a_student(session, grade=6, status=statuses.SUSPENDED)
    with pytest.raises(StatusNotAllowed):
        change(session, student, statuses.GRADUATED)
