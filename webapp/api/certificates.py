"""Certificates: fetch one, verify one."""

from __future__ import annotations

from flask import Response, abort, g, request
from flask_babel import gettext as _

from webapp.api.answers import rfc3339_or_none, takes_part
from webapp.api.auth import needs
from webapp.api.blueprint import PDF, bp, documented
from webapp.api.schemas import VerdictOut
from webapp.refusals import FieldErrors, field_error
from webapp.rights import public
from webapp.services import services

MOST_BYTES = 5 * 1024 * 1024


@bp.get("/certificates/<string(length=19):number>")
@needs("certificate.read")
@documented("A certificate, for the offices that take part in its case", None)
def read_certificate(number: str) -> Response:
    found = services().documents.find(g.database, number)
    if found is None or not takes_part(g.database, found.case_id, g.actor.office):
        abort(404)
    name = f"attachment; filename={number}.pdf"
    return Response(services().documents.pdf(found), content_type=PDF, headers={"Content-Disposition": name})


@bp.post("/certificates/verify")
@public
@documented("Verify a PDF; the body is the file", VerdictOut, media=PDF, token=False)
def verify_certificate() -> VerdictOut:
    """Whatever comes is judged, under whatever type: what is no certificate is answered so."""
    request.max_content_length = MOST_BYTES
    pdf = request.get_data()
    if not pdf:
        raise FieldErrors([field_error("", "missing", _("还没传文件，请选一个"))])
    with services().reading() as session:
        verdict = services().documents.verify(session, pdf, services().clock.now())
    return VerdictOut(
        valid=verdict.valid,
        number=verdict.number,
        kind=verdict.kind,
        signer=verdict.signer,
        signed_at=rfc3339_or_none(verdict.signed_at),
        revoked=verdict.revoked,
        reasons=list(verdict.reasons),
    )
