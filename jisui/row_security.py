"""The second belt on PostgreSQL: the database itself shows an office only its own rows.

Two settings hold for one transaction. `jisui.office`: the paths of the session's
office, with commas between; `/` for everything. `jisui.case`: the cases that were named by
their key (a task that is decided, a case that a family tracks by number and code), of
which the engine works on every row. Neither set, or empty, shows nothing: after
the first `SET LOCAL` of a connection a setting is the empty string, not NULL.

The owner of the tables and superusers are not held by it, so web and worker sign in
as a role of their own (`jisui db roles`).
"""

from __future__ import annotations

from typing import Final
from uuid import UUID
from weakref import WeakKeyDictionary

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, bindparam, func, literal_column, select
from sqlalchemy.orm import Session

PATHS: Final = 3
"""At most so many paths has an office: a school, one for each of its stages."""
PATH = """CREATE FUNCTION jisui_path(n int) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT path FROM (SELECT (string_to_array(current_setting('jisui.office', true), ','))[n]) AS told (path)
  WHERE path ~ '^/([0-9A-Za-z]+/)*$' $$"""
CASES = """CREATE FUNCTION jisui_cases() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT string_to_array(nullif(current_setting('jisui.case', true), ''), ',')::uuid[] $$"""
REACH = """CREATE FUNCTION jisui_reach(kind text, key text) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  DECLARE found uuid;
  BEGIN
    CASE kind
      WHEN 'case' THEN found := key::uuid;
      WHEN 'number' THEN SELECT id INTO found FROM cases WHERE number = key;
      WHEN 'task' THEN SELECT case_id INTO found FROM tasks WHERE id = key::uuid;
    END CASE;
    IF found IS NOT NULL THEN
      PERFORM set_config(
        'jisui.case', concat_ws(',', nullif(current_setting('jisui.case', true), ''), found), true);
    END IF;
    RETURN found;
  END $$"""

BY_OFFICE: Final = (
    "students",
    "guardians",
    "records",
    "record_copies",
    "refusal_references",
    "saved_filters",
    "suspensions",
)
BY_CASE: Final = ("applications", "clocks", "history", "incidents", "timers")
BY_CASE_IF_ANY: Final = ("evidence", "outbox")
BY_OFFICE_OR_CASE: Final = ("notices", "tasks")
BY_STUDENT: Final = ("former_data",)
"""What goes with a student wherever the record moves: seen by whoever sees the student."""

WHOLE: Final = "(SELECT jisui_path(1)) = '/'"
IN_OFFICE: Final = " OR ".join(
    f"(office_path >= (SELECT jisui_path({n})) AND office_path < (SELECT left(jisui_path({n}), -1) || '0'))"
    for n in range(1, PATHS + 1)
)
"""The settings are read once for each query, in brackets of their own, not once for each row."""


def _is_reached(case: str) -> str:
    return f"{case} = ANY ((SELECT jisui_cases())::uuid[])"


def _sees_case(case: str) -> str:
    """The rows of `case_offices` that are seen are those of the office, and of the cases at hand."""
    seen = f"EXISTS (SELECT FROM case_offices WHERE case_offices.case_id = {case})"
    return f"{WHOLE} OR {_is_reached(case)} OR {seen}"


_CONDITIONS: dict[str, str] = {
    **dict.fromkeys(BY_OFFICE, IN_OFFICE),
    **{table: _sees_case(f"{table}.case_id") for table in BY_CASE},
    **{table: f"case_id IS NULL OR {_sees_case(f'{table}.case_id')}" for table in BY_CASE_IF_ANY},
    **{table: f"{IN_OFFICE} OR {_sees_case(f'{table}.case_id')}" for table in BY_OFFICE_OR_CASE},
    **{
        table: f"EXISTS (SELECT FROM students WHERE students.id = {table}.student_id)" for table in BY_STUDENT
    },
    "cases": f"{_sees_case('cases.id')} OR {_is_reached('cases.follows')}",
    "case_offices": f"{IN_OFFICE} OR {_is_reached('case_id')}",
    "anchors": WHOLE,
}
SUBJECT_SEEN = f"""CREATE POLICY subject ON students FOR SELECT USING (
  {IN_OFFICE} OR EXISTS (SELECT FROM cases WHERE cases.subject = students.id::text))"""  # noqa: S608
"""Whoever sees a case may read who it is about, wherever the record lies; writing is for the office.
The office stands here again so that its own rows are not looked up among the cases.
"""

FUNCTIONS: Final = (PATH, CASES, REACH, "REVOKE EXECUTE ON FUNCTION jisui_reach(text, text) FROM PUBLIC")


def guard(table: str) -> tuple[str, str]:
    """What makes the database hold back the rows of a table."""
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY office ON {table} USING ({_CONDITIONS[table]})",
    )


STATEMENTS: Final = {
    "postgresql": (
        *FUNCTIONS,
        *(statement for table in _CONDITIONS for statement in guard(table)),
        SUBJECT_SEEN,
    )
}
"""What makes it so, after the tables."""

IN_FORCE = select(func.coalesce(func.row_security_active(func.to_regclass("students")), False))
TELL = select(
    func.set_config("jisui.office", bindparam("office"), literal_column("true")),
    func.set_config("jisui.case", bindparam("reached"), literal_column("true")),
)
REACH_CASE = select(func.jisui_reach(bindparam("kind"), bindparam("key")))


def begin(session: Session, connection: Connection) -> None:
    """A transaction begins: tell the database whose it is, where it wants to know."""
    if _is_held(connection):
        session.info["reach"] = reach
        _tell(session, connection)


def tell(session: Session) -> None:
    """The session's scope has changed in the middle of its transaction."""
    if session.get_bind().dialect.name != "postgresql" or not session.in_transaction():
        return
    connection = session.connection()
    if _is_held(connection) and not _has_failed(connection):
        _tell(session, connection)


def reach(session: Session, kind: str, key: object) -> None:
    """Let the session's transactions work on the case named by `kind` (case, number, task) and `key`."""
    reached: set[UUID] = session.info.setdefault("reached", set())
    if kind == "case" and key in reached:
        return
    found = session.connection().scalar(REACH_CASE, {"kind": kind, "key": str(key)})
    if found is not None:
        reached.add(found)


def _tell(session: Session, connection: Connection) -> None:
    office = str(session.info.get("office", ""))
    if office.count(",") >= PATHS:
        raise ValueError(f"an office has at most {PATHS} paths")
    reached = ",".join(map(str, session.info.get("reached", ())))
    connection.execute(TELL, {"office": office, "reached": reached})


def _is_held(connection: Connection) -> bool:
    """Is row level security in force for the role that signed in? Asked once for each engine."""
    if connection.dialect.name != "postgresql":
        return False
    held: bool | None = _HELD.get(connection.engine)
    if held is None:
        held = _HELD[connection.engine] = bool(connection.scalar(IN_FORCE))
    return held


def _has_failed(connection: Connection) -> bool:
    """After an error PostgreSQL takes only the end of the transaction, which forgets the settings."""
    driver = connection.connection.driver_connection
    return driver is None or driver.info.transaction_status == TransactionStatus.INERROR


_HELD: WeakKeyDictionary[Engine, bool] = WeakKeyDictionary()
