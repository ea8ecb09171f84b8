"""核办: what an official answers to a task, read from the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import ImmutableMultiDict

from registry import reasons
from webapp.inbox import verdicts
from webapp.inbox.words import FAULTS
from workflows.model import Decision

LONGEST = 500
APPROVE, REFUSE, RETURN = "approve", "refuse", "return"

Posted = ImmutableMultiDict[str, str]


@dataclass
class Answer:
    """What was posted, and what is wrong with it (field → words). Nothing typed is lost."""

    decision: str = ""
    reason_code: str = ""
    opinion: str = ""
    fields: dict[str, object] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    ticked: tuple[str, ...] = ()

    def as_decision(self) -> Decision:
        return Decision(self.decision, self.reason_code, self.opinion, self.fields)


def read(form: Posted, offered: list[str]) -> Answer:
    """Read the opinion bar or the return dialog. Rules are checked where decisions are taken."""
    answer = Answer(
        decision=form.get("decision", ""),
        opinion=form.get("opinion", "").strip(),
        typed=form.to_dict(),
        ticked=tuple(form.getlist("item")),
    )
    if answer.decision not in offered:
        answer.errors["decision"] = _("还没选意见，请选一个")
        return answer
    if len(answer.opinion) > LONGEST:
        answer.errors["opinion"] = _("写得太长了，最多 500 字")
    if answer.decision in (APPROVE, REFUSE, RETURN):
        answer.fields |= verdicts.read(answer.typed)
    if answer.decision == REFUSE:
        _refusal(answer, form)
    elif answer.decision == RETURN:
        answer.fields["items"] = list(_items(answer, form))
    else:
        answer.fields |= dict(_step_fields(answer, form))
    return answer


def _refusal(answer: Answer, form: Posted) -> None:
    answer.reason_code = form.get("reason_code", "")
    if not answer.reason_code:
        answer.errors["reason_code"] = _("选了“不同意”，请选原因")
    if not answer.opinion:
        reason = reasons.CATALOGUE.get(answer.reason_code)
        answer.errors["opinion"] = (
            _("选了“不同意”，请写清原因，只给单位看")
            if reason is not None and reason.private
            else _("选了“不同意”，请写清原因，家长会看到")
        )
    vacancies = form.get("vacancies", "").strip()
    if vacancies:
        number = _whole(vacancies)
        if number is None:
            answer.errors["vacancies"] = _("空余学位数要填数字，没有就填 0")
        else:
            answer.fields["vacancies"] = number


def _items(answer: Answer, form: Posted) -> Iterator[dict[str, str]]:
    """What the family must correct: each ticked item with its words."""
    if not answer.ticked:
        answer.errors["item"] = _("请至少勾一项")
    for pointer in answer.ticked:
        text = form.get(f"text:{pointer}", "").strip()
        fault = FAULTS.get(form.get(f"fault:{pointer}", ""))
        text = text or (str(fault[1]) if fault is not None else "")
        if not text:
            answer.errors[f"text:{pointer}"] = _("请写清要补什么")
        yield {"pointer": pointer, "text": text[:LONGEST]}


def _step_fields(answer: Answer, form: Posted) -> Iterator[tuple[str, Any]]:
    if form.get("class"):
        number = _whole(form["class"])
        if number:
            yield "class", number
    if answer.decision == "arrived" and form.get("arrived_on"):
        try:
            yield "arrived_on", date.fromisoformat(form["arrived_on"]).isoformat()
        except ValueError:
            answer.errors["arrived_on"] = _("日期不对，请写成 2026-03-02 这样")
    if answer.decision == "proposed":
        yield "school", form.get("school", "").strip()
    if answer.decision == "resubmit":
        yield from _corrected(form).items()


def _corrected(form: Posted) -> dict[str, object]:
    """Corrected members: `fix:/guardian/phone` becomes {"guardian": {"phone": …}}."""
    members: dict[str, object] = {}
    for name, value in form.items():
        if not name.startswith("fix:/") or not value.strip():
            continue
        *path, last = name.removeprefix("fix:/").split("/")
        place = members
        for part in path[:4]:
            inner = place.setdefault(part, {})
            if not isinstance(inner, dict):
                break
            place = inner
        place[last] = value.strip()
    return members


def _whole(text: str) -> int | None:
    """A whole number in plain ASCII figures."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else None
