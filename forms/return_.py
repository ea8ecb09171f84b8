"""Return (回流复学) of a drop-out, a missing student, or one from abroad: what is asked."""

from __future__ import annotations

from typing import Annotated

from flask_babel import lazy_gettext as _l
from pydantic import Field
from wtforms import TextAreaField

from forms.fields import AtMost, DayField, GradeField, Questions
from forms.members import (
    EXPLANATION_MOST,
    ApplicationMember,
    Explanation,
    Grade,
    GuardianMember,
    OneFileOrMore,
)
from forms.process import Process
from forms.transfer import GRADE_CHOICES
from registry import changes, leaving


class ReturnApplication(ApplicationMember):
    """Somebody who was away is back: from which day, in which grade. The school may file what it sees."""

    grade: Annotated[Grade | None, Field(description="the grade to come back to; else the usual one")] = None
    explanation: Explanation = ""
    guardian: GuardianMember | None = None
    evidence: OneFileOrMore


class ReturnPage(Questions):
    """When, and to which grade; that of the original class where none is chosen."""

    effective_from = DayField(_l("从哪天回来上课？"), _l("还没填回校的日期"))
    grade = GradeField(_l("回到几年级？（不选就回原来的班）"), choices=GRADE_CHOICES)
    explanation = TextAreaField(_l("补充说明（可不填）"), [AtMost(EXPLANATION_MOST)])


PROCESS = Process(
    key="return",
    name="回流复学",
    letters="HL",
    application=ReturnApplication,
    page=ReturnPage,
    demands=changes.Demands(
        rules=(changes.may("return"), changes.no_open_case),
        members=(leaving.takes_effect_in_time, leaving.returns_to_a_grade_offered),
    ),
)
