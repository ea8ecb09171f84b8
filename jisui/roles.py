"""Who may do what to which table on PostgreSQL: the role that web and worker sign in as.

It owns nothing, so row level security holds it (`jisui.row_security`), and what is
written once it can only add to.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

from jisui.tables import METADATA

WRITTEN_ONCE: Final = frozenset({
    "anchors", "certificate_events", "history", "looks", "movements", "record_copies",
})  # fmt: skip
FORGOTTEN: Final = frozenset({
    "attempts", "drafts", "evidence", "idempotency", "phone_codes", "refusal_references", "saved_filters",
    "timers", "upload_pieces", "web_sessions",
})  # fmt: skip
"""Tables of which rows may be deleted: what has run out, and what its owner takes back."""
FUNCTIONS: Final = ("jisui_reach(text, text)",)


class NoRoles(Exception):
    """The database knows no roles (SQLite): who can read the file can read it all."""


def grant(connection: Connection, name: str) -> bool:
    """Make the role if it is missing, and give it its rights, no more; whether it is new.

    A new role may sign in and has no password yet. Raises `NoRoles`.
    """
    if connection.dialect.name != "postgresql":
        raise NoRoles
    role = connection.dialect.identifier_preparer.quote_identifier(name)
    known = connection.scalar(text("SELECT true FROM pg_roles WHERE rolname = :name"), {"name": name})
    if not known:
        connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS")
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {role}")
    connection.exec_driver_sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
    connection.exec_driver_sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    for metadata in METADATA:
        for table in metadata.sorted_tables:
            connection.exec_driver_sql(f"GRANT {_rights(table.name)} ON {table.name} TO {role}")
    for function in FUNCTIONS:
        connection.exec_driver_sql(f"GRANT EXECUTE ON FUNCTION {function} TO {role}")
    return not known


def _rights(table: str) -> str:
    if table in WRITTEN_ONCE:
        return "INSERT"
    return "INSERT, UPDATE, DELETE" if table in FORGOTTEN else "INSERT, UPDATE"
