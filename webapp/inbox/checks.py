"""系统核对: an open case, with the student as they are today, held against the rules of its day of filing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from pydantic import ValidationError
from sqlalchemy import Row
from sqlalchemy.orm import Session

from webapp import process_policy
from webapp.processes import Applicant
from webapp.services import services

# The open case itself is no reason against it.
OWN_CASE = "R10"


@dataclass(frozen=True)
class CheckLine:
    """One rule: in words, kept or not, waived or not, with its basis."""

    words: str
    kept: bool
    detail: str = ""
    waived: bool = False


def of_case(session: Session, case: Row[Any], body: Mapping[str, Any]) -> list[CheckLine]:
    """Rules not kept first, then those waived for this ground, then those kept."""
    kind = services().processes.get(case.process)
    if kind is None or case.closed_at is not None or not body:
        return []
    try:
        application = kind.application.model_validate(body)
    except ValidationError:
        return []
    found = kind.prepare(session, application, Applicant("school", "", None), case.opened_at)
    broken = {one.code: one for one in (*found.violations, *found.warnings) if one.code != OWN_CASE}
    waived = {str(one["code"]): one for one in case.summary.get("waived", [])}
    lines = [CheckLine(f"{one.heading or one.message}", False, _basis(one.basis)) for one in broken.values()]
    lines += [_waived(_(str(one["heading"])), str(one["basis"])) for one in waived.values()]
    told = broken.keys() | waived.keys()
    bases = _bases(session, case)
    kept = {code: str(words) for code, words in kind.kept.items() if code not in told}
    return lines + [CheckLine(words, True, _basis(bases.get(code, ""))) for code, words in kept.items()]


def _bases(session: Session, case: Row[Any]) -> Mapping[str, str]:
    """The legal basis of each rule, at the case's place on the day of filing; none where policy is silent."""
    found = process_policy.of_case(session, case, "rule_basis")
    return found.value if found and isinstance(found.value, Mapping) else {}


def _waived(heading: str, basis: str) -> CheckLine:
    return CheckLine(_("%(rule)s（可以不受限）", rule=heading), True, _basis(basis), waived=True)


def _basis(text: str) -> str:
    return _("依据：%(text)s", text=text) if text else ""
