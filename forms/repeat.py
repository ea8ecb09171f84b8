"""Repeating a grade (留级): what is asked."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from forms.fields import AtMost, DayField, Questions
from forms.members import EXPLANATION_MOST, ApplicationMember, Explanation, GuardianMember, OneFileOrMore
from forms.process import Process
from registry import changes, grades


class RepeatApplication(ApplicationMember):
    """A student goes back to a class of the grade below, one grade; the school's assessment proves it."""

    explanation: Explanation = ""
    guardian: GuardianMember
    evidence: OneFileOrMore


class RepeatPage(Questions):
    """From when, and why."""

    effective_from = DayField(_l("从哪天起到新的年级？"), _l("还没填日期"))
    explanation = TextAreaField(_l("为什么？（可不填）"), [AtMost(EXPLANATION_MOST)])


PROCESS = Process(
    key="repeat",
    name="留级",
    letters="LJ",
    application=RepeatApplication,
    page=RepeatPage,
    demands=changes.Demands(
        rules=(
            changes.may("change_grade"),
            grades.allowed,
            grades.can_go(grades.REPEAT),
            changes.no_open_case,
            changes.open_now,
            grades.within_quota,
        ),
        members=(grades.not_in_the_past,),
    ),
)
