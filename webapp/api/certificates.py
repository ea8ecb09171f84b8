"""Certificates: fetch one, verify one."""

from __future__ import annotations

from flask import Response, abort, g, request

from webapp.api.answers import rfc3339
from webapp.api.auth import needs
from webapp.api.blueprint import bp, documented
from webapp.api.schemas import VerdictOut
from webapp.database import database
from webapp.rights import public
from webapp.services import services
from workflows import cases

MOST_BYTES = 5 * 1024 * 1024
PDF = "application/pdf"


@bp.get("/certificates/<number>")
@needs("certificate.read")
@bp.doc(responses={200: {"description": "The PDF", "content": {PDF: {}}}})
@documented("A certificate, for the offices that take part in its case")
def read_certificate(number: str) -> Response:
    found = services().documents.find(g.database, number)
    if found is None or not cases.is_visible(g.database, found.case_id):
        abort(404)
    name = f"attachment; filename={number}.pdf"
    return Response(services().documents.pdf(found), content_type=PDF, headers={"Content-Disposition": name})


@bp.post("/certificates/verify")
@public
@bp.output(VerdictOut)
@documented("Verify a PDF (the body is the file); no token needed", token=False)
def verify_certificate() -> VerdictOut:
    request.max_content_length = MOST_BYTES
    verdict = services().documents.verify(database(), request.get_data(), services().clock.now())
    return VerdictOut(
        valid=verdict.valid,
        number=verdict.number,
        kind=verdict.kind,
        signer=verdict.signer,
        signed_at=rfc3339(verdict.signed_at),
        revoked=verdict.revoked,
        reasons=list(verdict.reasons),
    )
