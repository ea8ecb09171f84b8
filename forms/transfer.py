"""Transfer (转学): what is asked. The model is the public contract; the pages ask it question by question."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import Field, ValidationInfo, field_validator
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import ValidationError

from forms import checks
from forms.fields import AtMost, Checked, ChoiceField, Questions, TickField
from forms.members import (
    EXPLANATION_MOST,
    RELATION_WORDS_MOST,
    ApplicationMember,
    Explanation,
    Grade,
    GuardianMember,
    OneFileOrMore,
    SchoolCode,
)

Ground = Literal["household_moved", "home_moved", "work_moved", "military_posting", "other"]

# In the order of the page: value, words, what it covers.
GROUNDS: tuple[tuple[str, Any, Any], ...] = (
    ("home_moved", _l("搬了家"), _l("买房或租房，住址变了")),
    ("household_moved", _l("户口迁了"), _l("孩子的户籍已迁到新地址")),
    ("work_moved", _l("家长换了工作地点"), _l("到另一个市、县工作")),
    ("military_posting", _l("军人调动"), _l("现役军人家庭随调")),
    ("other", _l("其他"), _l("需要写明情况")),
)
RELATIONS: tuple[tuple[str, Any], ...] = (
    ("father", _l("父亲")),
    ("mother", _l("母亲")),
    ("grandparent", _l("祖父母")),
    ("other", _l("其他")),
)
GRADES: tuple[tuple[str, Any], ...] = (
    ("", _l("请选择")),
    ("1", _l("一年级")), ("2", _l("二年级")), ("3", _l("三年级")), ("4", _l("四年级")),
    ("5", _l("五年级")), ("6", _l("六年级")), ("7", _l("七年级")), ("8", _l("八年级")),
    ("9", _l("九年级")), ("10", _l("高一")), ("11", _l("高二")), ("12", _l("高三")),
)  # fmt: skip

GRADE_CHOICES: tuple[tuple[int, Any], ...] = tuple((int(value), words) for value, words in GRADES if value)


class TransferApplication(ApplicationMember):
    """What a family or a school asks for when a student is to change schools."""

    receiving_school: SchoolCode
    ground: Ground
    explanation: Annotated[Explanation, Field(validate_default=True)] = ""
    guardian: GuardianMember
    evidence: OneFileOrMore
    grade: Annotated[Grade | None, Field(description="the grade to enter; else the record's")] = None

    @field_validator("explanation")
    @classmethod
    def _other_needs_words(cls, explanation: str, so_far: ValidationInfo) -> str:
        if so_far.data.get("ground") == "other" and not explanation:
            raise checks.Wrong("explanation_missing", "选了“其他”，请写两句情况")
        return explanation


class StudentPage(Questions):
    """Step 1: who is the child?"""

    student_name = StringField(_l("孩子姓名"), [Checked(checks.person_name, _l("还没填孩子姓名"))])
    student_number = StringField(
        _l("全国学籍号"), [Checked(checks.student_number, _l("还没填全国学籍号，请照学生证填"))]
    )
    grade = ChoiceField(_l("现在上几年级"), _l("请选现在的年级"), choices=GRADES)


class SchoolPage(Questions):
    """Step 2: to which school?"""

    q = StringField(_l("学校名称"))
    receiving_school = ChoiceField(_l("转到哪所学校？"), _l("请选一所学校"), choices=())


class ReasonPage(Questions):
    """Step 3: why? The grounds a place knows come in as an argument."""

    ground = ChoiceField(_l("为什么转学？"), _l("请选一个原因"), choices=())
    explanation = TextAreaField(_l("补充说明（可不填）"), [AtMost(EXPLANATION_MOST)])

    def __init__(self, *args: Any, grounds: Collection[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.ground.choices = [(value, label) for value, label, _what in GROUNDS if value in grounds]

    def validate_explanation(self, field: TextAreaField) -> None:
        if self.ground.data == "other" and not (field.data or "").strip():
            raise ValidationError(_("选了“其他”，请写两句情况"))


class GuardianPage(Questions):
    """Step 5: who asks?"""

    relation = ChoiceField(_l("您是孩子的谁？"), _l("请选您是孩子的谁"), choices=RELATIONS)
    relation_words = StringField(_l("请写明关系"), [AtMost(RELATION_WORDS_MOST)])
    name = StringField(_l("您的姓名"), [Checked(checks.person_name, _l("还没填您的姓名"))])
    phone = StringField(_l("您的手机号"), [Checked(checks.phone, _l("还没填手机号"))])
    is_guardian = TickField(_l("我是孩子的监护人，填写的内容是真的"), _l("请先勾选"))

    def validate_relation_words(self, field: StringField) -> None:
        if self.relation.data == "other" and not (field.data or "").strip():
            raise ValidationError(_("选了“其他”，请写明关系"))


class SendPage(Questions):
    """Step 6: sent once, however often it is tapped."""

    key = HiddenField()
