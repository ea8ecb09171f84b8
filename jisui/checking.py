"""Does an installation hold what it must: links, history, keys, files, certificates?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, text
from sqlalchemy.orm import Session

from documents.model import Certificate
from jisui.assembly import Installation
from registry.applications import Application
from registry.errors import KeyRingRefused
from registry.evidence import Evidence
from registry.key_data import FormerData
from registry.students import Guardian, RecordCopy, Student
from webapp.families import FamilyContact
from workflows.model import OPEN, Case, Task, Timer

SAMPLE = 20
ENCRYPTED: dict[str, tuple[type[Any], Callable[[Any], object]]] = {
    "ID number": (Student, lambda row: row.id_number),
    "former ID number": (FormerData, lambda row: row.id_number),
    "address": (Student, lambda row: row.address),
    "telephone": (Guardian, lambda row: row.phone),
    "application": (Application, lambda row: row.body),
    "copy of a record": (RecordCopy, lambda row: row.body),
    "telephone of a family": (FamilyContact, lambda row: row.phone),
}


def findings(found: Installation, *, with_press: bool = True) -> Iterator[str]:
    """What does not hold, a line each. Reads only; signs one specimen that nobody keeps (two seconds)."""
    with found.looking() as session:
        connection = session.connection()
        yield from _links(connection)
        for broken in found.notary.findings(connection):
            where = f"case {broken.case_id}, entry {broken.seq}: " if broken.case_id else ""
            yield f"{where}{broken.why}"
        yield from _forgotten_cases(session)
        yield from _unreadable_fields(session)
        yield from _missing_evidence(found, session)
        yield from _wrong_certificates(found, session)
    if with_press:
        yield from _press(found)


def _links(connection: Connection) -> Iterator[str]:
    """Rows that point at nothing. PostgreSQL lets none in, so there it is asked whether it still looks."""
    if connection.dialect.name == "sqlite":
        for row in connection.execute(text("PRAGMA foreign_key_check")):
            yield f"{row.table}: row {row.rowid} points at a missing row of {row.parent}"
        return
    off = "SELECT conname FROM pg_constraint WHERE contype = 'f' AND NOT convalidated"
    for name in connection.scalars(text(off)):
        yield f"{name}: the database does not look after this link"


def _forgotten_cases(session: Session) -> Iterator[str]:
    """An open case waits for a person or for a moment."""
    waits = (
        select(Task.id).where(Task.case_id == Case.id, Task.status == OPEN).exists()
        | select(Timer.engine_id).where(Timer.case_id == Case.id).exists()
    )
    for number in session.scalars(select(Case.number).where(Case.closed_at.is_(None), ~waits)):
        yield f"case {number} is open and waits for nothing"


def _unreadable_fields(session: Session) -> Iterator[str]:
    """A hundred encrypted fields by chance: does the key ring open them?"""
    for name, (entity, read) in ENCRYPTED.items():
        closed = 0
        for row in session.scalars(select(entity).order_by(_chance()).limit(SAMPLE)):
            try:
                read(row)
            except KeyRingRefused:
                closed += 1
        if closed:
            yield f"{name}: {closed} of at most {SAMPLE} looked at do not open with this key ring"


def _missing_evidence(found: Installation, session: Session) -> Iterator[str]:
    """A row without its file is lost; a file without a row is swept away in time."""
    store = found.services.evidence
    missing = [one for one in session.scalars(select(Evidence.storage_key)) if not store.holds(one)]
    if missing:
        yield f"evidence: {len(missing)} files are missing, such as {missing[0]}"
    for row in session.scalars(select(Evidence).order_by(_chance()).limit(SAMPLE)):
        if row.storage_key in missing:
            continue
        try:
            whole = len(store.read(row)) == row.size
        except KeyRingRefused:
            whole = False
        if not whole:
            yield f"evidence: file {row.storage_key} was changed, or does not open with this key ring"


def _wrong_certificates(found: Installation, session: Session) -> Iterator[str]:
    """Each issued certificate lies in the store as it was signed; one by chance is judged in full."""
    judged = session.scalar(select(Certificate).order_by(_chance()).limit(1))
    for row in session.scalars(select(Certificate)):
        try:
            whole = hashlib.sha256(found.desk.pdf(row)).hexdigest() == row.sha256
        except FileNotFoundError:
            yield f"certificate {row.number}: its file is missing"
            continue
        if not whole:
            yield f"certificate {row.number}: its file was changed"
        elif row is judged:
            verdict = found.desk.verify(session, found.desk.pdf(row), found.clock.now())
            if {"tampered", "unknown", "not_a_certificate"}.intersection(verdict.reasons):
                yield f"certificate {row.number}: {', '.join(verdict.reasons)}"


def _press(found: Installation) -> Iterator[str]:
    """Can a certificate be made here?"""
    try:
        found.printer().set_up().proof()
    except Exception as error:  # whatever it is, it is what the first family would wait for
        yield f"no certificate can be made: {type(error).__name__}: {error}"


def _chance() -> ColumnElement[float]:
    return func.random()
