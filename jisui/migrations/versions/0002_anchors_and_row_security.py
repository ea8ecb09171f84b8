"""Nightly anchors, row level security, references of refusals, saved filters, indexes of the inbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from jisui.row_security import FUNCTIONS, SUBJECT_SEEN, guard
from registry.base import UtcDateTime as Moment
from workflows.anchors import TRIGGERS as ANCHOR_TRIGGERS

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GUARDED = (
    "students", "guardians", "records", "record_copies", "refusal_references", "saved_filters",
    "applications", "clocks", "history", "incidents", "timers", "evidence", "outbox", "notices", "tasks",
    "cases", "case_offices", "anchors",
)  # fmt: skip
PATH = sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "anchors",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("leaves", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("prev", sa.LargeBinary(length=32), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_anchors")),
    )
    op.add_column("cases", sa.Column("anchored_seq", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "refusal_references",
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("filed_at", Moment(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_path", PATH, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal_references")),
        sa.UniqueConstraint("reference", name=op.f("uq_refusal_references_reference")),
    )
    for column in ("draft_id", "filed_at", "office_path", "student_id"):
        op.create_index(op.f(f"ix_refusal_references_{column}"), "refusal_references", [column])
    op.create_table(
        "saved_filters",
        sa.Column("office", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("query", sa.String(length=400), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_path", PATH, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
    )
    for column in ("office", "office_path"):
        op.create_index(op.f(f"ix_saved_filters_{column}"), "saved_filters", [column])
    _index_open(
        "ix_clocks_paused",
        "clocks",
        ["office", "opened_at", "id"],
        "closed_at IS NULL AND running_since IS NULL",
    )
    _index_open("ix_tasks_desk", "tasks", ["office_path", "role", "due_at", "id"], "status = 'open'")
    dialect = op.get_bind().dialect.name
    rows = [*FUNCTIONS, *(s for table in GUARDED for s in guard(table)), SUBJECT_SEEN]
    for statement in [*ANCHOR_TRIGGERS[dialect], *(rows if dialect == "postgresql" else ())]:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def _index_open(name: str, table: str, columns: list[str], only: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(only), postgresql_where=sa.text(only))


def downgrade() -> None:
    op.drop_index("ix_tasks_desk", "tasks")
    op.drop_index("ix_clocks_paused", "clocks")
    if op.get_bind().dialect.name == "postgresql":
        _unguard()
    for table in ("saved_filters", "refusal_references", "anchors"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.get_bind().exec_driver_sql("DROP FUNCTION anchors_refuse()")
    op.drop_column("cases", "anchored_seq")


def _unguard() -> None:
    op.execute("DROP POLICY subject ON students")
    for table in GUARDED:
        op.execute(f"DROP POLICY office ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for function in ("jisui_reach(text, text)", "jisui_cases()", "jisui_path(int)"):
        op.execute(f"DROP FUNCTION {function}")
