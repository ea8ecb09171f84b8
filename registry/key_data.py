"""Key data (关键信息): name, identity document, sex, birth date; how they change, and what they were.

The student number never changes with them. What was true before is kept for good, and a search finds
the student by it: certificates and results of examinations bear the old name and number.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    event,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry import encryption, records, statuses
from registry.base import Base, Keyed, UtcDateTime
from registry.calendar import CHINA
from registry.changes.facts import Facts
from registry.errors import Invalid, InvalidIdentifier, StatusNotAllowed
from registry.identifiers import ID_NUMBER, STUDENT_AGES, age, check_id_number, normalised
from registry.movements import refusal_of
from registry.students import Student, id_number_index
from registry.violations import FieldError
from registry.words import words

MAINLAND, OTHER = "1", "Z"
DOCUMENT = frozenset({"id_type", "id_number"})


class FormerData(Keyed):
    """What one change replaced: the old values of the members it changed, nothing where it did not.

    Written once. It has no office of its own: who sees the student sees it, wherever the record moves.
    """

    __tablename__ = "former_data"
    __table_args__ = (UniqueConstraint("student_id", "case_number"),)

    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"))
    name: Mapped[str | None] = mapped_column(String(60))
    id_type: Mapped[str | None] = mapped_column(String(1))
    _id_number: Mapped[bytes | None] = mapped_column("id_number", LargeBinary)
    id_number_ix: Mapped[bytes | None] = mapped_column(LargeBinary(16), index=True)
    sex: Mapped[str | None] = mapped_column(String(1))
    birth_date: Mapped[date | None]
    changed_on: Mapped[date]
    case_number: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def id_number(self) -> str | None:
        """The number of the former identity document, in clear."""
        if self._id_number is None:
            return None
        return encryption.ring().decrypt("former_data.id_number", self.id, self._id_number)

    @id_number.setter
    def id_number(self, number: str | None) -> None:
        if number:
            self._id_number = encryption.ring().encrypt("former_data.id_number", self.id, number)
            self.id_number_ix = id_number_index(number)


@dataclass(frozen=True)
class KeyData:
    """Who somebody is: the members that only a case changes."""

    name: str
    id_type: str
    id_number: str | None
    sex: str
    birth_date: date


IdentityCheck = Callable[[KeyData], Invalid | None]
"""Is this a person there can be? What is wrong, or nothing. A place with a population register asks it."""


def agrees(claimed: KeyData) -> Invalid | None:
    """The check without a population register: the number is well formed and tells this birth and sex."""
    if claimed.id_type != MAINLAND or claimed.id_number is None:
        return None
    try:
        check_id_number(claimed.id_number, sex=claimed.sex, birth_date=claimed.birth_date)
    except InvalidIdentifier as wrong:
        return wrong
    return None


def of_student(student: Student) -> KeyData:
    """The key data as they stand."""
    return KeyData(**{member.name: getattr(student, member.name) for member in fields(KeyData)})


def former(session: Session, student: Student) -> Sequence[FormerData]:
    """What a student one may see was called and numbered before, oldest first."""
    mine = select(FormerData).where(FormerData.student_id == student.id)
    return session.scalars(mine.order_by(FormerData.recorded_at, FormerData.id)).all()


def found_by(typed: str) -> ColumnElement[bool]:
    """For a search among students: by a former name, by an ID number of now or of before."""
    before = [FormerData.name.contains(typed, autoescape=True)]
    now = []
    if ID_NUMBER.fullmatch(number := normalised(typed)):
        before.append(FormerData.id_number_ix == id_number_index(number))
        now.append(Student.id_number_ix == id_number_index(number))
    return or_(Student.id.in_(select(FormerData.student_id).where(or_(*before))), *now)


# What may be asked.


def changes_something(facts: Facts) -> FieldError | None:
    """At least one member is to be other than it is."""
    now = of_student(facts.student)
    if now != claimed(now, facts.asked["changes"]):
        return None
    return FieldError("/changes", "nothing_changed", words("填的和学籍里的一样，请填要改的"))


def is_born_to_attend(facts: Facts) -> FieldError | None:
    """A new birth date makes somebody of school age on the day the school took them in."""
    now = of_student(facts.student)
    born = claimed(now, facts.asked["changes"]).birth_date
    if born == now.birth_date or age(born, facts.record.at_school_since) in STUDENT_AGES:
        return None
    return FieldError("/changes/birth_date", "age", words("出生日期不像学生的，请再看一遍"))


def is_somebody(facts: Facts) -> FieldError | None:
    """The identity check, and nobody else has the document."""
    return identity_error(facts.session, facts.student, facts.asked["changes"])


def reviews(facts: Facts) -> Sequence[str]:
    """The levels that look besides, by what changes (`<process>.extra_review_by_field`)."""
    by_field: Mapping[str, list[str]] = facts.rule("extra_review_by_field").value
    kinds = changed(of_student(facts.student), facts.asked["changes"])
    if "name" in kinds and DOCUMENT.intersection(kinds):
        kinds = [*kinds, "name_and_id"]
    return [level for kind in kinds for level in by_field.get(kind, ())]


def identity_error(
    session: Session, student: Student, asked: Mapping[str, Any], check: IdentityCheck = agrees
) -> FieldError | None:
    """What stops these changes: a document without its number, nobody there can be, somebody else's."""
    now = of_student(student)
    then = claimed(now, asked)
    if then.id_type != now.id_type and asked.get("id_number") is None and then.id_type != OTHER:
        return FieldError("/changes/id_number", "missing", words("换了证件，请填新的证件号"))
    wrong = check(then)
    if wrong is not None:
        return FieldError(_blamed(asked), wrong.code, words(wrong.message, **wrong.facts))
    if then.id_number is not None and _has_another(session, student, then.id_type, then.id_number):
        return FieldError(
            "/changes/id_number",
            "id_number_duplicated",
            words("证件号重复，别的学籍也用这个号；请核对，没有填错的，请学校按问题学籍处理"),
        )
    return None


