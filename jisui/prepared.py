"""What the register found, in the words of the web."""

from __future__ import annotations

from registry.students import Student, is_guardian_phone
from registry.violations import FieldError
from registry.violations import Violation as RuleBroken
from webapp.language import said
from webapp.processes import Applicant, Violation


def is_confirmed(student: Student | None, applicant: Applicant) -> bool:
    """Whether the one who asks may be told about the child: an official, or a guardian the school knows."""
    if applicant.actor is not None:
        return True
    if student is None or student.quiet or not applicant.confirmed_phone:
        return False
    return is_guardian_phone(student, applicant.confirmed_phone)


def violation(rule: RuleBroken) -> Violation:
    return Violation(
        rule.code,
        said(rule.message),
        rule.basis,
        said(rule.remedy),
        heading=said(rule.heading),
        details=rule.details,
        private=rule.private,
    )


def error(found: FieldError) -> dict[str, str]:
    return {"pointer": found.pointer, "code": found.code, "message": said(found.message)}
