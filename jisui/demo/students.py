"""Fill the demo's classes: about three thousand invented children, and the four of the scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import insert
from sqlalchemy.orm import Session

from jisui.demo.names import Child, Names
from jisui.demo.places import SCHOOLS, School, Stage
from registry import encryption, organisations
from registry.base import uuid7
from registry.names import pinyin
from registry.students import Guardian, Student, StudentRecord, id_number_index, phone_index

SCHOOL_YEAR = 2025
Row = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """A student known by name, to try things with."""

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


class Seat(NamedTuple):
    """Where a child sits."""

    school: str
    stage: str
    grade: int
    class_number: int


class Adult(NamedTuple):
    name: str
    relation: str
    phone: str


def add_students(session: Session) -> int:
    """Every class of every school; how many children. Written table by table, not object by object."""
    students: list[Row] = []
    guardians: list[Row] = []
    records: list[Row] = []
    paths: dict[tuple[str, str], str] = {}
    for child, number, adult, seat in _everybody():
        place = (seat.school, seat.stage)
        if place not in paths:
            paths[place] = organisations.stage_path(session, *place)
        students.append(_student(child, number, paths[place]))
        of_child = {"student_id": students[-1]["id"], "office_path": paths[place]}
        guardians.append(_guardian(adult) | of_child)
        records.append(_record(seat) | of_child)
    session.execute(insert(Student), students)
    session.execute(insert(Guardian), guardians)
    session.execute(insert(StudentRecord), records)
    return len(students)


def _everybody() -> Iterator[tuple[Child, str, Adult, Seat]]:
    """The known children first, then class by class."""
    for known in KNOWN:
        child = Child(known.name, known.sex, known.birth_date, known.id_number)
        seat = Seat(known.school, known.stage, known.grade, 1)
        yield child, known.number, Adult(known.guardian, "father", known.phone), seat
    names = Names()
    for school in SCHOOLS:
        for stage in school.stages:
            for seat in _seats(school, stage):
                child = names.child(school.division, seat.grade, SCHOOL_YEAR)
                adult = Adult(child.name[0] + names.adult()[1:], names.relation(), names.phone())
                yield child, "G" + child.id_number, adult, seat


def _seats(school: School, stage: Stage) -> Iterator[Seat]:
    for grade in stage.grades:
        for class_number in range(1, stage.classes + 1):
            for _place in range(stage.students):
                yield Seat(school.code, stage.stage, grade, class_number)


def _student(child: Child, number: str, path: str) -> Row:
    key = uuid7()
    full, initials = _read(child.name)
    return {
        "id": key,
        "student_number": number,
        "name": child.name,
        "name_pinyin": full,
        "name_initials": initials,
        "sex": child.sex,
        "birth_date": child.birth_date,
        "ethnicity": "01",
        "id_type": "1",
        "_id_number": encryption.ring().encrypt("students.id_number", key, child.id_number),
        "id_number_ix": id_number_index(child.id_number),
        "office_path": path,
    }


@cache
def _read(name: str) -> tuple[str, str]:
    """Many children share a name."""
    return pinyin(name)


def _guardian(adult: Adult) -> Row:
    key = uuid7()
    return {
        "id": key,
        "name": adult.name,
        "relation": adult.relation,
        "_phone": encryption.ring().encrypt("guardians.phone", key, adult.phone),
        "phone_ix": phone_index(adult.phone),
    }


def _record(seat: Seat) -> Row:
    since = date(SCHOOL_YEAR - (seat.grade - 1) % 6, 9, 1)
    return {
        "id": uuid7(),
        "school_code": seat.school,
        "stage": seat.stage,
        "grade": seat.grade,
        "class_number": seat.class_number,
        "at_school_since": since,
        "status": "enrolled",
        "status_since": since,
    }
