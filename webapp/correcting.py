"""补正: what an office may send back of an application, and what may then be corrected.

The application stays about the same student, school and grade: they decide the
case's offices and its lock, so another one is another case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from pydantic import BaseModel, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.pointers import errors_of
from registry import applications
from webapp import filing
from webapp.processes import ProcessKind
from webapp.refusals import FieldErrors, field_error
from workflows.model import Task

FIXED = frozenset({"student_number", "student_name", "receiving_school", "grade"})


def check_items(session: Session, case_id: UUID, items: Sequence[Mapping[str, str]]) -> None:
    """Each item of a return must point at something that can be corrected. Raises `FieldErrors`."""
    body = _filed(session, case_id)
    errors = [
        field_error(f"/fields/items/{place}/pointer", "not_correctable", _("申请里没有这一项，请重新选择"))
        for place, item in enumerate(items)
        if not _leads_somewhere(body, item["pointer"].strip("/").split("/"))
    ]
    if errors:
        raise FieldErrors(errors)


def of(
    session: Session, kind: ProcessKind, case_id: UUID, fields: Mapping[str, object]
) -> tuple[BaseModel, list[str]]:
    """The application with its corrected members, and pointers to what differs.

    Raises `FieldErrors` for what does not fit, and for what was not sent back.
    """
    before = _filed(session, case_id)
    members = dict(before)
    for name, value in fields.items():
        known = members.get(name)
        members[name] = {**known, **value} if isinstance(known, dict) and isinstance(value, dict) else value
    corrected = [
        pointer for name in fields for pointer in _changed(f"/{name}", before.get(name), members[name])
    ]
    asked = [item["pointer"] for item in returned_items(session, case_id)]
    errors = [
        field_error(f"/fields{pointer}", "not_returned", _("这一项没有退回，不用改"))
        for pointer in corrected
        if not any(_covers(one, pointer) for one in asked)
    ]
    if errors:
        raise FieldErrors(errors)
    try:
        return kind.application.model_validate(members), corrected
    except ValidationError as error:
        raise FieldErrors(errors_of(error, "/fields")) from error


def keep(session: Session, case_id: UUID, application: BaseModel, asker: str, now: datetime) -> None:
    """File the corrected application as the next revision, with its new files. Raises `FieldErrors`."""
    known = set(map(str, _filed(session, case_id).get("evidence", [])))
    fresh = [one for one in getattr(application, "evidence", []) if str(one) not in known]
    filing.attach(session, filing.own_evidence(session, fresh, asker, "/fields/evidence"), case_id)
    applications.file(session, case_id, application.model_dump(mode="json"), now)


def returned_items(session: Session, case_id: UUID) -> list[dict[str, str]]:
    """What the newest return asked to be corrected: pointers into the application, with words."""
    fields = session.connection().scalar(
        select(Task.fields)
        .where(Task.case_id == case_id, Task.decision == "return")
        .order_by(Task.decided_at.desc(), Task.seq.desc())
        .limit(1)
    )
    items: list[dict[str, str]] = (fields or {}).get("items", [])  # type: ignore[assignment]
    return items


def _filed(session: Session, case_id: UUID) -> dict[str, Any]:
    """The application as it stands now."""
    found = applications.latest(session, case_id)
    return dict(found.body) if found else {}


def _leads_somewhere(body: Mapping[str, Any], path: Sequence[str]) -> bool:
    found: object = body
    for part in path:
        if isinstance(found, Mapping) and part in found:
            found = found[part]
        elif isinstance(found, list) and part.isascii() and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            return False
    return path[0] not in FIXED


def _changed(pointer: str, before: object, after: object) -> Iterator[str]:
    """Pointers to the members that differ; a list differs as a whole."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in {**before, **after}:
            yield from _changed(f"{pointer}/{name}", before.get(name), after.get(name))
    elif before != after:
        yield pointer


def _covers(asked: str, pointer: str) -> bool:
    """Whether what was sent back lets this member change; one file of a list lets the list change."""
    return pointer == asked or pointer.startswith(f"{asked}/") or asked.startswith(f"{pointer}/")
