"""Students of the caller's scope. The number in the path is for machines: logs keep the route's template."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import contains_eager

from registry import key_data, movements
from registry.errors import NotFound
from registry.students import Student, StudentRecord, by_number
from webapp.api.answers import offices
from webapp.api.auth import needs
from webapp.api.blueprint import bp, documented
from webapp.api.paging import asked, cursor, number, queried, whole
from webapp.api.requests import Paging, StudentQuery
from webapp.api.schemas import MovementOut, MovementPage, Office, StudentOut, StudentPage
from workflows import cases

CLASS = func.coalesce(StudentRecord.class_number, 0)


@bp.get("/students")
@needs("student.read")
@documented("Students of the caller's scope, by grade, class and number", StudentPage, query=StudentQuery)
def list_students() -> StudentPage:
    wanted = queried(StudentQuery)
    page = asked(wanted, whole, whole, number)
    order = (StudentRecord.grade, CLASS, Student.student_number)
    query = (
        select(StudentRecord)
        .join(StudentRecord.student)
        .options(contains_eager(StudentRecord.student))
        .order_by(*order)
    )
    query = _filtered(query, wanted)
    if page.after:
        query = query.where(tuple_(*order) > tuple_(*page.after))
    found = g.database.scalars(query.limit(page.limit + 1)).all()
    shown = found[: page.limit]
    names = offices(g.database, (record.school_code for record in shown))
    last = shown[-1] if len(found) > page.limit else None
    return StudentPage(
        items=[_student(record, names) for record in shown],
        next=cursor(last.grade, last.class_number or 0, last.student.student_number) if last else None,
    )


def _filtered(query: Select[Any], wanted: StudentQuery) -> Select[Any]:
    if wanted.school:
        query = query.where(StudentRecord.school_code == wanted.school)
    if wanted.grade:
        query = query.where(StudentRecord.grade == wanted.grade)
    if wanted.status:
        query = query.where(StudentRecord.status == wanted.status)
    if word := wanted.q.strip():
        query = query.where(
            or_(
                Student.name.contains(word, autoescape=True),
                Student.name_pinyin.startswith(word.lower(), autoescape=True),
                Student.name_initials == word.lower(),
                Student.student_number == word.upper(),
                key_data.found_by(word),
            )
        )
    return query


@bp.get("/students/<student_number>")
@needs("student.read")
@documented("One student of the caller's scope", StudentOut)
def read_student(student_number: str) -> StudentOut:
    student = _found(student_number)
    return _student(student.record, offices(g.database, [student.record.school_code]))


@bp.get("/students/<student_number>/movements")
@needs("student.read")
@documented("What happened to a student's record, oldest first", MovementPage, query=Paging)
def list_movements(student_number: str) -> MovementPage:
    page = asked(queried(Paging), UUID)
    rows = list(movements.of_student(g.database, _found(student_number)))
    start = next((place + 1 for place, row in enumerate(rows) if (row.id,) == page.after), 0)
    shown = rows[start : start + page.limit]
    names = offices(g.database, (row.school_code for row in shown))
    items = [
        MovementOut(
            code=row.code,
            name=row.name,
            date=row.on,
            school=names.get(row.school_code, Office(code=row.school_code)),
            case_number=row.case_number,
        )
        for row in shown
    ]
    more = start + page.limit < len(rows)
    return MovementPage(items=items, next=cursor(shown[-1].id) if more else None)


def _found(student_number: str) -> Student:
    student = by_number(g.database, student_number.upper())
    if student is None or student.record is None:
        raise NotFound()
    return student


def _student(record: StudentRecord, names: dict[str, Office]) -> StudentOut:
    student = record.student
    return StudentOut(
        student_number=student.student_number,
        name=student.name,
        status=record.status,
        flags=list(record.flags),
        school=names.get(record.school_code, Office(code=record.school_code)),
        stage=record.stage,
        grade=record.grade,
        class_=record.class_number,
        open_case=cases.open_case_number(g.database, str(student.id)),
    )
