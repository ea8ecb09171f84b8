"""How Alembic reaches the database: over the connection that `jisui.migrations.upgrade` gives it."""

from __future__ import annotations

from alembic import context

from jisui.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=list(METADATA),
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=False,
)
if connection.dialect.name == "postgresql":
    connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
context.run_migrations()
