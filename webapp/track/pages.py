"""查进度: find a case, look at it, its record, its papers."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from forms.fields import Questions
from registry.evidence import Evidence
from registry.evidence_intake import EvidenceRefused
from webapp import tracking_codes
from webapp.database import database
from webapp.refusals import TooManyTries
from webapp.rights import public
from webapp.services import services
from webapp.track import access, closing, corrections, record, urging
from webapp.track.blueprint import bp, opened_case
from webapp.track.view import RETURNED, tracking_view


class FindPage(Questions):
    """Number and code, from the slip."""

    number = StringField(_l("受理号"))
    code = StringField(_l("查询码"))


@bp.route("", methods=["GET", "POST"])
@public
def find() -> ResponseReturnValue:
    """Ask for number and code; the code is never in an address."""
    if request.method == "GET":
        page = FindPage(MultiDict({"number": request.args.get("number", "")[:40]}))
        return _find_page(page)
    page = FindPage(request.form)
    number, code = page.number.data or "", page.code.data or ""
    with services().reading() as session:
        case = access.find(services(), session, number, code, g.address)
    if case is None:
        page.code.errors = (_("受理号或查询码不对，请照回执再看一遍"),)
        return _find_page(page), 422
    access.open_here(case.number)
    return redirect(url_for("track.case", number=case.number), 303)


def _find_page(page: FindPage) -> str:
    wrong = bool(page.code.errors)
    return render_template("track/find.html", form=page, code_length=tracking_codes.LENGTH, page_error=wrong)


@bp.get("/<number>")
@public
def case(number: str) -> ResponseReturnValue:
    """The tracking page: the answer first, then the way, then what one may do."""
    found = opened_case(number)
    now = services().clock.now()
    view = tracking_view(services(), database(), found, now)
    return render_template(
        "track/case.html",
        view=view,
        case=found,
        urging=urging.possible(services(), database(), found, view, now),
        told=request.args.get("told", ""),
        asked_again=view.paper_expected and not view.papers,
        returned=view.state == RETURNED,
        rated=record.rating_of(database(), found.id),
    )


@bp.get("/<number>/paper")
@public
def paper_state(number: str) -> ResponseReturnValue:
    """Is the certificate there? The page asks again by itself while it is being made."""
    found = opened_case(number)
    view = tracking_view(services(), database(), found, services().clock.now())
    if not view.papers and view.paper_expected:
        return "", 204
    answer = Response("", 200)
    answer.headers["HX-Refresh"] = "true"
    return answer


@bp.get("/<number>/papers/<paper_number>")
@public
def paper(number: str, paper_number: str) -> ResponseReturnValue:
    """Download a certificate of the case."""
    found = opened_case(number)
    certificate = closing.paper(database(), found, paper_number)
    if certificate is None:
        abort(404)
    name = f"attachment; filename={certificate.number}.pdf"
    pdf = services().documents.pdf(certificate)
    return Response(pdf, content_type="application/pdf", headers={"Content-Disposition": name})


@bp.get("/<number>/record")
@public
def history(number: str) -> ResponseReturnValue:
    """看全部记录: all that happened, in a family's words."""
    found = opened_case(number)
    return render_template("track/record.html", case=found, entries=record.entries(database(), found))


@bp.get("/<number>/evidence/<uuid:evidence_id>")
@public
def evidence(number: str, evidence_id: object) -> ResponseReturnValue:
    """看原来那张: the first page of a file of the case."""
    found = opened_case(number)
    file = database().get(Evidence, evidence_id)
    if file is None or file.case_id != found.id:
        abort(404)
    try:
        picture = services().evidence.page(file, 1)
    except EvidenceRefused:
        abort(404)
    return Response(picture, content_type="image/jpeg")


@bp.get("/<number>/corrected/<uuid:evidence_id>")
@public
def corrected(number: str, evidence_id: UUID) -> ResponseReturnValue:
    """A new picture that is not handed in yet, beside 看原来那张."""
    found = opened_case(number)
    draft = corrections.draft_of(database(), found.id)
    file = database().get(Evidence, evidence_id)
    if draft is None or file is None or file.uploaded_by != draft.uploader:
        abort(404)
    return Response(services().evidence.page(file, 1), content_type="image/jpeg")


@bp.errorhandler(TooManyTries)
def too_many(error: TooManyTries) -> ResponseReturnValue:
    return render_template("track/wait.html", minutes=error.minutes), 429
