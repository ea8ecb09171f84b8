"""Extension of a suspension (续休): what is asked."""

from __future__ import annotations

from datetime import date
from typing import Literal

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from forms.fields import AtMost, ChoiceField, DayField, Questions
from forms.members import EXPLANATION_MOST, ApplicationMember, Explanation, GuardianMember, OneFileOrMore
from forms.process import Process
from forms.suspension import GROUNDS
from registry import changes, suspensions


class ExtensionApplication(ApplicationMember):
    """A suspension goes on to a later day."""

    ground: Literal["illness", "infectious_disease", "other"]
    effective_to: date
    explanation: Explanation = ""
    guardian: GuardianMember
    evidence: OneFileOrMore


class ExtensionPage(Questions):
    """Why, and to when."""

    ground = ChoiceField(_l("为什么续休？"), _l("请选一个原因"), choices=GROUNDS)
    effective_to = DayField(_l("续到哪天为止？"), _l("还没填结束的日期"))
    explanation = TextAreaField(_l("补充说明（可不填）"), [AtMost(EXPLANATION_MOST)])


PROCESS = Process(
    key="extension",
    name="续休",
    letters="XU",
    application=ExtensionApplication,
    page=ExtensionPage,
    demands=changes.Demands(
        rules=(changes.may("extend"), changes.no_open_case, changes.open_now),
        members=(suspensions.follows_on, suspensions.stays_below_total),
    ),
)
