"""证书验证: a stranger with the paper in hand learns whether it counts (interface.md 5.1).

The address of the QR code holds number and code; typed by hand they are posted, and
the page that follows has that address. Nothing but what the paper itself shows is told.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from documents import register
from registry.organisations import Organisation
from webapp import attempts
from webapp.database import database
from webapp.rights import public
from webapp.services import real_now, services

LOOKS = 60
WITHIN = timedelta(minutes=10)
LONGEST = 60

bp = Blueprint("verify", __name__)


@bp.get("/verify")
@public
def ask() -> ResponseReturnValue:
    """Ask for number and code."""
    return render_template("verify/ask.html", number="", code="")


@bp.post("/verify")
@public
def look_up() -> ResponseReturnValue:
    """The answer for a number and code typed by hand."""
    return _answer(request.form.get("number", ""), request.form.get("code", ""))


@bp.get("/c/<reference>")
@public
def certificate(reference: str) -> ResponseReturnValue:
    """The answer for the address in the QR code: number and code, in capitals or small."""
    number, _dash, code = reference.rpartition("-")
    return _answer(number, code)


def _answer(number: str, code: str) -> ResponseReturnValue:
    number, code = number[:LONGEST].strip(), code[:LONGEST].strip()
    if not attempts.allowed(
        services().sessions, "verify", g.address, limit=LOOKS, within=WITHIN, now=real_now()
    ):
        return render_template("verify/wait.html"), 429
    seen = register.public_view(database(), number, code, services().clock.now())
    if seen is None:
        return render_template("verify/unknown.html", number=number, code=code, focus=True), 404
    phone = database().scalar(select(Organisation.phone).where(Organisation.code == seen.issuer_code))
    title = {
        "valid": _("有效"),
        "expired": _("已过期"),
        "superseded": _("已换发，请看新证"),
        "revoked": _("已撤销，无效"),
    }[seen.state]
    return render_template("verify/certificate.html", seen=seen, heading=title, phone=phone or "")


@bp.after_request
def keep_private(response: Response) -> Response:
    """An address with a code is not kept, and nobody indexes it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
