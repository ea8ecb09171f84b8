"""Death of a student (死亡注销), by duty of the school: what is asked."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from forms.fields import DayField, Questions
from forms.members import ApplicationMember, GuardianMember, OneFileOrMore
from forms.process import Process
from registry import changes, leaving


class DeathApplication(ApplicationMember):
    """The proof is the evidence. `effective_from` is the day of death; the cause is never asked."""

    guardian: GuardianMember | None = None
    evidence: OneFileOrMore


class DeathPage(Questions):
    """The day that the proof gives."""

    effective_from = DayField(_l("证明上的日期"), _l("还没填证明上的日期"))


PROCESS = Process(
    key="death",
    name="死亡注销",
    letters="SW",
    application=DeathApplication,
    page=DeathPage,
    beside_others=True,
    demands=changes.Demands(
        rules=(changes.may("die"), changes.no_open_case),
        members=(leaving.died_in_life,),
    ),
)
