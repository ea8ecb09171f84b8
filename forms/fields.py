"""Fields of the question pages. A field keeps what was typed until it is right, then its one form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, Form, StringField, TextAreaField
from wtforms.validators import StopValidation

from forms import checks

Check = Callable[[str], str]


class Questions(Form):
    """One page of questions. Plain WTForms: the token of a page is the web's matter."""

    class Meta:
        locales = ("zh",)


class Checked:
    """Runs a check of `forms.checks`; `missing` are the words for an empty answer."""

    def __init__(self, check: Check, missing: Any) -> None:
        self.check = check
        self.missing = missing

    def __call__(self, form: Form, field: StringField) -> None:
        typed = field.data or ""
        if not typed.strip():
            raise StopValidation(str(self.missing))
        try:
            field.data = self.check(typed)
        except checks.Wrong as wrong:
            raise StopValidation(_(wrong.message) % wrong.facts) from wrong


class AtMost:
    """Free text that may be left out; `forms.checks.words` cleans it."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, form: Form, field: TextAreaField) -> None:
        try:
            field.data = checks.words(field.data or "", self.most)
        except checks.Wrong as wrong:
            raise StopValidation(_(wrong.message) % wrong.facts) from wrong


class ChoiceField(StringField):
    """One of several options, `choices` as (value, words). WTForms' own field speaks English when refused."""

    def __init__(
        self, label: Any, words: Any, *, choices: Sequence[tuple[str, Any]] = (), **options: Any
    ) -> None:
        super().__init__(label, [_Chosen(words)], **options)
        self.choices = list(choices)


class _Chosen:
    def __init__(self, words: Any) -> None:
        self.words = words

    def __call__(self, form: Form, field: ChoiceField) -> None:
        if not field.data or field.data not in {value for value, _label in field.choices}:
            raise StopValidation(str(self.words))


class GradeField(Field):
    """A grade to choose, or none. `choices` as (number, words)."""

    def __init__(self, label: Any, *, choices: Sequence[tuple[int, Any]], **options: Any) -> None:
        super().__init__(label, **options)
        self.choices = list(choices)

    def process_formdata(self, valuelist: list[str]) -> None:
        chosen = next((value for value, _label in self.choices if valuelist == [str(value)]), None)
        self.data: int | None = chosen


class DayField(StringField):
    """A day, typed as 2026-03-02 or chosen in the browser's calendar; `words` for an empty answer."""

    def __init__(self, label: Any, words: Any, **options: Any) -> None:
        super().__init__(label, [Checked(checks.day, words)], **options)


class TickField(BooleanField):
    """A tick that must be set."""

    def __init__(self, label: Any, words: Any, **options: Any) -> None:
        super().__init__(label, validators=[_Ticked(words)], **options)


class _Ticked:
    def __init__(self, words: Any) -> None:
        self.words = words

    def __call__(self, form: Form, field: BooleanField) -> None:
        if not field.data:
            raise StopValidation(str(self.words))


class SmsCodePage(Questions):
    """手机验证码: the six figures that were sent."""

    code = StringField(_l("手机验证码"), [Checked(checks.sms_code, _l("还没填验证码"))])
