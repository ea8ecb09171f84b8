"""继续补正: only the named fields and files open; 提交补正 when all are done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Row
from werkzeug.datastructures import FileStorage

from forms import checks
from forms.transfer import GROUNDS, RELATIONS
from registry.evidence import Evidence
from registry.evidence_intake import MAX_FILE_BYTES, CleanFile, EvidenceRefused, take_in
from webapp import deciding, phone_codes
from webapp.apply import drafts, uploads
from webapp.apply.drafts import Draft
from webapp.database import database
from webapp.refusals import FieldErrors
from webapp.rights import public
from webapp.services import services
from webapp.track import asking, corrections, reaching
from webapp.track.blueprint import bp, opened_case
from webapp.track.corrections import Item
from webapp.track.view import RETURNED, TrackingView, tracking_view
from workflows.model import Decision

PLAIN_FORM_BYTES = 62 * 1024 * 1024
PURPOSE = "correct"
PHONE = "/guardian/phone"
LONGEST = 300
Errors = dict[str, str]


@bp.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """New pictures make a form large. Said here, since the form's token is read before any view runs."""
    if endpoint == "track.correct":
        request.max_content_length = PLAIN_FORM_BYTES


@bp.route("/<number>/correct", methods=["GET", "POST"])
@public
def correct(number: str) -> ResponseReturnValue:
    """Show what is to be corrected, keep what is done, hand it in."""
    case = opened_case(number)
    view = tracking_view(services(), database(), case, services().clock.now())
    if view.state != RETURNED or view.task_id is None:
        return redirect(url_for("track.case", number=case.number), 303)
    if request.method == "GET":
        return _page(case, view, {})
    database().rollback()
    cleaned, errors = _clean(view.items)
    _keep(case, view.items, cleaned, errors)
    view = tracking_view(services(), database(), case, services().clock.now())
    if errors or "send" not in request.form:
        return (_page(case, view, errors), 422) if errors else _back(case)
    for item in view.items:
        if not item.done:
            errors[item.pointer] = _("这一样还没补，请补上")
    errors |= _phone_errors(view)
    if not errors and "code" not in request.form and phone_codes.can_send(services()):
        return _page(case, view, {})  # all is done: now the telephone is asked
    if not errors and view.task_id is not None:
        errors = _hand_in(case, view, view.task_id)
    if errors:
        return _page(case, view, errors), 422
    return redirect(url_for("track.case", number=case.number, told="corrected"), 303)


def _clean(items: tuple[Item, ...]) -> tuple[dict[str, CleanFile], Errors]:
    """Take the new files in, before the database is written to."""
    cleaned: dict[str, CleanFile] = {}
    errors: Errors = {}
    for item in items:
        file: FileStorage | None = request.files.get(f"file:{item.pointer}")
        if not item.is_file or file is None or not file.filename:
            continue
        try:
            data = file.stream.read(MAX_FILE_BYTES + 1)
            cleaned[item.pointer] = take_in(data, file.filename, file.mimetype)
        except EvidenceRefused as refused:
            errors[item.pointer] = uploads.words(refused)
    return cleaned, errors


def _keep(case: Row[Any], items: tuple[Item, ...], cleaned: dict[str, CleanFile], errors: Errors) -> None:
    """Keep what was corrected, so that one may go on later."""
    now = services().clock.now()
    draft = corrections.draft_for(database(), case.id, now)
    for item in items:
        if item.pointer in cleaned:
            _keep_file(draft, item, cleaned[item.pointer], errors)
        elif not item.is_file:
            typed = request.form.get(f"fix:{item.pointer}", "").strip()[:LONGEST]
            if typed:
                corrections.keep(draft, item.pointer, typed)
    database().commit()


def _keep_file(draft: Draft, item: Item, file: CleanFile, errors: Errors) -> None:
    old = database().get(Evidence, UUID(item.old)) if item.old else None
    kind = old.kind if old is not None else ""
    replaced = database().get(Evidence, UUID(item.new)) if item.new else None
    if replaced is not None and replaced.case_id is None:
        services().evidence.discard(database(), replaced)
    try:
        kept = uploads.keep(database(), services().evidence, draft, file, kind, services().clock.now())
    except EvidenceRefused as refused:
        errors[item.pointer] = uploads.words(refused)
        return
    corrections.keep(draft, item.pointer, str(kept.id), kept.given_name)


def _phone_errors(view: TrackingView) -> Errors:
    """What is wrong with a corrected telephone: told before a code is sent to it."""
    try:
        _new_phone(view)
    except checks.Wrong as wrong:
        return {PHONE: str(_(wrong.message) % wrong.facts)}
    return {}


def _new_phone(view: TrackingView) -> str:
    """The telephone the family gives for one the office could not reach; empty if none was asked for."""
    given = next((item.value for item in view.items if item.pointer == PHONE and item.done), "")
    return checks.phone(given) if given else ""


def _hand_in(case: Row[Any], view: TrackingView, task_id: UUID) -> Errors:
    """Check the telephone, then complete the open task of the correction.

    A corrected telephone is the one to be checked: the office found that the other does not answer.
    """
    before, new = asking.phone_of(database(), case), _new_phone(view)
    phone = new or before
    database().rollback()
    wrong_code = asking.code_error(phone, f"{PURPOSE}:{case.number}", request.form.get("code", ""))
    if wrong_code:
        return {"code": wrong_code}
    draft = corrections.draft_for(database(), case.id, services().clock.now())
    fields = corrections.fields(database(), case, draft)
    try:
        deciding.decide(
            services(),
            database(),
            task_id,
            None,
            Decision("resubmit", fields=fields),
            now=services().clock.now(),
            asker=draft.uploader,
        )
    except FieldErrors as wrong:
        database().rollback()
        return {error["pointer"].removeprefix("/fields"): error["message"] for error in wrong.errors}
    drafts.forget(database(), draft)
    if new and new != before:
        confirmed = (reaching.NEW,) if phone_codes.can_send(services()) else ()
        reaching.move_to(case.id, new, services().clock.now(), confirmed=confirmed)
    database().commit()
    return {}


def _back(case: Row[Any]) -> ResponseReturnValue:
    return redirect(url_for("track.correct", number=case.number), 303)


def _page(case: Row[Any], view: TrackingView, errors: Errors) -> str:
    all_done = all(item.done for item in view.items) and not _phone_errors(view)
    phone, shown = "", None
    if all_done and phone_codes.can_send(services()):
        phone = _new_phone(view) or asking.phone_of(database(), case)
    if phone:
        database().rollback()
        shown = asking.code_on_its_way(phone, f"{PURPOSE}:{case.number}")
    return render_template(
        "track/correct.html",
        view=view,
        errors=errors,
        phone=phone,
        shown=shown,
        grounds=[(value, label) for value, label, _what in GROUNDS],
        relations=RELATIONS,
        page_error=bool(errors),
    )
