"""A clock says itself when it wakes the worker; what stays a timer is a wait that a diagram draws."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import sqlalchemy as sa
from alembic import op

from registry.base import UtcDateTime as Moment
from registry.calendar import CHINA
from workflows.base import uuid7

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CLOCKS = sa.table(
    "clocks",
    sa.column("id", sa.Uuid()),
    sa.column("case_id", sa.Uuid()),
    sa.column("due_at", Moment()),
    sa.column("told_until", Moment()),
    sa.column("wakes_at", Moment()),
)
TIMERS = sa.table(
    "timers",
    sa.column("id", sa.Uuid()),
    sa.column("case_id", sa.Uuid()),
    sa.column("clock_id", sa.Uuid()),
    sa.column("engine_id", sa.String()),
    sa.column("kind", sa.String()),
    sa.column("due_at", Moment()),
)


def upgrade() -> None:
    for column in ("told_until", "wakes_at"):
        op.add_column("clocks", sa.Column(column, Moment(), nullable=True))
    only = sa.text("wakes_at IS NOT NULL")
    op.create_index("ix_clocks_wakes", "clocks", ["wakes_at"], sqlite_where=only, postgresql_where=only)
    connection = op.get_bind()
    first = sa.select(TIMERS.c.clock_id, sa.func.min(TIMERS.c.due_at).label("at")).group_by(TIMERS.c.clock_id)
    for row in connection.execute(first.where(TIMERS.c.clock_id.is_not(None))).all():
        told = row.at - timedelta(seconds=1)
        connection.execute(
            sa.update(CLOCKS).where(CLOCKS.c.id == row.clock_id).values(wakes_at=row.at, told_until=told)
        )
    connection.execute(sa.delete(TIMERS).where(TIMERS.c.engine_id.is_(None)))
    op.drop_index("ix_timers_case", "timers")
    options = {"sqlite_with_rowid": False}
    with op.batch_alter_table("timers", table_kwargs=options) as batch:
        batch.drop_constraint("pk_timers", type_="primary")
        batch.drop_constraint("fk_timers_clock_id", type_="foreignkey")
        for column in ("id", "clock_id", "kind", "day"):
            batch.drop_column(column)
        batch.alter_column("engine_id", existing_type=sa.String(length=40), nullable=False)
        batch.create_primary_key("pk_timers", ["case_id", "engine_id"])


def downgrade() -> None:
    """Reminders that have not come yet are lost; escalation is kept."""
    options = {"sqlite_with_rowid": True}
    with op.batch_alter_table("timers", table_kwargs=options) as batch:
        batch.drop_constraint("pk_timers", type_="primary")
        batch.add_column(sa.Column("id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("clock_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("kind", sa.String(length=20), server_default="event", nullable=False))
        batch.add_column(sa.Column("day", sa.Integer(), nullable=True))
        batch.alter_column("engine_id", existing_type=sa.String(length=40), nullable=True)
    connection = op.get_bind()
    for row in connection.execute(sa.select(TIMERS.c.case_id, TIMERS.c.engine_id)).all():
        same = TIMERS.c.case_id == row.case_id, TIMERS.c.engine_id == row.engine_id
        connection.execute(sa.update(TIMERS).where(*same).values(id=uuid7()))
    for row in connection.execute(sa.select(CLOCKS).where(CLOCKS.c.wakes_at.is_not(None))).all():
        overdue = {"id": uuid7(), "case_id": row.case_id, "clock_id": row.id, "kind": "overdue"}
        connection.execute(sa.insert(TIMERS).values(**overdue, due_at=_day_after(row.due_at)))
    with op.batch_alter_table("timers") as batch:
        batch.alter_column("id", existing_type=sa.Uuid(), nullable=False)
        batch.alter_column("kind", existing_type=sa.String(length=20), server_default=None)
        batch.create_primary_key("pk_timers", ["id"])
        batch.create_foreign_key("fk_timers_clock_id", "clocks", ["clock_id"], ["id"])
    op.create_index("ix_timers_case", "timers", ["case_id"])
    op.drop_index("ix_clocks_wakes", "clocks")
    for column in ("told_until", "wakes_at"):
        op.drop_column("clocks", column)


def _day_after(due_at: datetime) -> datetime:
    return datetime.combine(due_at.astimezone(CHINA).date() + timedelta(days=1), time(), CHINA)
