"""另一台手机上填的不一样: the newer copy wins, the older one is offered field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from forms.fields import ChoiceField, Questions
from forms.transfer import GuardianPage, ReasonPage, SchoolPage, StudentPage
from registry import organisations
from registry.evidence import Evidence
from registry.evidence_intake import MAX_FILES_PER_CASE
from registry.organisations import Organisation
from webapp.apply import drafts, slots
from webapp.apply.blueprint import STEPS, address, bp, current, first_missing
from webapp.apply.drafts import OTHER, Draft
from webapp.apply.questions import offered_grounds
from webapp.database import database
from webapp.rights import public
from webapp.services import services

THEIRS = "theirs"
SCHOOL = "receiving_school"
# What is compared; the words of a search are no answer.
FIELDS = {
    "student": ("student_name", "student_number", "grade"),
    "school": (SCHOOL,),
    "reason": ("ground", "explanation"),
    "guardian": ("relation", "relation_words", "name", "phone"),
}


@dataclass(frozen=True)
class Difference:
    """One field that two copies fill in differently, in words."""

    step: str
    field: str
    label: str
    mine: str
    theirs: str

    @property
    def name(self) -> str:
        return f"{self.step}.{self.field}"


@bp.route("/transfer/differences", methods=["GET", "POST"])
@public
def differences() -> ResponseReturnValue:
    """Choose for each field; what was not chosen is forgotten."""
    draft = current(lock=request.method == "POST")
    if draft is None or draft.case_id is not None:
        return redirect(address("student"), 303)
    found = list(differing(draft))
    if request.method == "GET" and found:
        return render_template("apply/differences.html", found=found, at=draft.answers[OTHER].get("at", ""))
    if request.method == "POST":
        _take(draft, [one for one in found if request.form.get(one.name) == THEIRS])
        database().commit()
    return redirect(address(first_missing(draft.answers) or STEPS[-1]), 303)


@bp.app_context_processor
def other_copy() -> dict[str, Callable[[], int]]:
    """For templates: in how many fields another copy differs."""
    return {"differing_fields": _count}


def differing(draft: Draft) -> Iterator[Difference]:
    """Where the other copy says something else, in the order of the questions."""
    answers = draft.answers
    other: Mapping[str, Any] = answers.get(OTHER, {}).get("steps", {})
    for step, fields in FIELDS.items():
        mine, theirs = drafts.shown(answers, step), other.get(step, {})
        page = _page(step, {})
        for name in fields:
            left, right = str(mine.get(name) or ""), str(theirs.get(name) or "")
            if right and right != left:
                field = page[name]
                yield Difference(step, name, str(field.label.text), _words(field, left), _words(field, right))


def merge(session: Session, winner: Draft, loser: Draft) -> None:
    """Two drafts of one family become one: the newer answers, what only the older has, all files."""
    mine, theirs = winner.answers, loser.answers
    for step in STEPS[:-1]:
        if step not in mine and step not in mine.get("typed", {}) and step in theirs:
            mine[step] = theirs[step]
    steps = {step: drafts.shown(theirs, step) for step in FIELDS if drafts.shown(theirs, step)}
    winner.answers = {**mine, OTHER: {"steps": steps, "at": loser.saved_at.isoformat()}}
    _move_files(session, winner, loser)
    if not any(differing(winner)):
        drafts.forget_other(winner)
    drafts.forget(session, loser)


def _move_files(session: Session, winner: Draft, loser: Draft) -> None:
    there = [one for found in slots.files(session, winner).values() for one in found]
    known = {one.sha256 for one in there}
    moved = [
        one for found in slots.files(session, loser).values() for one in found if one.sha256 not in known
    ]
    ids = [one.id for one in moved[: MAX_FILES_PER_CASE - len(there)]]
    session.execute(update(Evidence).where(Evidence.id.in_(ids)).values(uploaded_by=winner.uploader))
    session.flush()
    if ids and "evidence" in winner.answers:
        drafts.remember(winner, evidence=slots.listed(session, winner))


def _take(draft: Draft, chosen: list[Difference]) -> None:
    """Put the chosen values in; a page that is not right any more is asked again."""
    other = draft.answers[OTHER]["steps"] if OTHER in draft.answers else {}
    now = services().clock.now()
    for step in dict.fromkeys(one.step for one in chosen):
        merged = drafts.shown(draft.answers, step) | {
            one.field: other[step][one.field] for one in chosen if one.step == step
        }
        _accept_if_right(draft, step, {name: str(value) for name, value in merged.items()}, now)
    drafts.forget_other(draft)


def _accept_if_right(draft: Draft, step: str, values: dict[str, str], now: datetime) -> None:
    page = _page(step, values)
    if step == "school":
        code, grade = values.get(SCHOOL, ""), int(draft.answers["student"]["grade"])
        fits = len(code) == 10 and organisations.stage_with_grade(database(), code, grade)
        page[SCHOOL].choices = [(code, "")] if fits else []
    if page.validate():
        drafts.accept(
            draft, step, {name: value for name, value in page.data.items() if value is not None}, now
        )
        return
    drafts.keep_typed(draft, step, values, now)
    answers = draft.answers
    answers.pop(step, None)
    draft.answers = answers


def _page(step: str, values: Mapping[str, Any]) -> Questions:
    given = MultiDict(values)
    if step == "reason":
        return ReasonPage(given, grounds=offered_grounds())
    return {"student": StudentPage, "school": SchoolPage, "guardian": GuardianPage}[step](given)


def _words(field: Any, value: str) -> str:
    if not value:
        return _("没有填")
    if field.name == SCHOOL:
        name = database().scalar(select(Organisation.name).where(Organisation.code == value))
        return name or value
    if isinstance(field, ChoiceField):
        return str(next((label for one, label in field.choices if one == value), value))
    return value


def _count() -> int:
    draft = current()
    return 0 if draft is None or OTHER not in draft.answers else len(list(differing(draft)))
