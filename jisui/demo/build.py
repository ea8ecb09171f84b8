"""Make the demo province in a new data folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.pool import ConnectionPoolEntry
from werkzeug.utils import import_string

from jisui import diagrams, settings
from jisui.assembly import Installation, assembled, open_installation
from jisui.clock import DEMO_START, MovableClock
from jisui.demo import organisations, samples, students
from registry import calendar, policy
from webapp.passwords import hash_password

PASSWORD = "jisui-demo-2026"  # noqa: S105  (printed at start, for invented data only)
VERSIONS = Path(__file__).parents[1] / "migrations/versions"
Say = Callable[[str], None]


class FolderInUse(Exception):
    """The data folder holds something that is no demo of ours; nothing was touched."""


def ensure_demo(data: Path, base_url: str, say: Say) -> settings.Settings:
    """The demo in a data folder, made if it is not there; a half-made one is made anew.

    Raises `FolderInUse` for a folder with anything else in it.
    """
    begun, finished = data / "demo-begun", data / "demo-ready"
    if not finished.exists():
        if begun.exists():
            shutil.rmtree(data)
        elif data.exists() and any(data.iterdir()):
            raise FolderInUse(str(data))
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        begun.touch()
        say("Making the demo province …")
        installation = build(data, base_url)
        samples.add_samples(installation)
        installation.database.dispose()
        settle(data)
        finished.touch()
        say("The demo province is ready.")
        return settings.load(data)
    installation = open_installation(data)
    if not _is_current(installation):
        say("Bringing the demo to the newest schema …")
        _upgrade(installation)
    installation.database.dispose()
    return installation.settings


def build(data: Path, base_url: str, *, with_database: str | None = None) -> Installation:
    """Organisations, officials, students, policy, calendar, diagrams; no cases yet."""
    made = settings.set_up(
        data,
        demo=True,
        base_url=base_url,
        place="福建省",
        province="350000",
        demo_password=PASSWORD,
        database_url=with_database,
    )
    MovableClock(made.clock_file).set(DEMO_START)
    installation = assembled(made)
    if installation.database.dialect.name == "sqlite":
        event.listen(installation.database, "connect", _hurry)
    _upgrade(installation)
    with installation.sessions() as session:
        policy.load_defaults(session)
        calendar.seed(session)
        paths = organisations.add_bureaus(session)
        organisations.add_schools(session, paths)
        organisations.add_officials(session, hash_password(PASSWORD))
        students.add_students(session)
        diagrams.publish_shipped(session, samples.EARLY)
        session.commit()
    return installation


def _is_current(installation: Installation) -> bool:
    """Does the database have the newest schema? Asked at each start, so without loading Alembic."""
    newest = max(path.name for path in VERSIONS.glob("[0-9]*.py"))
    with installation.database.connect() as connection:
        found = str(connection.scalar(text("SELECT version_num FROM alembic_version")))
    return newest.startswith(f"{found}_")


def _upgrade(installation: Installation) -> None:
    import_string("jisui.migrations:upgrade")(installation.database)


def _hurry(connection: Any, _record: ConnectionPoolEntry) -> None:
    """Do not wait for the disk at each commit: a demo that is not finished is made anew anyway."""
    connection.execute("PRAGMA synchronous=OFF")


def settle(data: Path) -> None:
    """Everything in the folder is on the disk."""
    for path in data.glob("*.sqlite*"):
        with path.open("rb") as file:
            os.fsync(file.fileno())
