"""Who asks for the child, as an official writes it down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Optional

from forms import checks
from forms.fields import Checked, ChoiceField, Questions
from forms.transfer import RELATIONS

SOMEBODY_ELSE, NOBODY = "else", "nobody"


class GuardianFields(Questions):
    """One of the guardians in the register (`known`: key and words of each), or somebody else.

    Nobody, where the school may file by duty (`needed` false).
    """

    who = ChoiceField(_l("谁来申请？"), _l("请选谁来申请"))
    name = StringField(_l("姓名"), [Checked(checks.person_name, _l("还没填监护人姓名"))])
    relation = ChoiceField(_l("与学生的关系"), _l("请选与学生的关系"), choices=RELATIONS)
    phone = StringField(_l("手机号"), [Checked(checks.phone, _l("还没填手机号"))])

    def __init__(self, *args: Any, known: Sequence[tuple[str, str]], needed: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.who.choices = [*known, (SOMEBODY_ELSE, _l("其他人，写在下面"))]
        if not needed:
            self.who.choices.append((NOBODY, _l("没有监护人申请，由学校登记")))
        if self.who.data is None:
            self.who.data = self.who.choices[0][0]
        if self.who.data != SOMEBODY_ELSE:
            for field in (self.name, self.relation, self.phone):
                field.validators = (Optional(),)
