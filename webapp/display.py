"""大字版: one switch on every public page, kept in a cookie for a year, without script."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp import redirects
from webapp.rights import public
from webapp.security import csrf
from webapp.services import services

COOKIE = "large"
YEAR = 365 * 24 * 3600

bp = Blueprint("display", __name__)


def init_app(app: Flask) -> None:
    @app.context_processor
    def type_size() -> dict[str, bool]:
        return {"large_type": request.cookies.get(COOKIE) == "1"}


@bp.post("/display")
@csrf.exempt  # type: ignore[untyped-decorator]
@public
def switch() -> ResponseReturnValue:
    """Turn large type on or off and go back to the same page. Worth no token: it changes nothing else."""
    answer = redirect(redirects.relative(request.form.get("back")) or url_for("home.start"), 303)
    if request.form.get("large") == "1":
        answer.set_cookie(
            COOKIE, "1", max_age=YEAR, samesite="Lax", secure=services().settings.secure, httponly=True
        )
    else:
        answer.delete_cookie(COOKIE)
    return answer
