"""大字版 and the language: a switch each on every page, kept in a cookie for a year, without script."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from webapp import language, redirects
from webapp.rights import public
from webapp.security import csrf
from webapp.services import services

LARGE = "large"
YEAR = 365 * 24 * 3600

bp = Blueprint("display", __name__)


def init_app(app: Flask) -> None:
    @app.context_processor
    def type_size() -> dict[str, bool]:
        return {"large_type": request.cookies.get(LARGE) == "1"}


@bp.post("/display")
@csrf.exempt  # type: ignore[untyped-decorator]
@public
def switch() -> ResponseReturnValue:
    """Turn large type on or off and go back to the same page. Worth no token: it changes nothing else."""
    if request.form.get("large") == "1":
        return _kept(LARGE, "1")
    answer = _back()
    answer.delete_cookie(LARGE)
    return answer


@bp.post("/language")
@csrf.exempt  # type: ignore[untyped-decorator]
@public
def switch_language() -> ResponseReturnValue:
    """English or Chinese from now on, and back to the same page."""
    english = request.form.get("language") == language.ENGLISH
    return _kept(language.COOKIE, language.ENGLISH if english else language.CHINESE)


def _kept(cookie: str, value: str) -> Response:
    answer = _back()
    answer.set_cookie(
        cookie, value, max_age=YEAR, samesite="Lax", secure=services().settings.secure, httponly=True
    )
    return answer


def _back() -> Response:
    return redirect(redirects.relative(request.form.get("back")) or url_for("home.start"), 303)
