"""What policy says of a case's process: its own value, else the one for every change at a school."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from registry import policy
from registry.errors import PolicyMissing
from registry.policy import Value
from webapp.filters import local_date

EVERY_CHANGE = "changes"


def of_case(session: Session, case: Row[Any], key: str) -> Value | None:
    """`<process>.<key>`, else `changes.<key>`, at the place and on the day of filing; None where neither is."""
    for process in (case.process, EVERY_CHANGE):
        try:
            return policy.value(session, f"{process}.{key}", case.place, local_date(case.opened_at))
        except PolicyMissing:
            continue
    return None
