"""Evidence on the work bench: pages to look at, and the file that goes with a refusal or a correction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage, ImmutableMultiDict

from registry import applications
from registry.evidence import Evidence
from registry.evidence_intake import MAX_FILE_BYTES, CleanFile, EvidenceRefused, take_in
from webapp.database import database
from webapp.inbox.blueprint import bp
from webapp.inbox.form import REFUSE, Answer
from webapp.officials import acting
from webapp.refusals import FieldErrors, field_error
from webapp.rights import needs
from webapp.services import services
from workflows.errors import CaseNotFound
from workflows.model import Case


@bp.url_value_preprocessor
def allow_a_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A decision may bring one file. Said here, since the form's token is read before any view runs."""
    if endpoint == "inbox.decide":
        request.max_content_length = MAX_FILE_BYTES + 1024 * 1024


@bp.get("/evidence/<uuid:evidence_id>/pages/<int:number>")
@needs("evidence.read")
def evidence_page(evidence_id: UUID, number: int) -> ResponseReturnValue:
    """One page as a picture, for those who may see the case."""
    found = _visible(evidence_id)
    if not 1 <= number <= found.pages:
        abort(404)
    try:
        data = services().evidence.page(found, number)
    except EvidenceRefused:
        abort(404)
    return _picture(data)


def _visible(evidence_id: UUID) -> Evidence:
    found = database().get(Evidence, evidence_id)
    if found is None or found.case_id is None or database().get(Case, found.case_id) is None:
        raise CaseNotFound
    return found


def _picture(data: bytes) -> Response:
    answer = Response(data, mimetype="image/jpeg")
    answer.headers["Content-Disposition"] = "inline"
    return answer


def cleaned(files: ImmutableMultiDict[str, FileStorage]) -> CleanFile | FieldErrors | None:
    """The file that came with a decision, made anew. Before the database is asked: it may take seconds."""
    upload = files.get("file")
    if upload is None or not upload.filename:
        return None
    try:
        return take_in(upload.read(), upload.filename, upload.mimetype)
    except EvidenceRefused as refused:
        return FieldErrors([field_error("/file", refused.code, _file_words(refused))])


def keep(answer: Answer, file: CleanFile | FieldErrors | None, case_id: UUID) -> None:
    """Store a cleaned file and name it in the decision's fields.

    :raises FieldErrors: if it is not a file we can take.
    """
    if file is None:
        return
    if isinstance(file, FieldErrors):
        raise file
    kept: Evidence = services().evidence.keep(
        database(), file, kind="other", uploaded_by=str(acting().person_id), now=services().clock.now()
    )
    database().flush()
    filed = [] if answer.decision == REFUSE else _filed(case_id)
    answer.fields["evidence"] = [*filed, str(kept.id)]


def _filed(case_id: UUID) -> list[Any]:
    """The evidence the application names now; a correction adds to it."""
    application = applications.latest(database(), case_id)
    return list(application.body.get("evidence", [])) if application else []


def _file_words(refused: EvidenceRefused) -> str:
    if refused.code == "too_large":
        return _("这个文件 %(n)s MB，太大了。请传 10 MB 以内的", n=refused.facts.get("megabytes", ""))
    if refused.code == "wrong_type":
        return _("打不开这种文件，请传照片或 PDF")
    return _("这个文件有问题，不能用。请换一个")
