"""What happened in a case, as a hash chain that refuses change.

Who, when, what and why; never an ID number. A database trigger refuses update
and delete, and an insert that does not continue the chain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson
from sqlalchemy import DDL, Connection, event, insert, select
from sqlalchemy.orm import Session

from workflows.model import Case, HistoryEntry
from workflows.prepared import Prepared

DOMAIN = b"jisui-history-v1\0"
ADD_ENTRIES = Prepared(insert(HistoryEntry))

TRIGGERS = {
    "sqlite": (
        """CREATE TRIGGER history_no_update BEFORE UPDATE ON history
           BEGIN SELECT RAISE(ABORT, 'history refuses change'); END""",
        """CREATE TRIGGER history_no_delete BEFORE DELETE ON history
           BEGIN SELECT RAISE(ABORT, 'history refuses change'); END""",
        """CREATE TRIGGER history_in_order BEFORE INSERT ON history
           WHEN NEW.seq != (SELECT coalesce(max(seq), 0) + 1 FROM history WHERE case_id = NEW.case_id)
             OR NEW.prev != coalesce((SELECT digest FROM history WHERE case_id = NEW.case_id
                                      ORDER BY seq DESC LIMIT 1), zeroblob(32))
           BEGIN SELECT RAISE(ABORT, 'history continues its chain'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION history_refuses() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'history refuses change'; END $$""",
        """CREATE TRIGGER history_no_change BEFORE UPDATE OR DELETE ON history
           FOR EACH ROW EXECUTE FUNCTION history_refuses()""",
        """CREATE TRIGGER history_no_truncate BEFORE TRUNCATE ON history
           FOR EACH STATEMENT EXECUTE FUNCTION history_refuses()""",
        """CREATE FUNCTION history_continues() RETURNS trigger LANGUAGE plpgsql AS $$
           DECLARE last history%ROWTYPE;
           BEGIN
             SELECT * INTO last FROM history WHERE case_id = NEW.case_id ORDER BY seq DESC LIMIT 1;
             IF NEW.seq != coalesce(last.seq, 0) + 1
                OR NEW.prev != coalesce(last.digest, decode(repeat('00', 32), 'hex')) THEN
               RAISE EXCEPTION 'history continues its chain';
             END IF;
             RETURN NEW;
           END $$""",
        """CREATE TRIGGER history_in_order BEFORE INSERT ON history
           FOR EACH ROW EXECUTE FUNCTION history_continues()""",
        "ALTER TABLE history ENABLE ALWAYS TRIGGER history_no_change",
        "ALTER TABLE history ENABLE ALWAYS TRIGGER history_no_truncate",
        "ALTER TABLE history ENABLE ALWAYS TRIGGER history_in_order",
    ),
}

for _dialect, _statements in TRIGGERS.items():
    for _statement in _statements:
        _ddl = DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect)
        event.listen(HistoryEntry.__table__, "after_create", _ddl)


@dataclass(frozen=True)
class Entry:
    """One thing that happened."""

    seq: int
    at: datetime
    event: str
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Broken:
    """A link that does not hold: of a case's chain, or (without a case) of the nightly anchors."""

    case_id: UUID | None
    seq: int
    why: str


class Chain:
    """The end of a case's chain, held while a step appends to it."""

    def __init__(self, case_id: UUID, last_seq: int, last_digest: bytes) -> None:
        self.case_id = case_id
        self.last_seq = last_seq
        self.last_digest = last_digest
        self._pending: list[dict[str, object]] = []

    def append(self, event: str, at: datetime, **facts: object) -> None:
        body = canonical(
            {"event": event, "at": at.astimezone(UTC).isoformat(timespec="microseconds"), **facts}
        )
        seq = self.last_seq + 1
        value = digest(self.case_id, seq, self.last_digest, body)
        self._pending.append(
            {
                "case_id": self.case_id,
                "seq": seq,
                "prev": self.last_digest,
                "digest": value,
                "at": at,
                "event": event,
                "body": body,
            }
        )
        self.last_seq, self.last_digest = seq, value

    def write(self, connection: Connection) -> None:
        """Insert what was appended; the caller stores `last_seq` and `last_digest` with the case."""
        if self._pending:
            ADD_ENTRIES.run_all(connection, self._pending)
            self._pending = []


def canonical(facts: Mapping[str, object]) -> str:
    """Sorted, without gaps, in UTF-8: the text that is hashed and stored."""
    return orjson.dumps(facts, option=orjson.OPT_SORT_KEYS).decode()


def digest(case_id: UUID, seq: int, prev: bytes, body: str) -> bytes:
    return hashlib.sha256(DOMAIN + case_id.bytes + seq.to_bytes(8, "big") + prev + body.encode()).digest()


def entries(session: Session, case_id: UUID) -> list[Entry]:
    """The whole history of a case, oldest first. The caller has found the case in scope."""
    rows = session.connection().execute(
        select(HistoryEntry.seq, HistoryEntry.at, HistoryEntry.event, HistoryEntry.body)
        .where(HistoryEntry.case_id == case_id)
        .order_by(HistoryEntry.seq)
    )
    return [Entry(row.seq, row.at, row.event, _facts(row.body)) for row in rows]


def _facts(body: str) -> dict[str, object]:
    facts: dict[str, object] = orjson.loads(body)
    facts.pop("event", None)
    facts.pop("at", None)
    return facts


def verify(connection: Connection, since: datetime | None = None) -> Iterator[Broken]:
    """Check every chain against its digests and against what its case says is the end.

    With `since` only the chains that grew from then on.
    """
    all_ends, links = select(Case.id, Case.last_seq, Case.last_digest), select(HistoryEntry.__table__)
    if since is not None:
        grown = select(HistoryEntry.case_id).where(HistoryEntry.at >= since)
        all_ends = all_ends.where(Case.id.in_(grown))
        links = links.where(HistoryEntry.case_id.in_(grown))
    ends = {row.id: (row.last_seq, row.last_digest) for row in connection.execute(all_ends)}
    reached: dict[UUID, tuple[int, bytes]] = {}
    for row in connection.execute(links.order_by(HistoryEntry.case_id, HistoryEntry.seq)):
        seq, prev = reached.get(row.case_id, (0, bytes(32)))
        if row.seq != seq + 1:
            yield Broken(row.case_id, row.seq, "a link is missing before this one")
        elif row.prev != prev or row.digest != digest(row.case_id, row.seq, row.prev, row.body):
            yield Broken(row.case_id, row.seq, "the link was changed")
        reached[row.case_id] = (row.seq, row.digest)
    for case_id, end in ends.items():
        if reached.get(case_id, (0, bytes(32))) != end:
            yield Broken(case_id, end[0], "the end of the chain was cut")
    for case_id in reached.keys() - ends.keys():
        yield Broken(case_id, reached[case_id][0], "the case of this chain is gone")
