"""Who asks for the child, as an official writes it down."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from forms import checks
from forms.fields import Checked, ChoiceField, Questions
from forms.transfer import RELATIONS


class GuardianFields(Questions):
    """The guardian who asked, from the register unless somebody else came."""

    name = StringField(_l("监护人姓名"), [Checked(checks.person_name, _l("还没填监护人姓名"))])
    relation = ChoiceField(_l("与学生的关系"), _l("请选与学生的关系"), choices=RELATIONS)
    phone = StringField(_l("监护人手机号"), [Checked(checks.phone, _l("还没填手机号"))])
