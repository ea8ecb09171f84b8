"""Key-data change (关键信息变更): name, identity document, sex, birth date. What is asked."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from flask_babel import lazy_gettext as _l
from pydantic import AfterValidator, Field, model_validator
from wtforms import StringField, TextAreaField
from wtforms.validators import Optional

from forms import checks
from forms.fields import AtMost, Checked, ChoiceField, DayField, Questions
from forms.members import (
    EXPLANATION_MOST,
    ApplicationMember,
    Explanation,
    GuardianMember,
    Member,
    OneFileOrMore,
    PersonName,
)
from forms.process import Process
from registry import changes, key_data
from registry.students import ID_TYPES, SEXES

DocumentNumber = Annotated[
    str,
    AfterValidator(checks.document_number),
    Field(description="the number of the identity document", examples=["350102201503150019"]),
]


class KeyDataChanges(Member):
    """What is to be other than it is; what is left out stays."""

    name: PersonName | None = None
    id_type: Literal["1", "6", "7", "8", "9", "A", "Z"] | None = None
    id_number: DocumentNumber | None = None
    sex: Literal["1", "2"] | None = None
    birth_date: date | None = None

    @model_validator(mode="after")
    def _at_least_one(self) -> KeyDataChanges:
        if not any(value for _name, value in self):
            raise checks.Wrong("missing", "还没填要改什么，请至少填一项")
        return self


CHANGES = tuple(KeyDataChanges.model_fields)


class KeyDataApplication(ApplicationMember):
    """The household register says something else than the record, and proves it."""

    changes: KeyDataChanges
    explanation: Explanation = ""
    guardian: GuardianMember
    evidence: OneFileOrMore


class KeyDataPage(Questions):
    """Each member that may change; what is left empty stays."""

    name = StringField(_l("新的姓名"), [Checked(checks.person_name, "")])
    id_type = ChoiceField(_l("新的证件类型"), "", choices=[*ID_TYPES.items()])
    id_number = StringField(_l("新的证件号"), [Checked(checks.document_number, "")])
    sex = ChoiceField(_l("新的性别"), "", choices=[*SEXES.items()])
    birth_date = DayField(_l("新的出生日期"), "")
    explanation = TextAreaField(_l("补充说明（可不填）"), [AtMost(EXPLANATION_MOST)])

    def __init__(self, *args: Any, **options: Any) -> None:
        """A prefix of its own: the page asks for the guardian's name, too."""
        super().__init__(*args, **(options | {"prefix": "changes-"}))
        for name in CHANGES:
            self[name].validators = [Optional(), *self[name].validators]

    @property
    def data(self) -> dict[str, Any]:
        """The answers as the contract nests them."""
        typed = {name: field.data for name, field in self._fields.items()}
        return {
            "changes": {name: typed[name] or None for name in CHANGES},
            "explanation": typed["explanation"],
        }


PROCESS = Process(
    key="key-data-change",
    name="关键信息变更",
    letters="GJ",
    application=KeyDataApplication,
    page=KeyDataPage,
    demands=changes.Demands(
        rules=(changes.may("change_key_data"), changes.no_open_case, changes.open_now),
        members=(key_data.changes_something, key_data.is_born_to_attend, key_data.is_somebody),
        reviews=key_data.reviews,
    ),
)
