"""存下当前筛选, and forget it again."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.database import database
from webapp.inbox import lists, saved
from webapp.inbox.blueprint import bp
from webapp.officials import acting
from webapp.rights import needs
from webapp.services import services


@bp.post("/inbox/filters")
@needs("inbox.read")
def save_filter() -> ResponseReturnValue:
    """Keep what the address asks for under a name."""
    wanted = lists.asked(request)
    name = lists.printable(request.form.get("name", "")).strip()[: saved.LONGEST_NAME]
    query = urlencode(lists.query(wanted))
    if name and query and len(query) <= 400:
        shared = request.form.get("shared") == "y"
        saved.keep(database(), acting(), name, query, shared=shared, now=services().clock.now())
        database().commit()
    else:
        flash(_("筛选没有存下，请写一个名字"))
    return redirect(lists.address(wanted), 303)


@bp.post("/inbox/filters/<uuid:filter_id>/forget")
@needs("inbox.read")
def forget_filter(filter_id: UUID) -> ResponseReturnValue:
    if saved.forget(database(), acting(), filter_id):
        database().commit()
    return redirect(lists.address(lists.asked(request)), 303)
