"""File an application: held against the register, opened as a case, kept with its evidence.

One transaction, which the caller commits. Used by the parents' pages, the
officials' pages and the HTTP interface alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from pydantic import BaseModel
from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from registry import applications
from registry.evidence import Evidence
from webapp import attempts, tracking_codes
from webapp.processes import Applicant, Prepared, ProcessKind, Violation
from webapp.refusals import FieldErrors, Refused, TooManyTries, field_error
from webapp.register import looks
from webapp.services import Services, real_now
from workflows import cases
from workflows.errors import OpenCaseExists, StartNotAllowed
from workflows.model import Case

WRONG_NAMES_A_DAY = 3
MISMATCH, OPEN_CASE = "R12", "R10"


@dataclass(frozen=True)
class Filed:
    """A case that was opened. The code is told once."""

    case_id: UUID
    number: str
    tracking_code: str
    warnings: tuple[Violation, ...]


def check(
    services: Services,
    session: Session,
    kind: ProcessKind,
    application: BaseModel,
    applicant: Applicant,
    *,
    now: datetime,
) -> Prepared:
    """Hold an application against the register without filing it.

    Raises `StartNotAllowed` for an official of an office that may not start it, and
    `TooManyTries` at the third wrong name for one number in a day.
    """
    key = _tried(application, applicant)
    # Counted before the name is compared, in a transaction of its own, so that a request
    # that fails half-way still counts. One writer at a time: ours has not begun yet.
    session.rollback()
    tried = attempts.tries(services.sessions, *key, within=timedelta(days=1), now=real_now())
    if tried > WRONG_NAMES_A_DAY:
        raise TooManyTries()
    prepared = kind.prepare(session, application, applicant, now)
    mismatch = any(v.code == MISMATCH for v in prepared.violations)
    may_start = applicant.actor is None or applicant.actor.office == prepared.starter_office
    if not mismatch and not (may_start and prepared.may_be_filed):
        _forget(services, session, key)
    if not may_start:
        session.rollback()
        raise StartNotAllowed(process=kind.key)
    if mismatch and tried == WRONG_NAMES_A_DAY:
        raise TooManyTries()
    if prepared.may_be_filed:
        attempts.forget_with(session, *key)
    return prepared


def _tried(application: BaseModel, applicant: Applicant) -> tuple[str, str, str]:
    """What is counted: the numbers whose name somebody tries to guess."""
    return "wrong-name", applicant.asker, str(getattr(application, "student_number", ""))


def _forget(services: Services, session: Session, key: tuple[str, str, str]) -> None:
    """The name was right, whatever else was wrong: no try of a guesser."""
    session.rollback()
    attempts.forget(services.sessions, *key)


def file_application(
    services: Services,
    session: Session,
    process: str,
    application: BaseModel,
    applicant: Applicant,
    *,
    now: datetime,
) -> Filed:
    """Open a case for an application.

    Raises `FieldErrors`, `Refused` (rules, with their codes), `TooManyTries`,
    and what `workflows.cases.open_case` raises; then nothing was filed.
    """
    kind = services.processes[process]
    prepared = check(services, session, kind, application, applicant, now=now)
    if prepared.errors:
        raise FieldErrors(prepared.errors)
    if prepared.violations:
        _note_look(services, prepared, applicant, now)
        raise Refused(prepared.violations)
    try:
        evidence = own_evidence(session, getattr(application, "evidence", []), applicant.asker)
    except FieldErrors:
        _forget(services, session, _tried(application, applicant))
        raise
    case = _opened(services, session, kind, prepared, applicant, now)
    code = tracking_codes.new_code()
    session.connection().execute(
        update(Case).where(Case.id == case.id).values(access_hash=tracking_codes.digest(case.number, code))
    )
    applications.file(session, case.id, application.model_dump(mode="json"), now)
    attach(session, evidence, case.id)
    return Filed(case.id, case.number, code, prepared.warnings)


def _opened(
    services: Services,
    session: Session,
    kind: ProcessKind,
    prepared: Prepared,
    applicant: Applicant,
    now: datetime,
) -> Row[Any]:
    """The case of a check that passed. Raises `Refused` for the loser of a race."""
    try:
        return cases.open_case(
            session,
            services.engine,
            kind.key,
            subject=str(prepared.student_id) if prepared.student_id else None,
            filer=applicant.actor,
            filed_by=applicant.filed_by,
            starter_office=prepared.starter_office,
            place=prepared.place,
            variables=prepared.variables,
            offices=prepared.offices,
            title=prepared.title,
            search=prepared.search,
            summary=prepared.summary,
            now=now,
        )
    except OpenCaseExists as error:
        raise Refused([open_case_violation()]) from error


def _note_look(services: Services, prepared: Prepared, applicant: Applicant, now: datetime) -> None:
    """An official who is told what stands in a child's way has looked at the record.

    In a transaction of its own: the caller's is rolled back. Without the codes, which tell of the child.
    """
    if applicant.actor is None or prepared.student_id is None:
        return
    with services.sessions() as session:
        looks.record(session, prepared.student_id, applicant.actor, "check", _("核对转学条件"), now)
        session.commit()


def open_case_violation() -> Violation:
    """R10, also for the loser of a race."""
    return Violation(
        OPEN_CASE,
        _("孩子还有一件业务没办完"),
        "",
        _("办完或撤回那件，再来提交。不知道是哪件？问原学校。"),
        heading=_("孩子还有一件业务没办完"),
    )


def own_evidence(
    session: Session, ids: Sequence[object], asker: str, at: str = "/evidence"
) -> list[Evidence]:
    """The uploaded files an application names: the asker's own, in none of the cases yet.
    `at` is where the request names them.

    Raises `FieldErrors`.
    """
    wanted = [UUID(str(one)) for one in ids]
    if not wanted:
        return []
    found = {row.id: row for row in session.scalars(select(Evidence).where(Evidence.id.in_(wanted)))}
    errors = [
        field_error(f"{at}/{place}", "evidence_unknown", _("没有这份材料，请重新上传"))
        for place, one in enumerate(wanted)
        if one not in found or found[one].uploaded_by != asker or found[one].case_id is not None
    ]
    if errors:
        raise FieldErrors(errors)
    return [found[one] for one in wanted]


def attach(session: Session, evidence: Sequence[Evidence], case_id: UUID) -> None:
    for one in evidence:
        one.case_id = case_id
    session.flush()
