"""补正 (p07): what an office asks a family to correct, and what of it is done already.

Half-done work is kept as a draft of its own, bound to the case, until it is sent.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from registry import applications
from registry.evidence import Evidence
from webapp.apply import slots
from webapp.apply.drafts import KEPT_FOR, Draft
from webapp.correcting import returned_items
from webapp.track.offices import Offices

PROCESS = "correction"
EVIDENCE, ALL_EVIDENCE = "/evidence/", "/evidence"
# An office may point at the whole guardian; the family corrects each part.
PARTS = {"/guardian": ("/guardian/name", "/guardian/relation", "/guardian/phone")}


@dataclass(frozen=True)
class Item:
    """One thing to correct: what it is, what the office said, and whether it is done.

    `value` is what stands in the application or was typed since; `old` and `new` are
    ids of evidence.
    """

    pointer: str
    name: str
    text: str
    done: bool = False
    value: str = ""
    old: str = ""
    new: str = ""
    new_name: str = ""

    @property
    def is_file(self) -> bool:
        return self.pointer == ALL_EVIDENCE or self.pointer.startswith(EVIDENCE)


def items(session: Session, case: Row[Any], offices: Offices | None = None) -> list[Item]:
    """What the newest return asks for, in the official's words."""
    filed = applications.latest(session, case.id)
    body = filed.body if filed is not None else {}
    draft = draft_of(session, case.id)
    changed = draft.answers if draft is not None else {}
    asked = [
        {"pointer": pointer, "text": entry["text"]}
        for entry in returned_items(session, case.id)
        for pointer in PARTS.get(entry["pointer"], (entry["pointer"],))
    ]
    return [_item(session, entry, body, changed, offices) for entry in asked]


def draft_of(session: Session, case_id: UUID) -> Draft | None:
    """What the family has corrected so far and not sent."""
    return session.scalar(select(Draft).where(Draft.case_id == case_id, Draft.process == PROCESS))


def draft_for(session: Session, case_id: UUID, now: datetime) -> Draft:
    """The same, made if there is none."""
    found = draft_of(session, case_id)
    if found is None:
        found = Draft(
            token_hash=secrets.token_bytes(32),
            process=PROCESS,
            case_id=case_id,
            began_at=now,
            saved_at=now,
            expires_at=now + KEPT_FOR,
            answers={},
        )
        session.add(found)
    return found


def keep(draft: Draft, pointer: str, value: str, name: str = "") -> None:
    """Keep one corrected value: text, or the id of a new file with its name."""
    draft.answers = {**draft.answers, pointer: {"value": value, "name": name}}


def fields(session: Session, case: Row[Any], draft: Draft) -> dict[str, object]:
    """The corrected members of the application, as the contract's `resubmit` takes them."""
    filed = applications.latest(session, case.id)
    files = list(filed.body.get("evidence", [])) if filed is not None else []
    members: dict[str, object] = {}
    inner: dict[str, dict[str, object]] = {}
    for pointer, kept in draft.answers.items():
        head, _slash, rest = pointer.strip("/").partition("/")
        if pointer.startswith(EVIDENCE):
            files[int(rest)] = kept["value"]
            members["evidence"] = files
        elif pointer == ALL_EVIDENCE:
            members["evidence"] = files = [*files, kept["value"]]
        elif rest:
            inner.setdefault(head, {})[rest] = kept["value"]
        else:
            members[head] = kept["value"]
    return members | inner


def _item(
    session: Session,
    entry: Mapping[str, str],
    body: Mapping[str, Any],
    changed: Mapping[str, Any],
    offices: Offices | None,
) -> Item:
    pointer = entry["pointer"]
    text = offices.conceal(entry["text"]) if offices is not None else entry["text"]
    kept = changed.get(pointer)
    if pointer == ALL_EVIDENCE or pointer.startswith(EVIDENCE):
        old = _file_at(session, body.get("evidence", []), pointer)
        return Item(
            pointer,
            _file_name(old),
            text,
            done=kept is not None,
            old=str(old.id) if old is not None else "",
            new=kept["value"] if kept else "",
            new_name=kept["name"] if kept else "",
        )
    value = kept["value"] if kept else str(_at(body, pointer) or "")
    return Item(pointer, names().get(pointer, _("填写内容")), text, done=kept is not None, value=value)


def names() -> dict[str, str]:
    """Members of an application in a family's words."""
    return {
        "/ground": _("转学原因"),
        "/explanation": _("补充说明"),
        "/guardian/name": _("监护人姓名"),
        "/guardian/relation": _("您是孩子的谁"),
        "/guardian/phone": _("监护人手机号"),
        "/effective_from": _("开始日期"),
    }


def _file_at(session: Session, files: Sequence[str], pointer: str) -> Evidence | None:
    place = pointer.removeprefix(EVIDENCE)
    if not (place.isascii() and place.isdecimal() and int(place) < len(files)):
        return None
    return session.get(Evidence, UUID(files[int(place)]))


def _file_name(file: Evidence | None) -> str:
    if file is None:
        return _("材料")
    known = slots.name_of(file.kind)
    if known and file.given_name:
        return _("%(name)s（%(note)s）", name=known, note=file.given_name)
    return known or file.given_name


def _at(body: Mapping[str, Any], pointer: str) -> object:
    found: object = body
    for part in pointer.strip("/").split("/"):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
