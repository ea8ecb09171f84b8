"""Step 4: the proofs. Without script one form takes several files; with it each file goes by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from registry.evidence import Evidence
from registry.evidence_intake import MAX_FILE_BYTES, CleanFile, EvidenceRefused, take_in
from webapp.apply import drafts, slots, uploads
from webapp.apply.blueprint import TO_CHECK, Place, address, bp, came_from_check, current
from webapp.apply.drafts import Draft
from webapp.apply.questions import today
from webapp.apply.slots import Slot
from webapp.database import database
from webapp.filters import size as in_size
from webapp.rights import public
from webapp.services import services

PLAIN_FORM_BYTES = 62 * 1024 * 1024
Errors = dict[str, str]


@bp.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """The plain form may be large. Said here, since the form's token is read before any view runs."""
    if endpoint == "apply.evidence":
        request.max_content_length = PLAIN_FORM_BYTES


@bp.route("/transfer/evidence", methods=["GET", "POST"])
@public
def evidence() -> ResponseReturnValue:
    draft = current()
    if draft is None or "reason" not in draft.answers:
        return redirect(address("reason" if draft else "student"), 303)
    if request.method == "GET":
        return _page(draft, {})
    cleaned, errors = _clean_all()
    draft = _mine()
    known = slots.of(draft.answers, today(), database())
    for kind, file in cleaned:
        if kind in {slot.kind for slot in known}:
            try:
                uploads.keep(database(), services().evidence, draft, file, kind, services().clock.now())
            except EvidenceRefused as refused:
                errors[kind] = uploads.words(refused)
    slots.sort_in(database(), draft, known)
    answer = slots.listed(database(), draft)
    if "continue" in request.form:
        # The last file may come in while one goes on; step 6 waits for it.
        coming = request.form.getlist("coming") if answer else []
        drafts.remember(draft, **{slots.COMING: [slot.kind for slot in known if slot.kind in coming]})
        for slot in slots.missing(known, draft.answers | {"evidence": answer}):
            errors.setdefault(slot.kind, _("还没传%(name)s，请拍照或选文件", name=slot.name))
    if not errors and "continue" in request.form:
        drafts.accept(draft, "evidence", answer, services().clock.now())
    database().commit()
    if errors:
        return _page(draft, errors), 422
    here = url_for("apply.evidence", **(TO_CHECK if came_from_check() else {}))
    return redirect(Place("evidence").onward if "continue" in request.form else here, 303)


@bp.post("/transfer/evidence/<kind>/pieces")
@public
def piece(kind: str) -> ResponseReturnValue:
    """One piece of a file from the script; the answer to the last tells how it went."""
    draft = _mine()
    sending, number = _sending()
    part = request.get_data()
    if len(part) > uploads.PIECE_BYTES:
        abort(413)
    if kind not in {slot.kind for slot in slots.of(draft.answers, today(), database())}:
        abort(404)
    uploads.put(database(), draft, sending, number, part, services().clock.now())
    body = uploads.whole(database(), draft, sending)
    database().commit()
    if body is None:
        return "", 204
    name, declared = request.args.get("name", ""), request.args.get("type", "")
    try:
        file = take_in(body, name, declared)
        draft = _mine()
        kept = uploads.keep(database(), services().evidence, draft, file, kind, services().clock.now())
    except EvidenceRefused as refused:
        database().rollback()
        return {"message": uploads.words(refused), "code": refused.code}, 422
    database().commit()
    hint = _("照片有点糊，建议重拍。也可以先用这张") if file.blurry else ""
    return _told(kept) | {"hint": hint}, 201


@bp.get("/transfer/evidence/pieces/<uuid:upload>")
@public
def pieces(upload: UUID) -> ResponseReturnValue:
    """What of a file is here already."""
    draft = current()
    return {"have": uploads.have(database(), draft, upload) if draft else []}


@bp.post("/transfer/evidence/<uuid:evidence_id>/remove")
@public
def remove(evidence_id: UUID) -> ResponseReturnValue:
    draft = _mine()
    found = database().get(Evidence, evidence_id)
    if found is not None and found.uploaded_by == draft.uploader and found.case_id is None:
        services().evidence.discard(database(), found)
        database().commit()
    if request.headers.get("X-Requested-With"):
        return "", 204
    return redirect(url_for("apply.evidence", **(TO_CHECK if came_from_check() else {})), 303)


@bp.get("/transfer/evidence/<uuid:evidence_id>/picture")
@public
def picture(evidence_id: UUID) -> ResponseReturnValue:
    """The first page of an own file, to look at."""
    draft = current()
    found = database().get(Evidence, evidence_id)
    if draft is None or found is None or found.uploaded_by != draft.uploader:
        abort(404)
    answer = make_response(services().evidence.page(found, 1))
    answer.headers["Content-Type"] = "image/jpeg"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _mine() -> Draft:
    draft = current(lock=True)
    if draft is None or draft.case_id is not None:
        abort(404)
    return draft


def _clean_all() -> tuple[list[tuple[str, CleanFile]], Errors]:
    """Clean every file of the plain form, before the database is written to."""
    cleaned: list[tuple[str, CleanFile]] = []
    errors: Errors = {}
    for kind, file in _posted():
        try:
            data = file.stream.read(MAX_FILE_BYTES + 1)
            cleaned.append((kind, take_in(data, file.filename or "", file.mimetype)))
        except EvidenceRefused as refused:
            errors[kind] = uploads.words(refused)
    return cleaned, errors


def _posted() -> Iterator[tuple[str, FileStorage]]:
    for name, file in request.files.items(multi=True):
        if file.filename:
            yield name.removeprefix("files-"), file


def _sending() -> tuple[uploads.Sending, int]:
    try:
        number, pieces_all = int(request.args["piece"]), int(request.args["of"])
        upload = UUID(request.args["upload"])
    except (KeyError, ValueError):
        abort(400)
    if not 0 <= number < pieces_all <= uploads.MOST_PIECES:
        abort(413)
    return uploads.Sending(upload, pieces_all), number


def _told(kept: Evidence) -> dict[str, Any]:
    return {
        "id": str(kept.id),
        "name": kept.given_name,
        "size": in_size(kept.size),
        "pages": kept.pages,
        "remove": url_for("apply.remove", evidence_id=kept.id),
        "picture": url_for("apply.picture", evidence_id=kept.id),
    }


def _page(draft: Draft, errors: Errors) -> str:
    known: list[Slot] = slots.of(draft.answers, today(), database())
    there = slots.files(database(), draft)
    moved = [row for kind, rows in there.items() if kind not in {s.kind for s in known} for row in rows]
    return render_template(
        "apply/evidence.html",
        place=Place("evidence"),
        draft=draft,
        slots=known,
        files=there | {slots.OTHER: there.get(slots.OTHER, []) + moved},
        moved=moved,
        errors=errors,
        most=MAX_FILE_BYTES // 1024 // 1024,
        piece_bytes=uploads.PIECE_BYTES,
        page_error=bool(errors),
    )
