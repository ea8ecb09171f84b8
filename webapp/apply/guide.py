"""办事指南: everything on it comes from process and policy; no number stands in the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import policy
from registry.organisations import Organisation
from registry.policy import Rules
from registry.windows import Opening
from webapp.apply.blueprint import STEPS, address, bp, current, first_missing
from webapp.apply.drafts import KEPT_FOR, Draft
from webapp.apply.questions import today
from webapp.apply.situations import situations
from webapp.database import database
from webapp.rights import public
from webapp.services import services
from webapp.track import route


@dataclass(frozen=True)
class Times:
    """When one may file: open today, the dates of the year, the next opening."""

    open_now: bool
    always: bool
    windows: Sequence[tuple[date, date]]
    closed: Sequence[tuple[date, date]]
    opens: date | None


@bp.get("/transfer")
@public
def guide() -> ResponseReturnValue:
    rules = policy.rules(database(), home_division(database()), today())
    draft = current()
    unsent = draft if draft is not None and draft.case_id is None else None
    return render_template(
        "apply/guide.html",
        times=times(rules, today()),
        working_days=rules["transfer.step_sla_workdays"].value,
        basis=rules["transfer.step_sla_workdays"].basis,
        offices=route.office_counts(database(), "transfer", rules.place, services().clock.now()),
        proofs=proofs(rules),
        rule_basis=rules["transfer.rule_basis"].value,
        kept_days=KEPT_FOR.days,
        draft=unsent,
        forgotten=request.args.get("forgotten"),
    )


@bp.get("/transfer/not-possible")
@public
def not_possible() -> ResponseReturnValue:
    """哪些情况不能转学: every rule with what can be done."""
    rules = policy.rules(database(), home_division(database()), today())
    return render_template(
        "apply/not_possible.html", basis=rules["transfer.rule_basis"].value, situations=situations()
    )


@bp.get("/transfer/resume")
@public
def resume() -> ResponseReturnValue:
    """接着上次填: what is there, and until when it is kept."""
    draft = current()
    if draft is None or draft.case_id is not None:
        return render_template("apply/no_draft.html", kept_days=KEPT_FOR.days)
    answers = draft.answers
    filled = [step for step in STEPS[:-1] if step in answers]
    onward = _furthest(draft)
    return render_template(
        "apply/resume.html",
        draft=draft,
        answers=answers,
        filled=filled,
        number=STEPS.index(onward) + 1,
        left=len(STEPS) - len(filled),
        school=_school(answers),
        uploaded=sum(len(found) for found in answers.get("evidence", {}).values()),
        onward=address(onward),
    )


def home_division(session: Session) -> str:
    """The division of the province this installation serves."""
    wanted = select(Organisation.division).where(
        Organisation.kind == "province", Organisation.short_name == services().settings.place
    )
    return session.scalar(wanted) or policy.NATION


def times(rules: Rules, day: date) -> Times:
    """The windows of this school year, as dates people can read."""
    opening = Opening(
        rules["transfer.windows"].value, rules["transfer.freeze"].value, rules["calendar.terms"].value
    )
    open_now = opening.is_open(day)
    fixed = [span for window in opening.windows if (span := _span(window, day))]
    return Times(
        open_now=open_now,
        always=not opening.windows,
        windows=fixed,
        closed=[span for freeze in opening.freezes if (span := _span(freeze, day))],
        opens=None if open_now else opening.next_after(day),
    )


def proofs(rules: Rules) -> list[str]:
    """The words for the proof of each ground, each once: 房产证或租房合同, 劳动合同或单位证明 …"""
    asked_for = rules["transfer.required_docs"].value
    grounds = [ground for ground in rules["transfer.grounds"].value if ground != "other"]
    docs = [doc for ground in grounds for doc in asked_for.get(ground, [])]
    return list(dict.fromkeys(_(doc["words"]) for doc in docs if doc["kind"] != "household_book"))


def _span(window: Mapping[str, Any], day: date) -> tuple[date, date] | None:
    if "from" not in window or "to" not in window:
        return None
    ends = [
        date.fromisoformat(text if len(text) == 10 else f"{day.year}-{text}")
        for text in (window["from"], window["to"])
    ]
    return ends[0], ends[1]


def _furthest(draft: Draft) -> str:
    """The first question without an answer, else the check page."""
    return first_missing(draft.answers) or STEPS[-1]


def _school(answers: dict[str, Any]) -> str:
    code = answers.get("school", {}).get("receiving_school")
    found = database().scalar(select(Organisation.name).where(Organisation.code == code)) if code else None
    return found or ""
