"""Upload evidence."""

from __future__ import annotations

import re

from flask import Response, abort, g, request
from flask_babel import gettext as _

from registry.evidence_intake import MAX_FILE_BYTES, EvidenceRefused, take_in
from webapp.api.auth import needs
from webapp.api.blueprint import MULTIPART, bp, documented
from webapp.api.bodies import once
from webapp.api.schemas import EvidenceOut
from webapp.refusals import FieldErrors, field_error
from webapp.services import services

REFUSALS = {"too_large": 413, "wrong_type": 415}
MOST_BYTES = MAX_FILE_BYTES + 64 * 1024
KIND = re.compile(r"[a-z_]{0,40}")


@bp.post("/evidence")
@needs("evidence.add")
@documented("Upload one file of evidence", EvidenceOut, status=201, media=MULTIPART)
def upload() -> Response:
    request.max_content_length = MOST_BYTES
    if request.mimetype != MULTIPART:
        abort(415)
    given, kind = request.files.get("file"), request.form.get("kind", "")
    if given is None:
        raise FieldErrors([field_error("/file", "missing", _("还没传文件，请选一个"))])
    if not KIND.fullmatch(kind):
        raise FieldErrors([field_error("/kind", "unknown", _("没有这个选项，请选一个"))])
    data, name = given.read(), given.filename or ""

    def act() -> tuple[EvidenceOut, int]:
        try:
            clean = take_in(data, name, given.mimetype or "")
        except EvidenceRefused as refused:
            if refused.code in REFUSALS:
                abort(REFUSALS[refused.code])
            wrong = field_error("/file", refused.code, _("打不开这个文件，请换一个"))
            raise FieldErrors([wrong]) from refused
        kept = services().evidence.keep(
            g.database, clean, kind=kind, uploaded_by=str(g.actor.person_id), now=services().clock.now()
        )
        g.database.flush()
        return EvidenceOut(id=kept.id, sha256=kept.sha256, media_type=kept.media_type), 201

    same = b"\0".join([name.encode("utf-8", "surrogatepass"), kind.encode(), data])
    return once(g.database, g.actor, act, same)
