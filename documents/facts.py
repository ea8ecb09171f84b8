"""What a certificate says: one frozen dataclass for each kind, and its canonical JSON.

The facts are gathered in `jisui/` from case, history and register; this package knows no case.
They are frozen when the certificate is ordered. Only what stands on the page may be here: the JSON
travels inside every copy of the file.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

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


@dataclass(frozen=True)
class ChangeFacts:
    """A certificate about a student of one school: what changed, from when, to when.

    `ground` is the class of the reason in words, never a diagnosis. `school.grade` is the grade afterwards.
    """

    place: str
    student_name: str
    sex: str
    birth_date: date
    student_number: str
    school: School
    class_number: int | None
    ground: str
    effective_from: date
    effective_to: date | None
    approvals: tuple[Approval, ...]
    basis: str

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ChangeFacts:
        """The facts as `to_json` stored them."""
        until = stored["effective_to"]
        return cls(**{
            **stored,
            "birth_date": date.fromisoformat(stored["birth_date"]),
            "effective_from": date.fromisoformat(stored["effective_from"]),
            "effective_to": date.fromisoformat(until) if until else None,
            "school": School(**stored["school"]),
            "approvals": tuple(
                Approval(**{**row, "on": date.fromisoformat(row["on"])}) for row in stored["approvals"]
            ),
        })  # fmt: skip


class Facts(Protocol):
    """Facts of any kind: a frozen dataclass that says whose it is, and reads itself back."""

    @property
    def student_name(self) -> str: ...

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Facts: ...


@dataclass(frozen=True)
class Kind:
    """A kind of certificate. To add one about a student of one school: `templates/<key>.html` and `.toml`.

    `letter` begins its numbers; `reason` is what the signature says it was made for.
    """

    key: str
    letter: str
    title: str
    reason: str
    template: str
    facts: type[Facts]


TEMPLATES = Path(__file__).parent / "templates"


def _declared() -> Iterator[Kind]:
    """The kinds that a file beside their template declares: letter, title, reason."""
    for file in sorted(TEMPLATES.glob("*.toml")):
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        yield Kind(file.stem, said["letter"], said["title"], said["reason"], f"{file.stem}.html", ChangeFacts)


KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("transfer", "Z", "转学联系函", "出具转学联系函", "transfer.html", TransferFacts),
        *_declared(),
    )
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
