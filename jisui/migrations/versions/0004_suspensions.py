"""The stretches of a suspension."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from jisui.row_security import guard

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PATH = sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "suspensions",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("case_number", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_path", PATH, nullable=False),
        sa.CheckConstraint("from_date <= to_date", name=op.f("ck_suspensions_order")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_suspensions_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspensions")),
        sa.UniqueConstraint("student_id", "case_number", name=op.f("uq_suspensions_student_id_case_number")),
        sa.UniqueConstraint("student_id", "from_date", name=op.f("uq_suspensions_student_id_from_date")),
    )
    op.create_index(op.f("ix_suspensions_office_path"), "suspensions", ["office_path"])
    if op.get_bind().dialect.name == "postgresql":
        for statement in guard("suspensions"):
            op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.drop_table("suspensions")
