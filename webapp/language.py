"""Language of the answer. The source text is Chinese; English where somebody asks for it.

Pages are Chinese until a reader chooses English with the link in the footer: the language of a
browser says little on a school's or a family's shared machine, and names, drawings and law stay
Chinese anyhow. The HTTP interface follows Accept-Language.
"""

from __future__ import annotations

from babel import Locale
from babel.support import NullTranslations, Translations
from flask import Flask, has_app_context, has_request_context, request
from flask_babel import Babel, Domain, get_locale, gettext, ngettext

from registry.words import Words

CHINESE, ENGLISH = "zh_Hans_CN", "en"
COOKIE = "language"
LOCALES = {name: Locale.parse(name) for name in (CHINESE, ENGLISH)}


class Catalogues(Domain):
    """The translations, read once. Flask-Babel's own are looked for on the disk in every request."""

    def __init__(self) -> None:
        super().__init__()
        self._read: dict[Locale | None, Translations | NullTranslations] = {}

    def get_translations(self) -> Translations | NullTranslations:
        chosen = get_locale()
        found = self._read.get(chosen)
        if found is None:
            found = self._read[chosen] = super().get_translations()
        return found


def init_app(app: Flask) -> None:
    Babel(
        app,
        default_locale=CHINESE,
        default_timezone="Asia/Shanghai",
        default_translation_directories="translations",
        locale_selector=lambda: LOCALES[locale()],
    )
    app.before_request(Catalogues().as_default)
    app.jinja_env.globals.update(get_locale=get_locale, gap=gap, is_english=is_english)


def locale() -> str:
    if not has_request_context():
        return CHINESE
    if request.path.startswith("/api/"):
        return ENGLISH if _asks_for_english() else CHINESE
    return ENGLISH if request.cookies.get(COOKIE) == ENGLISH else CHINESE


def said(sentence: Words) -> str:
    """A sentence of the register in the reader's language; Chinese where nobody reads (worker, tests)."""
    if not has_app_context():
        return str(sentence)
    facts = {name: said(fact) if isinstance(fact, Words) else fact for name, fact in sentence.facts.items()}
    translated = str(gettext(sentence.key))
    return translated % facts if facts else translated


def counted(text: str, n: int) -> str:
    """A text with `%(num)s` in it. Chinese has one form; English has two, by the number."""
    return str(ngettext(text, text, n))


def gap() -> str:
    """What stands between a date and a time: nothing in Chinese, a blank in English."""
    return " " if is_english() else ""


def is_english() -> bool:
    return has_app_context() and str(get_locale()) == ENGLISH


def _asks_for_english() -> bool:
    return request.accept_languages.best_match(["zh-CN", "zh", "en"], default="zh-CN") == "en"
