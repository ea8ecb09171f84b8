"""Students, their guardians, and the one record each of them has.

Sensitive fields are stored encrypted and read through properties; a blind
index beside them answers "is it this one?" and nothing else.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from registry import encryption
from registry.base import Keyed, UtcDateTime
from registry.names import pinyin
from registry.scope import OfficeScoped
from registry.statuses import COMPULSORY_STAGES, NAMES, NEVER_IN_COMPULSORY, sql_list

STAGES = {"primary": "小学", "junior": "初中", "senior": "普通高中"}
SEXES = {"1": "男", "2": "女"}
ID_TYPES = {
    "1": "居民身份证",
    "6": "香港特区护照/身份证明",
    "7": "澳门特区护照/身份证明",
    "8": "台湾居民来往大陆通行证",
    "9": "境外永久居住证",
    "A": "护照",
    "Z": "其他",
}
RELATIONS = {"father": "父亲", "mother": "母亲", "grandparent": "祖父母", "other": "其他"}


class Student(Keyed, OfficeScoped):
    """A person, known by the lifelong number. `quiet`: lists do not show the name (death, custody)."""

    __tablename__ = "students"
    __table_args__ = (
        UniqueConstraint("id_type", "id_number_ix"),
        CheckConstraint(f"sex IN ({sql_list(SEXES)})", name="sex"),
        CheckConstraint(f"id_type IN ({sql_list(ID_TYPES)})", name="id_type"),
    )

    student_number: Mapped[str] = mapped_column(String(19), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    name_pinyin: Mapped[str] = mapped_column(String(200), index=True)
    name_initials: Mapped[str] = mapped_column(String(60), index=True)
    sex: Mapped[str] = mapped_column(String(1))
    birth_date: Mapped[date]
    ethnicity: Mapped[str] = mapped_column(String(2))
    id_type: Mapped[str] = mapped_column(String(1))
    _id_number: Mapped[bytes | None] = mapped_column("id_number", LargeBinary)
    id_number_ix: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    _address: Mapped[bytes | None] = mapped_column("address", LargeBinary)
    quiet: Mapped[bool] = mapped_column(default=False)
    problem_record: Mapped[bool] = mapped_column(default=False)

    record: Mapped[StudentRecord] = relationship(back_populates="student")
    guardians: Mapped[list[Guardian]] = relationship(back_populates="student", order_by="Guardian.id")

    def __init__(self, **values: Any) -> None:
        super().__init__(**({"id_type": "1", "ethnicity": "01"} | values))

    @validates("name")
    def _keep_search_forms(self, _key: str, name: str) -> str:
        self.name_pinyin, self.name_initials = pinyin(name)
        return name

    @property
    def id_number(self) -> str | None:
        """The number of the identity document, in clear."""
        return _open("students.id_number", self.id, self._id_number)

    @id_number.setter
    def id_number(self, number: str | None) -> None:
        self._id_number = _seal("students.id_number", self.id, number)
        self.id_number_ix = id_number_index(number) if number else None

    @property
    def address(self) -> str | None:
        """The home address, in clear."""
        return _open("students.address", self.id, self._address)

    @address.setter
    def address(self, address: str | None) -> None:
        self._address = _seal("students.address", self.id, address)


class Guardian(Keyed, OfficeScoped):
    """Who speaks for a student, as the school knows them."""

    __tablename__ = "guardians"
    __table_args__ = (CheckConstraint(f"relation IN ({sql_list(RELATIONS)})", name="relation"),)

    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    relation: Mapped[str] = mapped_column(String(20))
    _phone: Mapped[bytes | None] = mapped_column("phone", LargeBinary)
    phone_ix: Mapped[bytes | None] = mapped_column(LargeBinary(16), index=True)

    student: Mapped[Student] = relationship(back_populates="guardians")

    @property
    def phone(self) -> str | None:
        """The mobile number, in clear."""
        return _open("guardians.phone", self.id, self._phone)

    @phone.setter
    def phone(self, phone: str | None) -> None:
        self._phone = _seal("guardians.phone", self.id, phone)
        self.phone_ix = phone_index(phone) if phone else None


class StudentRecord(Keyed, OfficeScoped):
    """The one status record (学籍) of a student: school, grade, status.

    `status_until` is the last day of a suspension or a stay abroad. `flags` are
    facts beside the status (``suspected_dropout``, ``home_delivered``, …).
    `promotion` is the run that lifted it last (:mod:`registry.promotion`).
    """

    __tablename__ = "records"
    __table_args__ = (
        CheckConstraint(f"status IN ({sql_list(NAMES)})", name="status"),
        CheckConstraint(f"stage IN ({sql_list(STAGES)})", name="stage"),
        CheckConstraint("grade BETWEEN 1 AND 12", name="grade"),
        CheckConstraint(
            f"NOT (stage IN ({sql_list(COMPULSORY_STAGES)}) AND status IN ({sql_list(NEVER_IN_COMPULSORY)}))",
            name="compulsory_stage_is_not_left",
        ),
        # Once a year nearly every row changes: room for it beside the row spares the indexes.
        {"postgresql_with": {"fillfactor": 50}},
    )

    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"), unique=True)
    school_code: Mapped[str] = mapped_column(ForeignKey("organisations.code"), index=True)
    stage: Mapped[str] = mapped_column(String(10))
    grade: Mapped[int]
    class_number: Mapped[int | None]
    at_school_since: Mapped[date]
    status: Mapped[str] = mapped_column(String(20), default="enrolled")
    status_since: Mapped[date]
    status_until: Mapped[date | None]
    flags: Mapped[list[str]] = mapped_column(JSON, default=list)
    promotion: Mapped[int | None]

    student: Mapped[Student] = relationship(back_populates="record")

    @property
    def compulsory(self) -> bool:
        """Is the student in the nine years of compulsory education?"""
        return self.stage in COMPULSORY_STAGES


class RecordCopy(Keyed, OfficeScoped):
    """What the sending school keeps after a transfer: the record as it stood, read-only (2025 art. 15)."""

    __tablename__ = "record_copies"
    __table_args__ = (UniqueConstraint("student_id", "case_number"),)

    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"))
    school_code: Mapped[str] = mapped_column(ForeignKey("organisations.code"), index=True)
    moved_to_code: Mapped[str] = mapped_column(ForeignKey("organisations.code"))
    moved_on: Mapped[date]
    case_number: Mapped[str] = mapped_column(String(40))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    _body: Mapped[bytes] = mapped_column("body", LargeBinary)

    @property
    def body(self) -> Mapping[str, Any]:
        """Student, record and guardians as they stood."""
        opened = encryption.ring().decrypt("record_copies.body", self.id, self._body)
        snapshot: dict[str, Any] = json.loads(opened)
        return snapshot

    @body.setter
    def body(self, snapshot: Mapping[str, Any]) -> None:
        text = json.dumps(snapshot, ensure_ascii=False, sort_keys=True)
        self._body = encryption.ring().encrypt("record_copies.body", self.id, text)


def by_number(session: Session, student_number: str) -> Student | None:
    """The student of this (normalised) number, if the caller's scope has them."""
    return session.scalar(select(Student).where(Student.student_number == student_number))


def by_id_number(session: Session, id_type: str, number: str) -> Student | None:
    """The student with this identity document, found by the blind index."""
    found = select(Student).where(Student.id_type == id_type, Student.id_number_ix == id_number_index(number))
    return session.scalar(found)


def is_guardian_phone(student: Student, phone: str) -> bool:
    """Is `phone` one the school has for a guardian of this student? Decides who is told why (R05, …)."""
    wanted = phone_index(phone)
    return any(guardian.phone_ix == wanted for guardian in student.guardians)


def id_number_index(number: str) -> bytes:
    """The blind index of an identity document's number."""
    return encryption.ring().blind_index("id_number", number)


def phone_index(phone: str) -> bytes:
    """The blind index of a telephone number."""
    return encryption.ring().blind_index("phone", phone)


def _seal(place: str, row: uuid.UUID, text: str | None) -> bytes | None:
    return encryption.ring().encrypt(place, row, text) if text else None


def _open(place: str, row: uuid.UUID, stored: bytes | None) -> str | None:
    return encryption.ring().decrypt(place, row, stored) if stored else None
