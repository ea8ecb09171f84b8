"""A session sees what lies below its office, and fails closed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import delete, exists, func, select, text, update
from sqlalchemy.orm import aliased

from jisui.database import NOBODY, OutOfScope, UnscopedQuery, belongs_to, make_sessions, opened
from registry.students import Guardian, Student, StudentRecord
from tests.support.province import GULOU, NANSHAN, P1, P2, P4, A
from workflows.model import Case, Task

ROOT = Path(__file__).parents[2]
FUJIAN, GUANGDONG = "/35/", "/44/"
SCHOOL = f"/35/3501/{GULOU}/s{P1}/"


@pytest.fixture
def office(province):
    """A session of an office, by its path."""
    made = []

    def session(*paths):
        for earlier in made:
            earlier.rollback()  # SQLite has one writer at a time
        one = make_sessions(province.installation.database)()
        belongs_to(one, paths)
        made.append(one)
        return one

    yield session
    for one in made:
        one.close()


def is_there(session):
    return session.scalar(select(Student.id).where(Student.student_number == A)) is not None


def test_a_session_without_an_office_reads_nobody(province):
    with make_sessions(province.installation.database)() as session, pytest.raises(UnscopedQuery):
        session.scalars(select(Student)).all()


@pytest.mark.parametrize(
    ("path", "seen"),
    [(SCHOOL, True), (f"/35/3501/{GULOU}/", True), (FUJIAN, True), ("/", True), (GUANGDONG, False),
     (f"/35/3501/{GULOU}/s{P2}/", False), ("/3/", False)],
)  # fmt: skip
def test_an_office_sees_what_lies_below_it(office, path, seen):
    assert is_there(office(path)) is seen


def test_an_empty_scope_sees_nobody(office):
    assert not is_there(office(*NOBODY))


@pytest.mark.parametrize("path", ["%", "35", "/35", "", "35/"])
def test_a_path_that_is_none_is_refused(office, path):
    with pytest.raises(ValueError):
        office(path)


def test_every_shape_of_query_is_limited(office):
    session = office(GUANGDONG)
    other = aliased(Student)
    known = Student.student_number == A
    assert session.scalars(select(Student.name).where(known)).all() == []
    assert session.scalars(select(other).where(other.student_number == A)).all() == []
    assert session.scalar(select(func.count(Student.id)).where(known)) == 0
    assert session.scalars(select(Guardian).join(Guardian.student).where(known)).all() == []
    inside = select(StudentRecord.id).where(StudentRecord.student_id.in_(select(Student.id).where(known)))
    assert session.scalars(inside).all() == []
    assert session.scalars(select(StudentRecord).where(StudentRecord.student.has(known))).all() == []


def test_getting_a_foreign_row_by_its_key_finds_nothing(office):
    key = office(FUJIAN).scalar(select(Student.id).where(Student.student_number == A))
    assert office(GUANGDONG).get(Student, key) is None


def test_bulk_changes_stop_at_the_border(office):
    session = office(GUANGDONG)
    session.execute(update(Student).where(Student.student_number == A).values(quiet=True))
    session.execute(delete(Guardian).where(Guardian.office_path.startswith(FUJIAN)))
    session.commit()
    here = office(FUJIAN)
    student = here.scalars(select(Student).where(Student.student_number == A)).one()
    assert (student.quiet, len(student.guardians)) == (False, 1)


@pytest.mark.parametrize(
    "query", [text("SELECT * FROM students"), select(Student.__table__), select(exists(text("SELECT 1")))]
)
def test_tables_and_text_are_refused(office, query):
    with pytest.raises(UnscopedQuery):
        office(FUJIAN).execute(query)


def test_a_row_of_another_office_cannot_be_written(office):
    key = office(FUJIAN).scalar(select(Student.id).where(Student.student_number == A))
    session = office(GUANGDONG)
    session.add(Guardian(student_id=key, name="某人", relation="other", office_path=SCHOOL))
    with pytest.raises(OutOfScope):
        session.flush()


def test_a_case_is_seen_from_an_office_s_turn_on(province, office):
    case = province.transfer(A, to=P4)
    number = Case.number == case["number"]
    sender = f"/35/3501/{GULOU}/"
    early = office(sender)
    assert early.scalar(select(Case.id).where(number)) is None
    assert early.scalars(select(Task)).all() == []
    early.rollback()
    for desk in (P4, NANSHAN):
        province.approve(case, at=desk)
    assert office(SCHOOL).scalar(select(Case.id).where(number)) is not None


def test_an_effect_moves_a_record_across_provinces_in_the_case_s_name(province):
    case = province.transfer(A, to=P4)
    for desk in (P4, NANSHAN, P1, GULOU):
        province.approve(case, at=desk)
    # The last step is taken in Guangdong, and moves a record that lies in Fujian.
    province.decide(case, P4, "registrar", "arrived")
    assert province.student(A, f"registrar.{P4}")["school"]["code"] == P4
    assert province.call(f"registrar.{P1}", "GET", f"/students/{A}").status_code == 404


def test_the_scope_is_back_after_acting_in_a_case_s_name(office):
    session = office(GUANGDONG)
    with opened(session):
        assert is_there(session)
    assert not is_there(session)
    with pytest.raises(RuntimeError), opened(session):
        raise RuntimeError
    assert not is_there(session)


def test_only_the_wiring_opens_a_scope():
    users = [
        file.relative_to(ROOT).as_posix()
        for package in ("jisui", "webapp", "documents", "forms", "registry", "workflows")
        for file in (ROOT / package).rglob("*.py")
        if re.search(r"\bopened\(session|\bEVERYTHING\b", file.read_text())
    ]
    # The assembly gives the installation's own work (worker, command line) its sessions.
    assert sorted(users) == ["jisui/assembly.py", "jisui/database.py", "jisui/wiring.py"]
