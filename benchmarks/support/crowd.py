"""Many open tasks, written as rows: copies of one case that the engine opened."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection, NullPool, Table, create_engine, select, text

from jisui.assembly import Installation
from registry.organisations import Organisation
from workflows.model import Case, CaseOffice, Clock, Task

BUSY, SCHOOL, PROVINCE = "2135000102", "2135000103", "350000"
DESKS = (BUSY, SCHOOL, PROVINCE, "2135000001", "350102", "350582", "440305")
"""The first has every second task; all share the rest, so that each has a full page of them in any case."""
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
KEYS = {"case": "'018e' || printf('%028x', i)", "task": "'018f' || printf('%028x', i)"}
KEYS["clock"] = "'0190' || printf('%028x', i)"
DESK = (
    "(SELECT {column} FROM desks WHERE k ="
    " CASE WHEN i % 2 THEN 0 ELSE i / 2 % (SELECT count(*) FROM desks) END)"
)
DUE = "CASE WHEN i % 20 THEN strftime('%Y-%m-%d 15:59:59.000000', '2026-02-20', (i * 7 % 40) || ' days') END"
COPIES: Mapping[Table, Mapping[str, str]] = {
    Case.__table__: {
        "id": KEYS["case"],
        "number": "'ZX350102-2026-' || printf('%07d', i)",
        "subject": "'crowd-' || i",
        "starter_office": DESK.format(column="code"),
    },
    CaseOffice.__table__: {
        "case_id": KEYS["case"],
        "office": DESK.format(column="code"),
        "office_path": DESK.format(column="path"),
    },
    Clock.__table__: {
        "id": KEYS["clock"],
        "case_id": KEYS["case"],
        "run_key": "'run-' || i",
        "office": DESK.format(column="code"),
        "due_at": DUE,
    },
    Task.__table__: {
        "id": KEYS["task"],
        "case_id": KEYS["case"],
        "clock_id": KEYS["clock"],
        "office": DESK.format(column="code"),
        "office_path": DESK.format(column="path"),
        "role": "CASE WHEN i % 3 THEN 'registrar' ELSE 'leader' END",
        "due_at": DUE,
    },
}  # type: ignore[dict-item]


def add(installation: Installation, like: UUID, count: int) -> None:
    """Until there are `count` open tasks: cases like the given one, at every school and bureau (SQLite)."""
    installation.database.dispose()
    quick = create_engine(installation.settings.database_url, poolclass=NullPool)
    with quick.connect() as connection:
        for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "cache_size=-200000"):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        _name_desks(connection)
        for table, changed in COPIES.items():
            _copy(connection, table, changed, like, count - 1)
        connection.commit()
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")


def _name_desks(connection: Connection) -> None:
    connection.execute(text("CREATE TEMP TABLE desks (k INTEGER PRIMARY KEY, code TEXT, path TEXT)"))
    rows = connection.execute(
        select(Organisation.code, Organisation.path).where(Organisation.code.in_(DESKS))
    )
    ordered = sorted(rows, key=lambda row: DESKS.index(row.code))
    insert = text("INSERT INTO desks VALUES (:k, :code, :path)")
    connection.execute(
        insert, [{"k": k, "code": row.code, "path": row.path} for k, row in enumerate(ordered)]
    )


def _copy(connection: Connection, table: Table, changed: Mapping[str, str], like: UUID, count: int) -> None:
    names = [column.name for column in table.columns]
    values = [changed.get(name, f"one.{name}") for name in names]
    which = "id" if table is Case.__table__ else "case_id"
    connection.execute(
        text(
            f"{NUMBERS} INSERT INTO {table.name} ({', '.join(names)}) SELECT {', '.join(values)}"
            f" FROM n, (SELECT * FROM {table.name} WHERE {which} = :like LIMIT 1) AS one"
        ),
        {"count": count, "like": like.hex},
    )
