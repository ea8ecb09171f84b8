"""Withdrawal from senior school (退学), and expulsion: what is asked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask_babel import lazy_gettext as _l
from pydantic import Field, ValidationInfo, field_validator
from wtforms import TextAreaField

from forms import checks
from forms.fields import AtMost, ChoiceField, DayField, Questions
from forms.members import EXPLANATION_MOST, ApplicationMember, Explanation, GuardianMember, OneFileOrMore
from forms.process import Process
from registry import changes, leaving

GROUNDS: tuple[tuple[str, Any], ...] = (
    ("requested", _l("本人和家长申请退学")),
    ("absent", _l("长期缺课，按规定退学")),
    ("not_resumed", _l("休学期满没有复学")),
    ("expelled", _l("开除学籍")),
)


class WithdrawalApplication(ApplicationMember):
    """A student of a senior school leaves: at their own wish, or by a rule after notices were served."""

    ground: Literal["requested", "absent", "not_resumed", "expelled"]
    explanation: Explanation = ""
    guardian: Annotated[
        GuardianMember | None, Field(validate_default=True, description="required where the family asks")
    ] = None
    evidence: OneFileOrMore

    @field_validator("guardian")
    @classmethod
    def _who_asks(cls, guardian: GuardianMember | None, so_far: ValidationInfo) -> GuardianMember | None:
        if guardian is None and so_far.data.get("ground") == "requested":
            raise checks.Wrong("missing", "还没填这一项，请补上")
        return guardian


class WithdrawalPage(Questions):
    """On which ground, and from when."""

    ground = ChoiceField(_l("为什么退学？"), _l("请选一个原因"), choices=GROUNDS)
    effective_from = DayField(_l("从哪天起？"), _l("还没填退学的日期"))
    explanation = TextAreaField(_l("补充说明（可不填）"), [AtMost(EXPLANATION_MOST)])


PROCESS = Process(
    key="withdrawal",
    name="退学",
    letters="TX",
    application=WithdrawalApplication,
    page=WithdrawalPage,
    variables=("ground",),
    grounds=GROUNDS,
    demands=changes.Demands(
        rules=(changes.for_stage, changes.may("leave"), changes.no_open_case),
        members=(leaving.ground_fits_status, leaving.takes_effect_in_time),
    ),
)
