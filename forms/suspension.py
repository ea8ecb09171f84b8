"""Suspension (休学): what is asked."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from flask_babel import lazy_gettext as _l
from pydantic import ValidationInfo, field_validator
from wtforms import TextAreaField

from forms import checks
from forms.fields import AtMost, ChoiceField, DayField, Questions
from forms.members import EXPLANATION_MOST, ApplicationMember, Explanation, GuardianMember, OneFileOrMore
from forms.process import Process
from registry import changes, suspensions

GROUNDS: tuple[tuple[str, Any], ...] = (
    ("illness", _l("生病")),
    ("infectious_disease", _l("得了传染病")),
    ("other", _l("其他特殊原因")),
)


class SuspensionApplication(ApplicationMember):
    """What a family asks for when a student cannot attend for months. Never the diagnosis: only its kind."""

    ground: Literal["illness", "infectious_disease", "other"]
    effective_from: date
    effective_to: date
    explanation: Explanation = ""
    guardian: GuardianMember
    evidence: OneFileOrMore

    @field_validator("effective_to")
    @classmethod
    def _after_the_first_day(cls, end: date, so_far: ValidationInfo) -> date:
        start = so_far.data.get("effective_from")
        if start is not None and end < start:
            raise checks.Wrong("before_start", "结束日期要在开始日期以后")
        return end


class SuspensionPage(Questions):
    """Why, and from when to when."""

    ground = ChoiceField(_l("为什么休学？"), _l("请选一个原因"), choices=GROUNDS)
    effective_from = DayField(_l("从哪天开始？"), _l("还没填开始的日期"))
    effective_to = DayField(_l("到哪天为止？"), _l("还没填结束的日期"))
    explanation = TextAreaField(_l("补充说明（可不填）"), [AtMost(EXPLANATION_MOST)])


PROCESS = Process(
    key="suspension",
    name="休学",
    letters="XX",
    application=SuspensionApplication,
    page=SuspensionPage,
    grounds=GROUNDS,
    demands=changes.Demands(
        rules=(changes.may("suspend"), changes.no_open_case, changes.not_in_term, changes.open_now),
        members=(suspensions.begins_in_time, suspensions.lasts_long_enough, suspensions.stays_below_total),
    ),
)