def claimed(now: KeyData, asked: Mapping[str, Any]) -> KeyData:
    """The key data as they would be. A document of another kind takes the number of the old one with it."""
    given = {name: value for name, value in asked.items() if value is not None}
    if isinstance(given.get("birth_date"), str):
        given["birth_date"] = date.fromisoformat(given["birth_date"])
    if given.get("id_type", now.id_type) != now.id_type:
        given.setdefault("id_number", None)
    return replace(now, **given)


def changed(now: KeyData, asked: Mapping[str, Any]) -> list[str]:
    """The members that would be other than they are, in order."""
    then = claimed(now, asked)
    names = (member.name for member in fields(KeyData))
    return [name for name in names if getattr(now, name) != getattr(then, name)]


# The effect.


def change(
    session: Session, student_id: uuid.UUID, asked: Mapping[str, Any], *, case_number: str, now: datetime
) -> list[str]:
    """Change a student's key data by one case, once; what they were is kept. The members that changed.

    :raises StatusNotAllowed: when the record is closed for good.
    """
    record = records.locked(session, student_id)
    if record.status in (statuses.DECEASED, statuses.VOID):
        raise StatusNotAllowed(now=record.status)
    student = session.get_one(Student, student_id, populate_existing=True)
    before = of_student(student)
    members = changed(before, asked)
    if not members:
        return []
    then = claimed(before, asked)
    kept = DOCUMENT.union(members) if DOCUMENT.intersection(members) else members
    session.add(
        FormerData(
            student_id=student_id,
            changed_on=now.astimezone(CHINA).date(),
            case_number=case_number,
            recorded_at=now,
            **{member: getattr(before, member) for member in kept},
        )
    )
    for member in members:
        setattr(student, member, getattr(then, member))
    session.flush()
    return members


def _blamed(asked: Mapping[str, Any]) -> str:
    """The member an identity that cannot be is told at."""
    told = (member for member in ("id_number", "birth_date", "sex", "id_type", "name") if asked.get(member))
    return f"/changes/{next(told)}"


def _has_another(session: Session, student: Student, id_type: str, number: str) -> bool:
    other = select(Student.id).where(
        Student.id_type == id_type,
        Student.id_number_ix == id_number_index(number),
        Student.id != student.id,
    )
    return session.scalar(other.limit(1)) is not None


_REFUSALS = [
    refusal_of("former_data", "UPDATE", "former data are never changed"),
    refusal_of("former_data", "DELETE", "former data are never deleted"),
]
# What a migration executes after it has made the table.
TRIGGERS = {
    "sqlite": [sqlite for sqlite, _several in _REFUSALS],
    "postgresql": [statement for _one, several in _REFUSALS for statement in several],
}


def _protect(_table: Table, connection: Connection, **_facts: object) -> None:
    for statement in TRIGGERS.get(connection.dialect.name, []):
        connection.exec_driver_sql(statement)


event.listen(Base.metadata.tables[FormerData.__tablename__], "after_create", _protect)
