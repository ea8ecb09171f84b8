"""The change of key data as the effect of a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import key_data
from registry.applications import Application
from registry.students import Student
from workflows.engine import Acting, Effect


def change_key_data(session: Session, acting: Acting, now: datetime) -> dict[str, Any]:
    """Check once more, for the application may have been corrected since it was filed; then change.

    A correction may not change other members: they decided which offices look. What the history
    gets are the names of the members, never their values.
    """
    revisions = select(Application).where(Application.case_id == acting.id).order_by(Application.revision)
    asked = [_given(one.body["changes"]) for one in session.scalars(revisions)]
    if not asked[-1].keys() <= asked[0].keys():
        return {"validation": "other_members"}
    student_id = UUID(str(acting.subject))
    wrong = key_data.identity_error(session, session.get_one(Student, student_id), asked[-1])
    if wrong is not None:
        return {"validation": wrong.code}
    changed = key_data.change(session, student_id, asked[-1], case_number=acting.number, now=now)
    return {"validation": "passed", "changed": " ".join(changed)}


def _given(changes: dict[str, Any]) -> dict[str, Any]:
    """The members that an application fills in."""
    return {name: value for name, value in changes.items() if value is not None}


EFFECTS: dict[str, Effect] = {"change_key_data": change_key_data}
