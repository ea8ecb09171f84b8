"""What a certificate says: one frozen dataclass for each kind, and its canonical JSON.

The facts are gathered in `jisui/` from case, history and register; this package knows no case.
They are frozen when the certificate is ordered. Only what stands on the page may be here: the JSON
travels inside every copy of the file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, ClassVar, Protocol

SCHEMA = "jisui-cert/1"


@dataclass(frozen=True)
class School:
    """A school as printed: full name, identification code (10 digits), the student's grade there (1-12)."""

    name: str
    code: str
    grade: int


@dataclass(frozen=True)
class Approval:
    """One office of the route and what its leader decided, from the case's history."""

    office: str
    opinion: str
    person: str
    on: date


@dataclass(frozen=True)
class TransferFacts:
    """转学联系函: the sending school tells the receiving one that the record is coming.

    `ground` is the class of the reason in words, never the family's explanation. `place` is the
    province that heads the page, `basis` the article that foots it. 3 to 8 approvals.
    """

    place: str
    student_name: str
    sex: str
    birth_date: date
    student_number: str
    sending: School
    receiving: School
    ground: str
    effective_on: date
    approvals: tuple[Approval, ...]
    basis: str

    kind: ClassVar[str] = "transfer"

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> TransferFacts:
        """The facts as `to_json` stored them."""
        return cls(**{
            **stored,
            "birth_date": date.fromisoformat(stored["birth_date"]),
            "effective_on": date.fromisoformat(stored["effective_on"]),
            "sending": School(**stored["sending"]),
            "receiving": School(**stored["receiving"]),
            "approvals": tuple(
                Approval(**{**row, "on": date.fromisoformat(row["on"])}) for row in stored["approvals"]
            ),
        })  # fmt: skip


class Facts(Protocol):
    """Facts of any kind: a frozen dataclass that names its kind, whose it is, and reads itself back."""

    kind: ClassVar[str]

    @property
    def student_name(self) -> str: ...

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Facts: ...


@dataclass(frozen=True)
class Kind:
    """A kind of certificate. To add one: a facts class, a template, a line in `KINDS`.

    `letter` begins its numbers; `reason` is what the signature says it was made for.
    """

    key: str
    letter: str
    title: str
    reason: str
    template: str
    facts: type[Facts]


KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (Kind("transfer", "Z", "转学联系函", "出具转学联系函", "transfer.html", TransferFacts),)
}


@dataclass(frozen=True)
class Paper:
    """One certificate as ordered: its facts with number, code, issuer and dates.

    `issued_at` is the business time of the decision (aware); `valid_until` the last day it counts.
    """

    kind: str
    number: str
    code: str
    case_number: str
    issuer_code: str
    issuer_name: str
    issued_at: datetime
    valid_until: date | None
    facts: Facts

    @property
    def issued_on(self) -> date:
        """The date on the page (the zone of `issued_at` is the business zone)."""
        return self.issued_at.date()


def to_json(facts: Facts) -> dict[str, Any]:
    """Facts as plain JSON values, dates as ISO 8601."""
    return {field.name: _plain(getattr(facts, field.name)) for field in fields(facts)}  # type: ignore[arg-type]


def canonical_json(paper: Paper) -> bytes:
    """The attachment: every fact on the page, sorted keys, no blanks, UTF-8."""
    content = {
        "schema": SCHEMA,
        "kind": paper.kind,
        "title": KINDS[paper.kind].title,
        "number": paper.number,
        "code": paper.code,
        "case_number": paper.case_number,
        "issuer": {"code": paper.issuer_code, "name": paper.issuer_name},
        "issued_on": paper.issued_on.isoformat(),
        "valid_until": paper.valid_until.isoformat() if paper.valid_until else None,
        "facts": to_json(paper.facts),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def printed_text(facts: Facts, issuer_name: str) -> str:
    """All characters that the page needs beyond its own words, for the glyph check."""
    return json.dumps(to_json(facts), ensure_ascii=False) + issuer_name


def _plain(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(item) for item in value]
        case School() | Approval():
            return {name: _plain(item) for name, item in asdict(value).items()}
        case _:
            return value
