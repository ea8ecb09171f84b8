"""证书验证: a stranger with the paper in hand learns whether it counts.

The address of the QR code holds number and code; typed by hand they are posted, and
the page that follows has that address. Nothing but what the paper itself shows is told.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from documents import register
from documents.numbering import read_number
from documents.wording import grouped_number
from registry.organisations import Organisation
from webapp import attempts
from webapp.rights import public
from webapp.services import real_now, services
from webapp.wording import CERTIFICATE

LOOKS, WITHIN = 60, timedelta(minutes=10)
WRONG_CODES, A_DAY = 10, timedelta(days=1)
"""For one number from one address: a stranger shall not be able to lock out whoever holds the paper."""
LONGEST = 60

HEADINGS = {
    "valid": _l("有效"),
    "expired": _l("已过期"),
    "superseded": _l("已换发，请看新证"),
    "revoked": _l("已撤销，无效"),
}

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
    if not _may_ask(number):
        return render_template("verify/wait.html"), 429, {"Retry-After": f"{WITHIN.total_seconds():.0f}"}
    with services().reading() as session:
        seen = register.public_view(session, number, code, services().clock.now())
        issuer = select(Organisation.phone).where(Organisation.code == (seen.issuer_code if seen else ""))
        phone = session.scalar(issuer)
    if seen is None:
        return render_template("verify/unknown.html", number=number, code=code), 404
    attempts.forget(services().sessions, "verify-code", g.address, read_number(number))
    return render_template(
        "verify/certificate.html",
        seen=seen,
        number=grouped_number(seen.number),
        heading=HEADINGS[seen.state],
        mark=CERTIFICATE[seen.state],
        phone=phone or "",
    )


def _may_ask(number: str) -> bool:
    """Count the question before the code is compared: for this address, and for this number from it.

    Known numbers and unknown ones are counted alike, so that the counting tells nothing.
    """
    sessions, now = services().sessions, real_now()
    if not attempts.allowed(sessions, "verify", g.address, limit=LOOKS, within=WITHIN, now=now):
        return False
    named = g.address, read_number(number)
    return attempts.allowed(sessions, "verify-code", *named, limit=WRONG_CODES, within=A_DAY, now=now)


@bp.after_request
def keep_private(response: Response) -> Response:
    """An address with a code is not kept, and nobody indexes it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
