"""Going abroad (出国): what is asked."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from flask_babel import lazy_gettext as _l
from pydantic import Field
from wtforms import TextAreaField

from forms.fields import AtMost, ChoiceField, DayField, Questions
from forms.members import EXPLANATION_MOST, ApplicationMember, Explanation, GuardianMember, OneFileOrMore
from forms.process import Process
from registry import changes, leaving

GROUNDS: tuple[tuple[str, Any], ...] = (
    ("own", _l("自己出国就读或者随家人出国")),
    ("sponsored", _l("公派留学")),
)


class AbroadApplication(ApplicationMember):
    """A student leaves the country; passport, visa, admission are the evidence."""

    ground: Literal["own", "sponsored"] = "own"
    effective_to: Annotated[
        date | None, Field(description="the last day abroad, where it is known already")
    ] = None
    explanation: Explanation = ""
    guardian: GuardianMember
    evidence: OneFileOrMore


class AbroadPage(Questions):
    """How, and from when."""

    ground = ChoiceField(_l("怎样出国？"), _l("请选一种"), choices=GROUNDS)
    effective_from = DayField(_l("从哪天起不来上课？"), _l("还没填出国的日期"))
    explanation = TextAreaField(_l("补充说明（可不填）"), [AtMost(EXPLANATION_MOST)])


PROCESS = Process(
    key="abroad",
    name="出国",
    letters="CG",
    application=AbroadApplication,
    page=AbroadPage,
    grounds=GROUNDS,
    demands=changes.Demands(
        rules=(changes.may("go_abroad"), changes.no_open_case),
        members=(leaving.takes_effect_in_time, leaving.stays_away_until_later),
    ),
)
