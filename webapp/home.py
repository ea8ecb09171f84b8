"""The first page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, send_from_directory, url_for
from flask.typing import ResponseReturnValue

from webapp.assets_manifest import ICONS
from webapp.officials import acting_or_none
from webapp.rights import public
from webapp.security import limiter

bp = Blueprint("home", __name__)


@bp.get("/")
@public
def start() -> ResponseReturnValue:
    if acting_or_none() is not None:
        return redirect(url_for("inbox.index"), 303)
    return render_template("public/home.html")


@bp.get("/favicon.svg")
@limiter.exempt
@public
def favicon() -> ResponseReturnValue:
    return send_from_directory(ICONS, "favicon.svg", max_age=86_400)
