"""From a draft's answers to the application of the public contract, and back to words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.transfer import GROUNDS, RELATIONS, TransferApplication
from registry import calendar, organisations, policy
from registry.calendar import CHINA
from registry.organisations import Organisation
from webapp.apply import slots
from webapp.apply.drafts import Draft
from webapp.apply.phone import CONFIRMED
from webapp.processes import Applicant, Prepared, ProcessKind
from webapp.services import Services

FAMILY = "guardian"


@dataclass(frozen=True)
class Outlook:
    """What the check page can say of the days after sending."""

    receiving: Organisation
    working_days: int
    first_due: date
    present_school: str
    grade: int
    warnings: tuple[str, ...] = ()


def application(answers: Mapping[str, Any]) -> TransferApplication:
    """The application as the family filled it in. Raises `pydantic.ValidationError`."""
    guardian = answers["guardian"]
    return TransferApplication.model_validate(
        {
            "student_number": answers["student"]["student_number"],
            "student_name": answers["student"]["student_name"],
            "receiving_school": answers["school"]["receiving_school"],
            "ground": answers["reason"]["ground"],
            "explanation": answers["reason"].get("explanation", ""),
            "guardian": {
                "name": guardian["name"],
                "relation": guardian["relation"],
                "relation_words": guardian.get("relation_words") or "",
                "phone": guardian["phone"],
            },
            "evidence": slots.ids(answers),
            "grade": int(answers["student"]["grade"]),
        }
    )


def applicant(draft: Draft) -> Applicant:
    """Who asks: the draft, whose files they are, told by the confirmed telephone."""
    answers = draft.answers
    phone = answers["guardian"]["phone"]
    confirmed = phone if answers.get(CONFIRMED) == phone else ""
    return Applicant(FAMILY, draft.uploader, confirmed_phone=confirmed)


def outlook(services: Services, session: Session, draft: Draft) -> Outlook:
    """The first office and its last day; the present school only for a confirmed guardian."""
    answers = draft.answers
    now = services.clock.now()
    day = now.astimezone(CHINA).date()
    receiving = organisations.get(session, answers["school"]["receiving_school"])
    allowed = int(policy.value(session, "transfer.step_sla_workdays", receiving.division, day).value)
    asked = application(answers)
    prepared = services.processes[draft.process].prepare(session, asked, applicant(draft), now)
    return Outlook(
        receiving=receiving,
        working_days=allowed,
        first_due=calendar.working_days(session).add(day, allowed),
        present_school=present_school(prepared),
        grade=int(answers["student"]["grade"]),
        warnings=tuple(f"{one.message}{one.remedy}" for one in prepared.warnings),
    )


def present_school(prepared: Prepared) -> str:
    """The name of the school the child attends, or nothing."""
    if not prepared.confirmed or prepared.summary.get("quiet", True):
        return ""
    return str(prepared.summary["from"]["name"])


def school_to_ask(prepared: Prepared) -> tuple[str, str]:
    """Name and telephone of the school the child attends, or nothing for whom it is not told."""
    name = present_school(prepared)
    return (name, str(prepared.summary["from"].get("phone") or "")) if name else ("", "")


def hold_up(services: Services, session: Session, kind: ProcessKind, draft: Draft) -> Prepared:
    """Hold a draft against the register without counting a try: for pages that only show."""
    return kind.prepare(session, application(draft.answers), applicant(draft), services.clock.now())


def ground_words(ground: str) -> str:
    return str(next((label for value, label, _what in GROUNDS if value == ground), ground))


def relation_words(guardian: Mapping[str, Any]) -> str:
    """父亲, or what the family wrote for 其他."""
    label = str(next((label for value, label in RELATIONS if value == guardian["relation"]), _("其他")))
    return str(guardian.get("relation_words") or label) if guardian["relation"] == "other" else label
