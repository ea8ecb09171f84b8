"""Where engine and register meet: effects, offices, calendar, policy, and the processes on offer.

The only place that may open a session's scope: pre-checks, the office resolver
and effects act in the case's name, not the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import wraps
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from jisui import catalogue as names
from jisui import effects, one_school, transfer
from jisui.database import opened
from registry import calendar, organisations, policy
from registry.organisations import Organisation
from webapp.processes import ProcessKind
from webapp.register import references, seen
from webapp.register.seen import StudentSeen
from workflows.engine import Acting, Effect, Engine
from workflows.lint.catalogue import Catalogue
from workflows.prepared import Prepared

# Asked in each step of a case that goes on to another desk.
PATH_OF = Prepared(select(Organisation.path).where(Organisation.code == bindparam("office")))
POLICY = Prepared(policy.ONE_IN_FORCE)
FOLLOWING = {"archive-handover": "DA", "placement": "AZ"}
"""Cases that only another case opens, and the letters of their numbers."""


def engine() -> Engine:
    """The engine with everything it is handed."""
    wired: dict[str, Effect] = {}
    built = Engine(
        effects=wired,
        calendar=calendar.working_days,
        policy=_policy,
        authority_over=_authority_over,
        office_path=_office_path,
        prefixes={kind.key: kind.letters for kind in processes().values()} | FOLLOWING,
    )
    for name, effect in effects.all_effects(built).items():
        wired[name] = in_the_cases_name(effect)
    return built


def processes() -> Mapping[str, ProcessKind]:
    """What people can start."""
    kinds = [transfer.kind(), *one_school.kinds()]
    return {kind.key: _opening(kind) for kind in kinds}


def in_the_cases_name(effect: Effect) -> Effect:
    """Let an effect reach records of every office; the caller's scope is back afterwards."""

    @wraps(effect)
    def widened(session: Session, acting: Acting, now: datetime) -> Mapping[str, object] | None:
        with opened(session):
            return effect(session, acting, now)

    return widened


def _opening(kind: ProcessKind) -> ProcessKind:
    """A pre-check reads the student's record wherever it lies."""
    prepare: Callable[..., Any] = kind.prepare

    def widened(session: Session, *args: Any) -> Any:
        with opened(session):
            return prepare(session, *args)

    return replace(kind, prepare=widened)


def student_of_case(session: Session, subject: str | None) -> StudentSeen | None:
    """The student of a case, wherever the record lies, as named fields; the caller has found the case."""
    with opened(session):
        return seen.in_scope(session, subject)


def keep_reference(
    session: Session, student_id: UUID, draft_id: UUID | None, codes: Collection[str], now: datetime
) -> str:
    """A refusal that is not explained is kept for the child's school, whichever it is."""
    with opened(session):
        return references.keep(session, student_id, draft_id, codes, now)


def _policy(session: Session, key: str, place: str, on: date) -> object:
    rows = POLICY.all(session.connection(), policy.asked(place, on, key))
    return policy.of_rows(rows, place, on)[key].value


def _authority_over(session: Session, office: str, summary: Mapping[str, object]) -> str:
    above = organisations.authority_over(session, office, str(summary["stage"]))
    return above.code if above else office


def _office_path(session: Session, office: str) -> str:
    path: str | None = PATH_OF.scalar(session.connection(), {"office": office})
    if path is None:
        raise LookupError(f"no organisation {office}")
    return path


def catalogue() -> Catalogue:
    """What diagrams may name; the lint's other half."""
    return names.catalogue(frozenset(engine().effects))
