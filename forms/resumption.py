"""Resumption (复学), at the end of a suspension or before it: what is asked."""

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
from registry import changes, suspensions


class ResumptionApplication(ApplicationMember):
    """A suspended student comes back: on which day, to which grade."""

    grade: Annotated[Grade | None, Field(description="the grade to come back to; else the usual one")] = None
    explanation: Explanation = ""
    guardian: GuardianMember
    evidence: OneFileOrMore


class ResumptionPage(Questions):
    """When, and to which grade; the usual one where none is chosen."""

    effective_from = DayField(_l("从哪天回来上课？"), _l("还没填复学的日期"))
    grade = GradeField(_l("回到几年级？（不选就回原来的班）"), choices=GRADE_CHOICES)
    explanation = TextAreaField(_l("补充说明（可不填）"), [AtMost(EXPLANATION_MOST)])


PROCESS = Process(
    key="resumption",
    name="复学",
    letters="FX",
    application=ResumptionApplication,
    page=ResumptionPage,
    demands=changes.Demands(
        rules=(changes.may("resume"), changes.no_open_case),
        members=(suspensions.returns_in_time, suspensions.comes_to_a_grade_offered),
    ),
)
