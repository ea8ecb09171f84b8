"""Timers lie with their case: a clock that ends no longer looks through those of every case."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_timers_case", "timers")
    _key(["case_id", "id"], with_rowid=False)


def downgrade() -> None:
    _key(["id"], with_rowid=True)
    op.create_index("ix_timers_case", "timers", ["case_id"])


def _key(columns: list[str], *, with_rowid: bool) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("pk_timers", "timers")
        op.create_primary_key("pk_timers", "timers", columns)
        return
    options = {"sqlite_with_rowid": with_rowid}
    with op.batch_alter_table("timers", recreate="always", table_kwargs=options) as batch:
        batch.drop_constraint("pk_timers", type_="primary")
        batch.create_primary_key("pk_timers", columns)
