"""Upload evidence."""

from __future__ import annotations

from flask import Response, abort, g, request
from flask_babel import gettext as _

from registry.evidence_intake import EvidenceRefused, take_in
from webapp.api.auth import needs
from webapp.api.blueprint import bp, documented
from webapp.api.bodies import once
from webapp.api.schemas import EvidenceOut
from webapp.refusals import FieldErrors, field_error
from webapp.services import services

REFUSALS = {"too_large": 413, "wrong_type": 415}
MOST_BYTES = 12 * 1024 * 1024


@bp.post("/evidence")
@needs("evidence.add")
@bp.output(EvidenceOut, 201)
@documented("Upload one file of evidence (multipart: `file`, optional `kind`)")
def upload() -> Response:
    request.max_content_length = MOST_BYTES
    if not request.mimetype == "multipart/form-data":
        abort(415)
    given = request.files.get("file")
    if given is None:
        raise FieldErrors([field_error("/file", "missing", _("还没传文件，请选一个"))])
    data, kind = given.read(), request.form.get("kind", "")[:40]

    def act() -> tuple[EvidenceOut, int]:
        try:
            clean = take_in(data, given.filename or "", given.mimetype or "")
        except EvidenceRefused as refused:
            if refused.code in REFUSALS:
                abort(REFUSALS[refused.code])
            raise FieldErrors(
                [field_error("/file", refused.code, _("打不开这个文件，请换一个"))]
            ) from refused
        kept = services().evidence.keep(
            g.database, clean, kind=kind, uploaded_by=str(g.actor.person_id), now=services().clock.now()
        )
        g.database.flush()
        return EvidenceOut(id=kept.id, sha256=kept.sha256, media_type=kept.media_type), 201

    same = b"\0".join([(given.filename or "").encode("utf-8", "replace"), kind.encode("utf-8", "replace"), data])
    return once(g.database, str(g.actor.person_id), act, same)
