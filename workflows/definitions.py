"""Process definitions: immutable versions, found by key, place and day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from workflows.base import uuid7
from workflows.errors import ProcessNotFound
from workflows.model import Definition
from workflows.spiff import Compiled, compile_process

IN_FORCE = "in_force"


def content_hash(files: Mapping[str, bytes]) -> str:
    """One hash over a process and all it calls, in a fixed order."""
    parts = json.dumps([[key, hashlib.sha256(files[key]).hexdigest()] for key in sorted(files)])
    return hashlib.sha256(parts.encode()).hexdigest()


def publish(
    session: Session, key: str, files: Mapping[str, bytes], *, now: datetime, place: str = ""
) -> tuple[UUID, int]:
    """Release `files` (the process and what it calls) as the next version of `key`; its id and version.

    The same content twice is one version. The caller has linted the files.
    """
    connection = session.connection()
    newest = connection.execute(
        select(Definition.id, Definition.version, Definition.hash)
        .where(Definition.key == key, Definition.place == place)
        .order_by(Definition.version.desc())
        .limit(1)
    ).first()
    value = content_hash(files)
    if newest is not None and newest.hash == value:
        return newest.id, newest.version
    compile_process(key, files)
    row = {
        "id": uuid7(),
        "key": key,
        "place": place,
        "version": 1 if newest is None else newest.version + 1,
        "hash": value,
        "files": {name: data.decode() for name, data in files.items()},
        "status": IN_FORCE,
        "in_force_from": now,
        "published_at": now,
    }
    connection.execute(insert(Definition), [row])
    return row["id"], row["version"]  # type: ignore[return-value]


def in_force(session: Session, key: str, place: str, now: datetime) -> UUID:
    """The version of `key` that a case filed now at `place` follows: the most specific place wins.

    Raises `ProcessNotFound`.
    """
    places = ["", place[:2] + "0000", place[:4] + "00", place]
    found = session.connection().scalar(
        select(Definition.id)
        .where(
            Definition.key == key,
            Definition.place.in_(places),
            Definition.status == IN_FORCE,
            Definition.in_force_from <= now,
        )
        .order_by(func.length(Definition.place).desc(), Definition.place.desc(), Definition.version.desc())
        .limit(1)
    )
    if found is None:
        raise ProcessNotFound(process=key)
    return found


def compiled(session: Session, definition_id: UUID) -> Compiled:
    """The parsed process of a definition, parsed once in each process of ours."""
    known = _remembered.get(definition_id)
    if known is None:
        key = session.connection().scalar(select(Definition.key).where(Definition.id == definition_id))
        known = compile_process(str(key), files(session, definition_id))
        _remembered[definition_id] = known
    return known


def files(session: Session, definition_id: UUID) -> dict[str, bytes]:
    """The diagrams of a version: the process and what it calls, by process key."""
    stored = session.connection().scalar(select(Definition.files).where(Definition.id == definition_id))
    return {name: text.encode() for name, text in (stored or {}).items()}


def published(session: Session, now: datetime) -> list[tuple[str, str, int]]:
    """Every released process: key, place, newest version in force."""
    rows = session.connection().execute(
        select(Definition.key, Definition.place, func.max(Definition.version))
        .where(Definition.status == IN_FORCE, Definition.in_force_from <= now)
        .group_by(Definition.key, Definition.place)
        .order_by(Definition.key, Definition.place)
    )
    return [(row[0], row[1], row[2]) for row in rows]


_remembered: dict[UUID, Compiled] = {}
