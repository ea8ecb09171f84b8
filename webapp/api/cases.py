"""Cases: open, look, withdraw."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g
from sqlalchemy import select

from webapp import filing
from webapp.api.answers import case_answer, violation
from webapp.api.auth import needs
from webapp.api.blueprint import bp, documented
from webapp.api.bodies import once, parsed, validated
from webapp.api.schemas import CaseOut, FiledOut, NewCase, Withdrawal
from webapp.processes import Applicant
from webapp.services import services
from workflows import cases
from workflows.errors import CaseNotFound, ProcessNotFound
from workflows.model import Case


@bp.post("/cases")
@needs("case.open")
@bp.input(NewCase, validation=False)
@bp.output(FiledOut, 201)
@documented("Open a case for an application")
def open_case(**_ignored: Any) -> Response:
    body = parsed(NewCase)
    kind = services().processes.get(body.process)
    if kind is None:
        raise ProcessNotFound(process=body.process)
    application = validated(kind.application, body.application, "/application")
    asker = str(g.actor.person_id)

    def act() -> tuple[FiledOut, int]:
        applicant = Applicant("school", asker, g.actor)
        filed = filing.file_application(
            services(), g.database, kind.key, application, applicant, now=services().clock.now()
        )
        seen = case_answer(g.database, filed.case_id, g.actor.office).model_dump()
        answer = FiledOut(
            **seen, tracking_code=filed.tracking_code, warnings=[violation(w) for w in filed.warnings]
        )
        return answer, 201

    return once(g.database, asker, act)


@bp.get("/cases/<number>")
@needs("case.read")
@bp.output(CaseOut)
@documented("A case, for the offices that take part")
def read_case(number: str) -> CaseOut:
    found = g.database.scalar(select(Case).where(Case.number == number))
    if found is None:
        raise CaseNotFound()
    return case_answer(g.database, found.id, g.actor.office)


@bp.post("/cases/<number>/withdraw")
@needs("case.withdraw")
@bp.input(Withdrawal, validation=False)
@bp.output(CaseOut)
@documented("Withdraw an open case; only the office that started it")
def withdraw_case(number: str, **_ignored: Any) -> Response:
    body = parsed(Withdrawal)
    row = cases.by_number(g.database, number)
    if row is None:
        abort(404)

    def act() -> tuple[CaseOut, int]:
        cases.withdraw(
            g.database, services().engine, row.id, g.actor, body.reason, now=services().clock.now()
        )
        return case_answer(g.database, row.id, g.actor.office), 200

    return once(g.database, str(g.actor.person_id), act)
