"""Replacement of a student card (补办学生证): what is asked."""

from __future__ import annotations

from typing import Literal

from flask_babel import lazy_gettext as _l

from forms.fields import ChoiceField, Questions
from forms.members import ApplicationMember, GuardianMember, OneFileOrMore
from forms.process import Process
from registry import changes


class StudentCardApplication(ApplicationMember):
    """A card was lost or spoilt."""

    ground: Literal["lost", "spoilt"]
    guardian: GuardianMember
    evidence: OneFileOrMore


class StudentCardPage(Questions):
    """Why."""

    ground = ChoiceField(
        _l("为什么补办？"), _l("请选一个原因"), choices=(("lost", "丢了"), ("spoilt", "坏了"))
    )


PROCESS = Process(
    key="student-card",
    name="补办学生证",
    letters="XZ",
    application=StudentCardApplication,
    page=StudentCardPage,
    demands=changes.Demands(rules=(changes.may("transfer"), changes.no_open_case)),
)
