"""What key data were before they changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from jisui.row_security import guard
from registry.base import UtcDateTime as Moment
from registry.key_data import TRIGGERS

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_data",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=True),
        sa.Column("id_type", sa.String(length=1), nullable=True),
        sa.Column("id_number", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_ix", sa.LargeBinary(length=16), nullable=True),
        sa.Column("sex", sa.String(length=1), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("case_number", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["student_id"], ["students.id"], name=op.f("fk_former_data_student_id_students")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_data")),
        sa.UniqueConstraint("student_id", "case_number", name=op.f("uq_former_data_student_id_case_number")),
    )
    op.create_index(op.f("ix_former_data_id_number_ix"), "former_data", ["id_number_ix"])
    dialect = op.get_bind().dialect.name
    for statement in [*TRIGGERS[dialect], *(guard("former_data") if dialect == "postgresql" else ())]:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.drop_table("former_data")
    if op.get_bind().dialect.name == "postgresql":
        for action in ("update", "delete"):
            op.execute(f"DROP FUNCTION former_data_refuse_{action}()")
