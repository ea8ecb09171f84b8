"""Whether this process answers, and whether it can do its work."""

from __future__ import annotations

import shutil
from pathlib import Path

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.rights import public
from webapp.services import real_now, services

bp = Blueprint("health", __name__)
FREE_BYTES = 1_000_000_000
WORKER_ALIVE = "worker-alive"
"""The file in the data folder that a worker touches while it works."""
SILENT_SECONDS = 60


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    return jsonify({"status": "ok"})


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """200 when the database answers and the disk has room, else 503 naming what is missing.

    Without a worker people can go on working, and what it owes waits: degraded, not down.
    """
    missing = []
    try:
        with services().reading() as session:
            session.connection().execute(text("SELECT 1"))
    except SQLAlchemyError:
        missing.append("database")
    if shutil.disk_usage(services().settings.data).free < FREE_BYTES:
        missing.append("disk")
    down = bool(missing)
    if not _worker_is_alive(services().settings.data / WORKER_ALIVE):
        missing.append("worker")
    status = "degraded" if missing else "ok"
    return jsonify({"status": status, "missing": missing}), 503 if down else 200


def _worker_is_alive(touched: Path) -> bool:
    try:
        return real_now().timestamp() - touched.stat().st_mtime < SILENT_SECONDS
    except FileNotFoundError:
        return False
