"""Which proofs an application needs: by ground from policy, by who asks, and what is uploaded already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import organisations, policy
from registry.evidence import Evidence
from webapp.apply.drafts import Draft

OTHER, GUARDIANSHIP = "other_proof", "guardianship_proof"
COMING = "coming"
"""In the answers: the slots whose last file was on its way when step 4 was answered."""


@dataclass(frozen=True)
class Slot:
    """One kind of proof on the page."""

    kind: str
    name: str
    what: str
    required: bool

    @property
    def optional(self) -> bool:
        return not self.required


def of(answers: Mapping[str, Any], today: date, session: Session) -> list[Slot]:
    """The slots of an application: what policy asks for its ground and who asks, then the rest."""
    ground = answers.get("reason", {}).get("ground", "")
    asked = policy.value(session, "transfer.required_docs", _division(session, answers), today).value
    found = [_slot(doc["kind"], _(doc["words"]), doc["required"]) for doc in asked.get(ground, [])]
    if answers.get("guardian", {}).get("relation") in ("grandparent", "other"):
        found.append(_slot(GUARDIANSHIP, "", True))
    found.sort(key=lambda slot: not slot.required)
    return [*found, _slot(OTHER, "", False)]


def missing(slots: Sequence[Slot], answers: Mapping[str, Any]) -> list[Slot]:
    """The required slots in which nothing lies yet and nothing is on its way."""
    there, coming = answers.get("evidence", {}), answers.get(COMING, ())
    return [slot for slot in slots if slot.required and not there.get(slot.kind) and slot.kind not in coming]


def with_files(session: Session, draft: Draft, *, coming: bool) -> dict[str, Any]:
    """The answers with the files that are here now; some come in after step 4 was answered.

    Without `coming` a file that is still on its way counts as missing.
    """
    answers = draft.answers | {"evidence": listed(session, draft)}
    return answers if coming else {name: value for name, value in answers.items() if name != COMING}


def files(session: Session, draft: Draft | None) -> dict[str, list[Evidence]]:
    """What this draft has uploaded, by slot, in the order it came."""
    if draft is None:
        return {}
    rows = session.scalars(
        select(Evidence).where(Evidence.uploaded_by == draft.uploader).order_by(Evidence.id)
    )
    by_kind: dict[str, list[Evidence]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    return by_kind


def sort_in(session: Session, draft: Draft, slots: Sequence[Slot]) -> list[Evidence]:
    """After another ground was chosen: files without a slot go to 其他说明材料. Which ones went?"""
    known = {slot.kind for slot in slots}
    moved = []
    for kind, rows in files(session, draft).items():
        if kind not in known:
            for row in rows:
                row.kind = OTHER
            moved += rows
    return moved


def listed(session: Session, draft: Draft) -> dict[str, list[str]]:
    """The ids of the uploaded files by slot, as the draft's answer."""
    return {kind: [str(row.id) for row in rows] for kind, rows in files(session, draft).items()}


def ids(answers: Mapping[str, Any]) -> list[UUID]:
    """All uploaded files, as the application lists them."""
    return [UUID(one) for found in answers.get("evidence", {}).values() for one in found]


def name_of(kind: str) -> str:
    """A kind of proof in a family's words; nothing for a kind we have no words for."""
    return _names().get(kind, ("", ""))[0]


def _slot(kind: str, words: str, required: bool) -> Slot:
    """A slot's words: a short name where we know the kind, and what belongs in it."""
    name, what = _names().get(kind, (words, ""))
    return Slot(kind, name, what or (words if words != name else ""), required)


def _names() -> dict[str, tuple[str, str]]:
    return {
        "household_book": (_("户口簿"), _("首页、孩子页、家长页")),
        "home_proof": (_("住址证明"), ""),
        "work_proof": (_("工作证明"), ""),
        "posting_order": (_("调动证明"), ""),
        "reason_proof": (_("情况说明"), ""),
        GUARDIANSHIP: (_("监护关系证明"), _("例如监护关系公证书、居委会证明")),
        OTHER: (_("其他说明材料"), _("例如监护关系公证书")),
    }


def _division(session: Session, answers: Mapping[str, Any]) -> str:
    code = answers.get("school", {}).get("receiving_school")
    return organisations.get(session, code).division if code else policy.NATION
