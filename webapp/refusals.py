"""Why something asked for was not done: fields that don't fit, or rules that stand in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from webapp.processes import Violation


class FieldErrors(Exception):
    """Members of the request do not fit. Each error: `pointer`, `code`, `message`."""

    def __init__(self, errors: Sequence[Mapping[str, str]]) -> None:
        super().__init__(", ".join(f"{e['pointer']} {e['code']}" for e in errors))
        self.errors = list(errors)


class Refused(Exception):
    """Rules of the register stand in the way; nothing was filed."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__(", ".join(v.code for v in violations))
        self.violations = list(violations)


class TooManyTries(Exception):
    """Somebody guesses: no more tries for a while."""

    def __init__(self, wait: timedelta = timedelta(minutes=10)) -> None:
        super().__init__(wait)
        self.wait = wait

    @property
    def minutes(self) -> int:
        return int(self.wait.total_seconds() // 60)


def field_error(pointer: str, code: str, message: str) -> dict[str, str]:
    return {"pointer": pointer, "code": code, "message": message}


class NotJson(Exception):
    """The body of a request says of itself that it is no JSON."""
