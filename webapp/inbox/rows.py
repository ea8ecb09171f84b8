"""What a list shows of a task or a case: plain values, names instead of codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.organisations import Organisation
from webapp.inbox import told
from webapp.inbox.meant import Meant
from webapp.inbox.told import Told
from webapp.inbox.words import FOLLOW_UPS
from webapp.services import services
from webapp.wording import Deadline, deadline
from workflows.engine import Calendar
from workflows.model import Actor, Case, Clock, Task
from workflows.notices import Notice
from workflows.tasks import is_held


@dataclass(frozen=True)
class Row:
    """One line of a list. `href` is where the case number leads."""

    id: UUID
    href: str
    number: str
    process: str
    student: str
    grade: int | None
    way: tuple[str, ...]
    step: str
    at: Deadline
    holder: str
    is_mine: bool
    since: datetime | None
    mark: str = ""
    may_hold: bool = False
    """Whether the caller's role may hold the task, and nobody else does."""
    process_key: str = ""
    told: Told | None = None
    meant_for: Meant | None = None


def of_task(
    task: Task, actor: Actor, calendar: Calendar, now: datetime, meant_for: Meant | None = None
) -> Row:
    """`meant_for`: whose turn it is among the colleagues."""
    held = is_held(task, now)
    return Row(
        id=task.id,
        href=url_for("inbox.task", task_id=task.id),
        step=task.name,
        at=deadline(task.due_at, now, calendar),
        holder=(task.claimed_by_name or "") if held else "",
        is_mine=held and task.claimed_by == actor.person_id,
        since=task.opened_at,
        may_hold=task.role == actor.role and (not held or task.claimed_by == actor.person_id),
        meant_for=meant_for,
        **_case(task.case),
    )


def of_decided(task: Task) -> Row:
    return Row(
        id=task.id,
        href=url_for("inbox.task", task_id=task.id),
        step=task.name,
        at=Deadline("none"),
        holder=task.decided_by_name or _("家长"),
        is_mine=False,
        since=task.decided_at,
        mark=task.decision or "",
        **_case(task.case),
    )


def of_case(case: Case, clock: Clock | None, calendar: Calendar, now: datetime) -> Row:
    return Row(
        id=case.id,
        href=url_for("inbox.case", number=case.number),
        step="",
        at=deadline(clock.due_at, now, calendar, clock) if clock else Deadline("none"),
        holder="",
        is_mine=False,
        since=case.opened_at,
        mark=case.status,
        **_case(case),
    )


def of_notice(notice: Notice, case: Case, names: Mapping[str, str]) -> Row:
    return Row(
        id=notice.id,
        href=url_for("inbox.read_notice", notice_id=notice.id),
        step="",
        at=Deadline("none"),
        holder="",
        is_mine=False,
        since=notice.at,
        told=told.of_notice(notice, names),
        **_case(case),
    )


def process_name(key: str) -> str:
    kind = services().processes.get(key)
    return _(kind.name) if kind is not None else str(FOLLOW_UPS.get(key, key))


def office_names(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """Names of organisations, for codes."""
    wanted = {code for code in codes if code}
    if not wanted:
        return {}
    rows = session.execute(select(Organisation.code, Organisation.name).where(Organisation.code.in_(wanted)))
    return {row.code: row.name for row in rows}


def way_of(summary: Mapping[str, Any]) -> tuple[str, ...]:
    """From which office to which, as far as the summary tells."""
    ends: Sequence[Any] = (summary.get("from"), summary.get("to"), summary.get("school"))
    return tuple(str(end["name"]) for end in ends if isinstance(end, dict) and end.get("name"))


def _case(case: Case) -> dict[str, Any]:
    quiet = bool(case.summary.get("quiet"))
    grade = case.summary.get("grade")
    return {
        "number": case.number,
        "process_key": case.process,
        "process": process_name(case.process),
        "student": _("（不显示）") if quiet else case.title,
        "grade": grade if isinstance(grade, int) and not quiet else None,
        "way": way_of(case.summary),
    }
