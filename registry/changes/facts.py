"""What the demands look at: the student, what is asked, on which day, by which policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from registry.organisations import Organisation, SchoolStage
from registry.policy import Rules, Value
from registry.students import Student, StudentRecord


@dataclass(frozen=True)
class Facts:
    """An application of `process` (its key; `name` its words) for a student of `school`.

    `session` sees the whole register: it answers what concerns other students too, and never whom.
    """

    session: Session
    process: str
    name: str
    student: Student
    record: StudentRecord
    school: Organisation
    stage: SchoolStage
    asked: Mapping[str, Any]
    today: date
    policy: Rules
    has_open_case: bool

    def rule(self, key: str) -> Value:
        """The policy of this process: `block` of a suspension is `suspension.block`."""
        return self.policy[f"{self.process}.{key}"]

    def basis(self, code: str) -> str:
        """The legal basis of a rule, by its code."""
        return str(self.policy["changes.rule_basis"].value[code])
