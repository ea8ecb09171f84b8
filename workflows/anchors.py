"""The nightly anchor: what a case's own chain cannot show, a cut tail and a case that is gone.

One row a day holds the ends of the chains of all cases touched since the row before,
their Merkle root, and is chained to that row and signed. The
signed line is also written to a file outside the database, so that the rows
themselves cannot be taken away or made anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DDL,
    Connection,
    LargeBinary,
    Row,
    bindparam,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.base import Base, UtcDateTime
from workflows.history import Broken
from workflows.model import Case, HistoryEntry

DOMAIN, LEAF, NODE = b"jisui-anchor-v1\0", b"\0", b"\1"
LEAF_BYTES = 16 + 8 + 32
FIRST = bytes(32)


class Anchor(Base):
    """The ends of the chains touched since the anchor before. `day` and `at` are real time."""

    __tablename__ = "anchors"

    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    cases: Mapped[int]
    leaves: Mapped[bytes] = mapped_column(LargeBinary)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    prev: Mapped[bytes] = mapped_column(LargeBinary(32))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    certificate: Mapped[bytes] = mapped_column(LargeBinary)


TRIGGERS = {
    "sqlite": tuple(
        f"CREATE TRIGGER anchors_no_{action.lower()} BEFORE {action} ON anchors "
        "BEGIN SELECT RAISE(ABORT, 'an anchor is never changed'); END"
        for action in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        "CREATE FUNCTION anchors_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'an anchor is never changed'; END $$",
        "CREATE TRIGGER anchors_no_change BEFORE UPDATE OR DELETE ON anchors "
        "FOR EACH ROW EXECUTE FUNCTION anchors_refuse()",
        "CREATE TRIGGER anchors_no_truncate BEFORE TRUNCATE ON anchors "
        "FOR EACH STATEMENT EXECUTE FUNCTION anchors_refuse()",
        "ALTER TABLE anchors ENABLE ALWAYS TRIGGER anchors_no_change",
        "ALTER TABLE anchors ENABLE ALWAYS TRIGGER anchors_no_truncate",
    ),
}
for _dialect, _statements in TRIGGERS.items():
    for _statement in _statements:
        event.listen(Anchor.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))


@dataclass(frozen=True)
class Seal:
    """A signature over an anchor's digest, with the signer's certificate (DER)."""

    signature: bytes
    certificate: bytes


@dataclass(frozen=True)
class End:
    """Where the chain of a case ended."""

    case_id: UUID
    seq: int
    digest: bytes

    def packed(self) -> bytes:
        return self.case_id.bytes + self.seq.to_bytes(8, "big") + self.digest


NEWEST = select(Anchor.day, Anchor.digest).order_by(Anchor.day.desc()).limit(1)
TOUCHED = (
    select(Case.id, Case.last_seq, Case.last_digest)
    .where(Case.last_seq > Case.anchored_seq)
    .order_by(Case.id)
)
SET_ANCHORED = update(Case).where(Case.id == bindparam("of_case")).values(anchored_seq=bindparam("seq"))


def newest_day(session: Session) -> date | None:
    """The day of the newest anchor."""
    return session.connection().scalar(NEWEST.with_only_columns(Anchor.day))


def write(session: Session, day: date, sign: Callable[[bytes], Seal], *, at: datetime) -> bytes:
    """Anchor every case touched since the anchor before, as the anchor of `day`; its digest.

    In the caller's transaction. Two workers at once: the second one's row is refused by its key.
    """
    connection = session.connection()
    before = connection.execute(NEWEST).first()
    ends = [End(row.id, row.last_seq, row.last_digest) for row in connection.execute(TOUCHED)]
    prev, root = (before.digest if before else FIRST), merkle_root(end.packed() for end in ends)
    value = digest(day, len(ends), root, prev)
    seal = sign(value)
    row = {
        "day": day,
        "at": at,
        "cases": len(ends),
        "leaves": b"".join(end.packed() for end in ends),
        "root": root,
        "prev": prev,
        "digest": value,
        "signature": seal.signature,
        "certificate": seal.certificate,
    }
    connection.execute(insert(Anchor), [row])
    if ends:
        connection.execute(SET_ANCHORED, [{"of_case": end.case_id, "seq": end.seq} for end in ends])
    return value


def copy_out(session: Session, file: Path) -> int:
    """Append to `file` the anchors that it does not have yet, one JSON line each; how many."""
    known = {line["day"] for line in _lines(file)}
    rows = session.connection().execute(select(Anchor.__table__).order_by(Anchor.day))
    fresh = [_line(row) for row in rows if row.day.isoformat() not in known]
    if fresh:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="ascii") as out:
            out.writelines(json.dumps(line, sort_keys=True) + "\n" for line in fresh)
    return len(fresh)


def verify(
    connection: Connection,
    *,
    is_signed: Callable[[bytes, Seal], bool],
    outside: Path | None,
    since: date | None = None,
) -> Iterator[Broken]:
    """Hold history against the anchors, and the anchors against each other and the file outside.

    `since` leaves out older anchors, but for the link to the one before.
    """
    prev, seen = FIRST, set()
    copies = {line["day"]: line for line in _lines(outside)} if outside is not None else {}
    for row in connection.execute(select(Anchor.__table__).order_by(Anchor.day)):
        seen.add(row.day.isoformat())
        if since is None or row.day >= since:
            yield from _own_findings(row, prev, is_signed)
            yield from _against_history(connection, row)
        copy = copies.get(row.day.isoformat())
        if outside is not None and copy != _line(row):
            why = (
                "is not in the file outside the database" if copy is None else "differs from the file outside"
            )
            yield Broken(None, 0, f"the anchor of {row.day} {why}")
        prev = row.digest
    for gone in sorted(copies.keys() - seen):
        yield Broken(None, 0, f"the anchor of {gone} is in the file outside, but gone from the database")


def digest(day: date, cases: int, root: bytes, prev: bytes) -> bytes:
    """What is signed."""
    facts = day.isoformat().encode() + cases.to_bytes(8, "big")
    return hashlib.sha256(DOMAIN + facts + root + prev).digest()


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """The root over packed ends, in order; of none at all, the digest of nothing."""
    level = [hashlib.sha256(LEAF + leaf).digest() for leaf in leaves]
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [hashlib.sha256(NODE + b"".join(pair)).digest() if pair[1:] else pair[0] for pair in pairs]
    return level[0]


def _own_findings(row: Row[Any], prev: bytes, is_signed: Callable[[bytes, Seal], bool]) -> Iterator[Broken]:
    """Does an anchor follow from its ends and from the anchor before, and is it signed?"""
    name = f"the anchor of {row.day}"
    packed = [row.leaves[at : at + LEAF_BYTES] for at in range(0, len(row.leaves), LEAF_BYTES)]
    if row.root != merkle_root(packed) or row.cases != len(packed):
        yield Broken(None, 0, f"{name} does not hold the ends it names")
    if row.prev != prev:
        yield Broken(None, 0, f"{name} does not follow the one before")
    sealed = Seal(row.signature, row.certificate)
    if row.digest != digest(row.day, row.cases, row.root, row.prev) or not is_signed(row.digest, sealed):
        yield Broken(None, 0, f"{name} is not signed by us")


def _against_history(connection: Connection, row: Row[Any]) -> Iterator[Broken]:
    """Is every end that was anchored still a link of its case's chain?"""
    ends = _unpack(row.leaves)
    for at in range(0, len(ends), 500):
        part = ends[at : at + 500]
        asked = select(HistoryEntry.case_id, HistoryEntry.seq, HistoryEntry.digest)
        found = connection.execute(asked.where(HistoryEntry.case_id.in_([end.case_id for end in part])))
        there = {End(one.case_id, one.seq, one.digest) for one in found}
        for end in part:
            if end not in there:
                yield Broken(end.case_id, end.seq, f"anchored on {row.day}, and gone or changed since")


def _unpack(leaves: bytes) -> Sequence[End]:
    parts = [leaves[at : at + LEAF_BYTES] for at in range(0, len(leaves), LEAF_BYTES)]
    return [End(UUID(bytes=one[:16]), int.from_bytes(one[16:24], "big"), one[24:]) for one in parts]


def _line(row: Row[Any]) -> dict[str, object]:
    """An anchor as it stands in the file outside: everything but the ends, which the root stands for."""
    return {
        "day": row.day.isoformat(),
        "at": row.at.isoformat(),
        "cases": row.cases,
        "root": row.root.hex(),
        "prev": row.prev.hex(),
        "digest": row.digest.hex(),
        "signature": row.signature.hex(),
        "certificate": row.certificate.hex(),
    }


def _lines(file: Path) -> list[dict[str, Any]]:
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text("ascii").splitlines() if line]
