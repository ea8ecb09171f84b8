"""Key data: what may be claimed, what is kept, who is found."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from registry import key_data, statuses
from registry.errors import InvalidIdentifier, StatusNotAllowed
from registry.key_data import FormerData
from registry.students import Student
from tests.registry.factories import NOW, a_student

OLD, NEW = "350102201503150019", "350102201503150035"
CASE = "GJ350102-2026-00001"


def change(session, student, case=CASE, **asked):
    return key_data.change(session, student.id, asked, case_number=case, now=NOW)


def found(session, typed):
    return session.scalars(select(Student.name).where(key_data.found_by(typed))).all()


def test_one_case_changes_once(session):
    student = a_student(session, id_number=OLD)
    assert change(session, student, name="林亦航", sex="1") == ["name"]
    assert change(session, student, name="林亦航", sex="1") == []
    assert [one.name for one in key_data.former(session, student)] == ["林一航"]


def test_each_change_keeps_its_own_past(session):
    student = a_student(session, id_number=OLD)
    change(session, student, name="林亦航")
    change(session, student, "GJ350102-2026-00002", name="林航")
    for name in ("林一航", "林亦航"):
        assert found(session, name) == ["林航"]


def test_a_document_of_another_kind_takes_its_number_with_it(session):
    student = a_student(session, id_number=OLD)
    change(session, student, id_type="Z")
    assert (student.id_type, student.id_number, student.id_number_ix) == ("Z", None, None)
    (kept,) = key_data.former(session, student)
    assert (kept.id_type, kept.id_number) == ("1", OLD)
    assert found(session, OLD) == ["林一航"]


def test_a_search_takes_a_wildcard_for_a_character(session):
    student = a_student(session, id_number=OLD)
    change(session, student, name="林亦航")
    assert found(session, "%") == found(session, "林_航") == []


@pytest.mark.parametrize("status", [statuses.DECEASED, statuses.VOID])
def test_a_closed_record_stays_as_it_is(session, status):
    student = a_student(session, id_number=OLD, status=status)
    with pytest.raises(StatusNotAllowed):
        change(session, student, name="林亦航")


def test_what_was_is_never_rewritten(session):
    student = a_student(session, id_number=OLD)
    change(session, student, id_number=NEW)
    for statement in (update(FormerData).values(sex="2"), delete(FormerData)):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(statement)


def test_two_students_never_share_a_document(session):
    a_student(session, id_number=NEW)
    student = a_student(session, id_number=OLD)
    wrong = key_data.identity_error(session, student, {"id_number": NEW})
    assert wrong is not None
    assert (wrong.pointer, wrong.code) == ("/changes/id_number", "id_number_duplicated")


def test_a_place_may_ask_its_own_population_register(session):
    student = a_student(session, id_number=OLD)

    def nobody(claimed):
        return (
            InvalidIdentifier("unknown_person", "公安人口库里没有这个人")
            if claimed.name == "林亦航"
            else None
        )

    wrong = key_data.identity_error(session, student, {"name": "林亦航"}, nobody)
    assert wrong is not None
    assert (wrong.pointer, wrong.code) == ("/changes/name", "unknown_person")
    assert key_data.identity_error(session, student, {"name": "林航"}, nobody) is None


def test_birth_and_sex_agree_with_a_mainland_number_only(session):
    claimed = key_data.KeyData("林一航", "1", OLD, "1", date(2015, 3, 16))
    wrong = key_data.agrees(claimed)
    assert wrong is not None
    assert wrong.code == "other_birth_date"
    assert key_data.agrees(key_data.KeyData("林一航", "A", "E1234567", "2", date(2015, 3, 16))) is None
