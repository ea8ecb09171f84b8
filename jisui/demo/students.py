"""Fill the demo's classes: about three thousand invented children, and the four of the scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from jisui.demo.names import Child, Names
from jisui.demo.places import SCHOOLS, School, Stage
from registry import organisations
from registry.students import Guardian, Student, StudentRecord

SCHOOL_YEAR = 2025
TERM_START = date(2025, 9, 1)


@dataclass(frozen=True)
class Known:
    """A student named in domain.md 6."""

    number: str
    name: str
    sex: str
    birth_date: date
    id_number: str
    school: str
    stage: str
    grade: int
    guardian: str
    phone: str


KNOWN = (
    Known("G350102201503150019", "林一航", "1", date(2015, 3, 15), "350102201503150019",
          "2135000001", "primary", 5, "林建国", "13800006021"),
    Known("L350582201504020417", "陈小雨", "2", date(2015, 4, 2), "350582201504020420",
          "2135000003", "primary", 4, "陈永辉", "13800006022"),
    Known("G350102201105090022", "王晨", "2", date(2011, 5, 9), "350102201105090022",
          "3135000001", "junior", 9, "王志强", "13800006023"),
    Known("G350582201011060010", "赵启明", "1", date(2010, 11, 6), "350582201011060010",
          "3435000002", "senior", 10, "赵文斌", "13800006024"),
)  # fmt: skip


def add_students(session: Session) -> int:
    """Every class of every school; how many children."""
    names, count = Names(), 0
    for known in KNOWN:
        path = organisations.stage_path(session, known.school, known.stage)
        child = Child(known.name, known.sex, known.birth_date, known.id_number)
        guardian = (known.guardian, "father", known.phone)
        _add(session, child, known.number, guardian, path, known.school, known.stage, known.grade, 1)
        count += 1
    for school in SCHOOLS:
        for stage in school.stages:
            path = organisations.stage_path(session, school.code, stage.stage)
            for grade, class_number, child in _classes(names, school, stage):
                guardian = (child.name[0] + names.adult()[1:], names.relation(), names.phone())
                number = "G" + child.id_number
                _add(session, child, number, guardian, path, school.code, stage.stage, grade, class_number)
                count += 1
        session.flush()
        session.expunge_all()
    return count


def _classes(names: Names, school: School, stage: Stage) -> Iterator[tuple[int, int, Child]]:
    for grade in stage.grades:
        for class_number in range(1, stage.classes + 1):
            for _seat in range(stage.students):
                yield grade, class_number, names.child(school.division, grade, SCHOOL_YEAR)


def _add(
    session: Session,
    child: Child,
    number: str,
    guardian: tuple[str, str, str],
    path: str,
    school: str,
    stage: str,
    grade: int,
    class_number: int,
) -> None:
    student = Student(
        student_number=number,
        name=child.name,
        sex=child.sex,
        birth_date=child.birth_date,
        office_path=path,
    )
    student.id_number = child.id_number
    name, relation, phone = guardian
    parent = Guardian(student=student, name=name, relation=relation, office_path=path)
    parent.phone = phone
    since = date(SCHOOL_YEAR - (grade - 1) % 6, 9, 1)
    record = StudentRecord(
        student=student,
        school_code=school,
        stage=stage,
        grade=grade,
        class_number=class_number,
        at_school_since=since,
        status="enrolled",
        status_since=since,
        office_path=path,
    )
    session.add_all([student, parent, record])
