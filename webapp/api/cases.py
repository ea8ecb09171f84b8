"""Cases: open, look, withdraw."""

from __future__ import annotations

from flask import Response, g
from flask_babel import gettext as _
from pydantic import BaseModel

from webapp import filing
from webapp.api.answers import case_answer, takes_part, violation
from webapp.api.auth import needs
from webapp.api.blueprint import bp, documented
from webapp.api.bodies import once, parsed, validated
from webapp.api.requests import NewCase, Withdrawal
from webapp.api.schemas import CaseOut, FiledOut
from webapp.processes import Applicant, ProcessKind
from webapp.refusals import FieldErrors, field_error
from webapp.services import services
from workflows import cases
from workflows.errors import CaseNotFound

APPLICATION = "/application"


@bp.post("/cases")
@needs("case.open")
@documented("Open a case for an application", FiledOut, status=201, body=NewCase)
def open_case() -> Response:
    body = parsed(NewCase)
    kind = services().processes.get(body.process)
    if kind is None:
        raise FieldErrors([field_error("/process", "unknown", _("没有这项业务，请看一看地址对不对"))])
    application = validated(kind.application, body.application, APPLICATION)
    return once(g.database, g.actor, lambda: (_filed(kind, application), 201))


def _filed(kind: ProcessKind, application: BaseModel) -> FiledOut:
    applicant = Applicant("school", str(g.actor.person_id), g.actor)
    now = services().clock.now()
    try:
        filed = filing.file_application(services(), g.database, kind.key, application, applicant, now=now)
    except FieldErrors as wrong:
        errors = [{**error, "pointer": APPLICATION + error["pointer"]} for error in wrong.errors]
        raise FieldErrors(errors) from wrong
    seen = case_answer(g.database, filed.case_id, g.actor.office).model_dump()
    warnings = [violation(warning) for warning in filed.warnings]
    return FiledOut(**seen, tracking_code=filed.tracking_code, warnings=warnings)


@bp.get("/cases/<number>")
@needs("case.read")
@documented("A case, for the offices that take part", CaseOut)
def read_case(number: str) -> CaseOut:
    found = cases.by_number(g.database, number)
    if found is None or not takes_part(g.database, found.id, g.actor.office):
        raise CaseNotFound()
    return case_answer(g.database, found.id, g.actor.office)


@bp.post("/cases/<number>/withdraw")
@needs("case.withdraw")
@documented("Withdraw a case; only the office that started it", CaseOut, body=Withdrawal, refuses=(409,))
def withdraw_case(number: str) -> Response:
    row = cases.by_number(g.database, number)
    if row is None or not takes_part(g.database, row.id, g.actor.office):
        raise CaseNotFound()
    reason = parsed(Withdrawal).reason

    def act() -> tuple[CaseOut, int]:
        now = services().clock.now()
        cases.withdraw(g.database, services().engine, row.id, g.actor, reason, now=now)
        return case_answer(g.database, row.id, g.actor.office), 200

    return once(g.database, g.actor, act)
