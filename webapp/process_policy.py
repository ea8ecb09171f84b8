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
OWN_DEFAULTS = (policy.NATION, "1")
"""Values of this product where no rule gives one: nobody's rules."""


def versions(session: Session, case: Row[Any]) -> list[tuple[str, str]]:
    """The places and versions whose rules judge a case: in force on the day of filing, the nation's first."""
    in_force = policy.rules(session, case.place, local_date(case.opened_at)).values
    named = (case.process, EVERY_CHANGE)
    found = {(one.place, one.version) for key, one in in_force.items() if key.partition(".")[0] in named}
    return sorted(found - {OWN_DEFAULTS}, key=lambda one: (one[0] != policy.NATION, one))


def of_case(session: Session, case: Row[Any], key: str) -> Value | None:
    """`<process>.<key>`, else `changes.<key>`, at the place, on the day of filing; None where neither is."""
    for process in (case.process, EVERY_CHANGE):
        try:
            return policy.value(session, f"{process}.{key}", case.place, local_date(case.opened_at))
        except PolicyMissing:
            continue
    return None
