"""The first page, and the two questions of machines: alive? ready?"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import text

from webapp.assets_manifest import ICONS
from webapp.rights import public
from webapp.security import limiter
from webapp.services import services

bp = Blueprint("home", __name__)


@bp.get("/")
@public
def start() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("inbox.index"), 303)
    return render_template("public/home.html")


@bp.get("/healthz")
@limiter.exempt
@public
def healthz() -> ResponseReturnValue:
    return {"status": "alive"}


@bp.get("/readyz")
@limiter.exempt
@public
def readyz() -> ResponseReturnValue:
    """Ready when the database answers."""
    with services().sessions() as session:
        session.connection().execute(text("SELECT 1"))
    return {"status": "ready"}


@bp.get("/favicon.svg")
@limiter.exempt
@public
def favicon() -> ResponseReturnValue:
    return send_from_directory(ICONS, "favicon.svg", max_age=86_400)
