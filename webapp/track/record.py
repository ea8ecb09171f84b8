"""全部记录 in a family's words, and how it was: five grades."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Row
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry.base import Base, UtcDateTime
from webapp import families
from webapp.database import database
from webapp.rights import public
from webapp.services import services
from webapp.track.blueprint import bp, opened_case
from webapp.track.offices import Offices
from workflows import history
from workflows.history import Entry

GRADES = range(1, 6)


class Rating(Base):
    """How a family found it, 5 best. One for a case; the last word counts."""

    __tablename__ = "ratings"

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    grade: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Line:
    """One line of the record."""

    at: datetime
    words: str


def entries(session: Session, case: Row[Any]) -> list[Line]:
    """What happened, oldest first; offices, never officials."""
    offices = Offices(session, case, knows_school=families.may_know_school(session, case))
    return list(_lines(history.entries(session, case.id), offices, _lanes(case)))


def rating_of(session: Session, case_id: UUID) -> int | None:
    found = session.get(Rating, case_id)
    return found.grade if found is not None else None


@bp.post("/<number>/rating")
@public
def rate(number: str) -> ResponseReturnValue:
    """这次办得怎么样？"""
    case = opened_case(number)
    grade = request.form.get("grade", "")
    if grade.isascii() and grade.isdecimal() and int(grade) in GRADES and case.closed_at is not None:
        database().merge(Rating(case_id=case.id, grade=int(grade), at=services().clock.now()))
        database().commit()
    return redirect(url_for("track.case", number=case.number, told="rated"), 303)


def _lanes(case: Row[Any]) -> dict[str, str]:
    return {code: lane for lane, code in reversed(list(case.offices.items()))}


def _lines(found: list[Entry], offices: Offices, lanes: dict[str, str]) -> Iterator[Line]:
    said = {
        "opened": _("您提交了申请"),
        "withdrawal_asked": _("您申请撤回"),
        "withdrawn": _("已撤回"),
        "terminated": _("已结束"),
        "closed": _("业务结束"),
    }
    for entry in found:
        code = str(entry.facts.get("office", ""))
        office = offices.of_lane(lanes.get(code, ""), code).name if code else ""
        if entry.event in said:
            yield Line(entry.at, said[entry.event])
        elif entry.event == "decided":
            yield Line(entry.at, _decided(entry, office))
        elif entry.event == "overdue":
            yield Line(entry.at, _("%(office)s超期，已通知上一级", office=office))
        elif entry.event == "urged":
            yield Line(entry.at, _("您催了%(office)s", office=office))
        elif entry.event == "phone_changed":
            yield Line(entry.at, _("您改了手机号，现在是 %(phone)s", phone=str(entry.facts["phone"])))


def _decided(entry: Entry, office: str) -> str:
    decision = str(entry.facts.get("decision", ""))
    if str(entry.facts.get("element", "")).endswith(".prepare") and decision != "return":
        return _("%(office)s看了材料", office=office)
    words = {
        "approve": _("%(office)s同意", office=office),
        "refuse": _("%(office)s不同意", office=office),
        "return": _("%(office)s请您补材料", office=office),
        "resubmit": _("已补好，交给办理单位接着办"),
        "arrived": _("孩子已报到"),
        "not_arrived": _("孩子没有报到"),
    }
    return words.get(decision, _("%(office)s已办", office=office))
