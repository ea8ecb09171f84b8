"""Movements (学籍异动): dated, coded changes of a record. Written once, never changed, never deleted."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Connection, ForeignKey, String, Table, UniqueConstraint, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry.base import Base, Keyed, UtcDateTime
from registry.scope import OfficePath, path_range
from registry.statuses import sql_list
from registry.students import RecordCopy, Student, StudentRecord

# JY/T 1001, 学籍异动类别; the codes this register writes.
CODES = {
    "01": "公派留学",
    "02": "留级",
    "03": "降级",
    "04": "跳级",
    "08": "回国复学",
    "11": "休学",
    "12": "复学",
    "17": "恢复学籍",
    "18": "取消学籍",
    "21": "转学（转出）",
    "22": "转学（转入）",
    "29": "转班级",
    "31": "退学",
    "42": "开除学籍",
    "51": "死亡",
    "62": "结业",
    "63": "肄业",
    "99": "其他",
}
OUT, IN = "21", "22"


class Movement(Keyed):
    """One change of one student's record, by one case.

    `office_path` is the school's at that time. The table is deliberately not
    scoped by it: a student's whole history travels with the record, so read it
    by :func:`of_student`, or an office's own part by :func:`at_office`.
    """

    __tablename__ = "movements"
    __table_args__ = (
        UniqueConstraint("student_id", "code", "case_number"),
        CheckConstraint(f"code IN ({sql_list(CODES)})", name="code"),
    )

    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"))
    code: Mapped[str] = mapped_column(String(2))
    school_code: Mapped[str] = mapped_column(ForeignKey("organisations.code"))
    other_school_code: Mapped[str | None] = mapped_column(ForeignKey("organisations.code"))
    on: Mapped[date] = mapped_column("on_date")
    case_number: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    office_path: Mapped[str] = mapped_column(OfficePath, index=True)

    @property
    def name(self) -> str:
        """What the code means."""
        return CODES[self.code]


def of_student(session: Session, student: Student) -> Sequence[Movement]:
    """The whole history of a student one may see, oldest first."""
    return session.scalars(
        select(Movement).where(Movement.student_id == student.id).order_by(Movement.on, Movement.id)
    ).all()


def at_office(session: Session, path: str, since: date) -> Sequence[Movement]:
    """Movements at the schools below `path` since a day, oldest first."""
    low, high = path_range(path)
    below = (Movement.office_path >= low, Movement.office_path < high, Movement.on >= since)
    return session.scalars(select(Movement).where(*below).order_by(Movement.on, Movement.id)).all()


def refusal_of(table: str, action: str, sentence: str) -> tuple[str, list[str]]:
    """The trigger that refuses `action` on `table`: for SQLite, for PostgreSQL."""
    name = f"{table}_refuse_{action.lower()}"
    sqlite = f"CREATE TRIGGER {name} BEFORE {action} ON {table} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    postgresql = [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{sentence}'; END $$",
        f"CREATE TRIGGER {name} BEFORE {action} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    ]
    if action == "DELETE":  # emptying a whole table fires no trigger of its rows
        postgresql += [
            f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_refuse_truncate",
        ]
    return sqlite, postgresql


_REFUSALS = {
    Movement.__tablename__: [
        refusal_of("movements", "UPDATE", "a movement is never changed"),
        refusal_of("movements", "DELETE", "a movement is never deleted"),
    ],
    RecordCopy.__tablename__: [refusal_of("record_copies", "DELETE", "a copy is never deleted")],
    StudentRecord.__tablename__: [refusal_of("records", "DELETE", "a record is voided, never deleted")],
    Student.__tablename__: [refusal_of("students", "DELETE", "a student is never deleted")],
}

# What a migration executes after it has made the tables, by dialect and table.
TRIGGERS: dict[str, dict[str, list[str]]] = {
    "sqlite": {table: [sqlite for sqlite, _ in pairs] for table, pairs in _REFUSALS.items()},
    "postgresql": {
        table: [sql for _, several in pairs for sql in several] for table, pairs in _REFUSALS.items()
    },
}


def protect(table: Table, connection: Connection, **_facts: object) -> None:
    """Give a table just made the triggers of its database."""
    for statement in TRIGGERS.get(connection.dialect.name, {}).get(table.name, []):
        connection.exec_driver_sql(statement)


for _name in _REFUSALS:
    event.listen(Base.metadata.tables[_name], "after_create", protect)
