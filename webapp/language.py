"""Language of the answer: Chinese, or English where the browser asks for it. The source text is Chinese."""

from __future__ import annotations

from flask import Flask, request
from flask_babel import Babel, get_locale

CHINESE, ENGLISH = "zh_Hans_CN", "en"


def init_app(app: Flask) -> None:
    Babel(
        app,
        default_locale=CHINESE,
        default_timezone="Asia/Shanghai",
        default_translation_directories="translations",
        locale_selector=locale,
    )
    app.jinja_env.globals["get_locale"] = get_locale


def locale() -> str:
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"], default="zh-CN")
    return ENGLISH if best == "en" else CHINESE
