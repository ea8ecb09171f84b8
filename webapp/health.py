"""Whether this process answers, and whether it can do its work (reliability.md G.3)."""

from __future__ import annotations

import shutil

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.rights import public
from webapp.services import services

bp = Blueprint("health", __name__)
FREE_BYTES = 1_000_000_000


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    return jsonify({"status": "ok"})


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """200 when the database answers and the disk has room, else 503 naming what is missing."""
    missing = []
    try:
        with services().reading() as session:
            session.connection().execute(text("SELECT 1"))
    except SQLAlchemyError:
        missing.append("database")
    if shutil.disk_usage(services().settings.data).free < FREE_BYTES:
        missing.append("disk")
    status = "degraded" if missing else "ok"
    return jsonify({"status": status, "missing": missing}), 503 if missing else 200
