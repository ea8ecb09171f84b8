"""What stands in the way of an application: a rule that is not kept, a member that cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.reasons import CATALOGUE
from registry.words import Words


@dataclass(frozen=True)
class Violation:
    """A rule that is not kept: heading and `message` say what is, `remedy` what to do.

    `private` ones tell something about the child: say them to officials and to
    a guardian whose telephone the school knows, to nobody else.
    """

    code: str
    heading: Words
    message: Words
    remedy: Words
    basis: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def private(self) -> bool:
        """Does it tell something about the child that only guardians may know?"""
        return CATALOGUE[self.code].private


@dataclass(frozen=True)
class FieldError:
    """A member of the application that cannot be: where, which kind, in words."""

    pointer: str
    code: str
    message: Words
