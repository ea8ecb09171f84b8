"""Students of the caller's scope. The number in the path is for machines: logs keep the route's template."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, request
from flask_babel import gettext as _
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager

from registry import movements, statuses
from registry.errors import NotFound
from registry.students import Student, StudentRecord, by_number
from webapp.api.answers import offices
from webapp.api.auth import needs
from webapp.api.blueprint import bp, documented
from webapp.api.paging import asked, cursor
from webapp.api.schemas import MovementOut, MovementPage, Office, StudentOut, StudentPage
from webapp.refusals import FieldErrors, field_error
from workflows import cases


@bp.get("/students")
@needs("student.read")
@bp.output(StudentPage)
@documented("Students of the caller's scope, by grade, class and number")
def list_students() -> StudentPage:
    page = asked(3)
    class_number = func.coalesce(StudentRecord.class_number, 0)
    query = (
        select(StudentRecord)
        .join(StudentRecord.student)
        .options(contains_eager(StudentRecord.student))
        .order_by(StudentRecord.grade, class_number, Student.student_number)
    )
    query = _filtered(query)
    if page.after:
        grade, number, student_number = int(page.after[0]), int(page.after[1]), page.after[2]
        query = query.where(
            or_(
                StudentRecord.grade > grade,
                and_(StudentRecord.grade == grade, class_number > number),
                and_(
                    StudentRecord.grade == grade,
                    class_number == number,
                    Student.student_number > student_number,
                ),
            )
        )
    found = g.database.scalars(query.limit(page.limit + 1)).all()
    shown = found[: page.limit]
    names = offices(g.database, (record.school_code for record in shown))
    last = shown[-1] if len(found) > page.limit else None
    following = (
        cursor(str(last.grade), str(last.class_number or 0), last.student.student_number) if last else None
    )
    return StudentPage(items=[_student(record, names) for record in shown], next=following)


def _filtered(query: Select[Any]) -> Select[Any]:
    if school := request.args.get("school"):
        query = query.where(StudentRecord.school_code == school)
    if grade := request.args.get("grade"):
        if not (grade.isascii() and grade.isdigit() and 1 <= int(grade[:3]) <= 12):
            raise FieldErrors([field_error("/grade", "out_of_range", _("年级是 1 到 12 的数"))])
        query = query.where(StudentRecord.grade == int(grade))
    if status := request.args.get("status"):
        if status not in statuses.NAMES:
            raise FieldErrors([field_error("/status", "unknown", _("没有这个状态"))])
        query = query.where(StudentRecord.status == status)
    if words := request.args.get("q", "").strip()[:60].replace("\0", ""):
        word = words.encode("utf-8", "replace").decode().lower()
        query = query.where(
            or_(
                Student.name.contains(word, autoescape=True),
                Student.name_pinyin.startswith(word, autoescape=True),
                Student.name_initials == word,
                Student.student_number == word.upper(),
            )
        )
    return query


@bp.get("/students/<student_number>")
@needs("student.read")
@bp.output(StudentOut)
@documented("One student of the caller's scope")
def read_student(student_number: str) -> StudentOut:
    student = _found(student_number)
    return _student(student.record, offices(g.database, [student.record.school_code]))


@bp.get("/students/<student_number>/movements")
@needs("student.read")
@bp.output(MovementPage)
@documented("What happened to a student's record, oldest first")
def list_movements(student_number: str) -> MovementPage:
    page = asked(1)
    student = _found(student_number)
    found = list(movements.of_student(g.database, student))
    if page.after:
        found = [m for m in found if m.id > UUID(page.after[0])]
    shown = found[: page.limit]
    names = offices(g.database, (m.school_code for m in shown))
    items = [
        MovementOut(
            code=m.code,
            name=m.name,
            date=m.on.isoformat(),
            school=names.get(m.school_code, Office(code=m.school_code)),
            case_number=m.case_number,
        )
        for m in shown
    ]
    return MovementPage(items=items, next=cursor(str(shown[-1].id)) if len(found) > page.limit else None)


def _found(student_number: str) -> Student:
    student = by_number(g.database, student_number)
    if student is None:
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
