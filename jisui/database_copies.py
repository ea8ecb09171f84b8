"""The database in a backup: SQLite as a file, PostgreSQL as a dump, each as it stood at one moment."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, func, make_url, select, text

from jisui.tables import METADATA

FILE: Final = "jisui.sqlite"
DUMP: Final = "database.dump"


class BackupRefused(Exception):
    """What cannot be done, in one line that says what to do instead."""


def save(database: Engine, folder: Path) -> dict[str, int]:
    """Copy the database into `folder`; the rows of each table in the copy. Raises `BackupRefused`."""
    if database.dialect.name == "postgresql":
        return _dump(database, folder / DUMP)
    half = folder / f"{FILE}.part"
    with (
        closing(sqlite3.connect(str(database.url.database))) as source,
        closing(sqlite3.connect(half)) as copy,
    ):
        # In one step: in steps it begins anew at each write of another, for ever.
        source.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE")
    half.replace(folder / FILE)
    return _rows_of_file(folder / FILE)


def load(source: Path, folder: Path, kind: str, database_url: str | None) -> dict[str, int]:
    """Check the copied file, or load the dump into the empty database at `database_url`; rows by table."""
    if kind == "sqlite":
        return _rows_of_file(folder / FILE)
    if not database_url:
        raise BackupRefused("This is a backup of PostgreSQL: name an empty database with --database-url.")
    url = make_url(database_url)
    _call(
        "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", str(source / DUMP), url=database_url
    )
    restored = create_engine(url)
    try:
        with restored.connect() as connection:
            return rows(connection)
    finally:
        restored.dispose()


def rows(connection: Connection) -> dict[str, int]:
    """The rows of each of our tables."""
    tables = [table for metadata in METADATA for table in metadata.sorted_tables]
    return {str(one.name): connection.scalar(select(func.count()).select_from(one)) or 0 for one in tables}


def _rows_of_file(file: Path) -> dict[str, int]:
    """A broken-off copy can be an empty file that passes the integrity check: so tables are counted."""
    copy = create_engine(f"sqlite:///{file}")
    try:
        with copy.connect() as connection:
            answer = connection.scalar(text("PRAGMA integrity_check"))
            if answer != "ok":
                raise BackupRefused(f"The copy of the database is damaged: {answer}.")
            return rows(connection)
    finally:
        copy.dispose()


def _dump(database: Engine, file: Path) -> dict[str, int]:
    """Counted and dumped in one snapshot, so that both say the same of a database at work."""
    with database.connect() as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
        counted = rows(connection)
        options = ("--format=custom", "--compress=1", f"--snapshot={snapshot}", f"--file={file}")
        _call("pg_dump", *options, url=database.url.render_as_string(hide_password=False))
    return counted


def _call(program: str, *options: str, url: str) -> None:
    """Run a program of PostgreSQL's client; no password among the arguments, where all could read it."""
    found = shutil.which(program)
    if found is None:
        raise BackupRefused(
            f"{program} is not installed here. Install postgresql-client of the server's version (or newer)."
        )
    address = make_url(url).set(drivername="postgresql")
    password = {"PGPASSWORD": str(address.password)} if address.password else {}
    target = address.set(password=None).render_as_string()
    done = subprocess.run(  # noqa: S603  (a program of the system, arguments of our own)
        [found, *options, f"--dbname={target}"],
        env={**os.environ, **password},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = " ".join(done.stderr.replace(f"{program}: ", "").split()) or "it gave no reason"
        raise BackupRefused(f"{program} failed: {said[:300]}")
