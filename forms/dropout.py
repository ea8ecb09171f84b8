"""Drop-out in the compulsory stage (辍学登记), by duty of the school: what is asked."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from flask_babel import lazy_gettext as _l
from pydantic import Field
from wtforms import TextAreaField

from forms.fields import AtMost, DayField, Questions
from forms.members import EXPLANATION_MOST, ApplicationMember, Explanation, GuardianMember, OneFileOrMore
from forms.process import Process
from registry import changes, leaving


class DropoutApplication(ApplicationMember):
    """Absent without leave, in vain called back. The evidence: absences and visits as they were noted."""

    absent_since: Annotated[date, Field(description="the first day of the absence")]
    explanation: Explanation = ""
    guardian: GuardianMember | None = None
    evidence: OneFileOrMore


class DropoutPage(Questions):
    """Since when."""

    absent_since = DayField(_l("从哪天开始没来上课？"), _l("还没填开始缺课的日期"))
    explanation = TextAreaField(_l("联系和劝返的情况（可不填）"), [AtMost(EXPLANATION_MOST)])


PROCESS = Process(
    key="dropout",
    name="辍学登记",
    letters="CX",
    application=DropoutApplication,
    page=DropoutPage,
    demands=changes.Demands(
        rules=(
            changes.for_stage,
            changes.may("drop_out"),
            leaving.not_while_suspended,
            changes.no_open_case,
        ),
        members=(leaving.absent_long_enough, leaving.takes_effect_in_time),
    ),
)
