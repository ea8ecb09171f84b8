"""A kind of process as the web offers it. `jisui/wiring.py` fills these in; no view knows one by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from pydantic import BaseModel
from sqlalchemy.orm import Session
from wtforms import Form

from workflows.model import Actor


@dataclass(frozen=True)
class Applicant:
    """Who asks: an official for the office, or a family by telephone."""

    filed_by: str
    """`school` or `guardian`."""
    asker: str
    """Whom attempts are counted for: an account, or a telephone and an address."""
    actor: Actor | None = None
    confirmed_phone: str = ""


@dataclass(frozen=True)
class Violation:
    """A rule that stands in the way, or only warns."""

    code: str
    message: str
    basis: str
    remedy: str
    heading: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    private: bool = False
    """Tells something about the child: only for officials and confirmed guardians."""


@dataclass(frozen=True)
class Prepared:
    """An application held against the register: what stands in its way, and how its case would run."""

    violations: tuple[Violation, ...] = ()
    warnings: tuple[Violation, ...] = ()
    errors: tuple[Mapping[str, str], ...] = ()
    confirmed: bool = False
    """The one who asks may be told about the child."""
    student_id: UUID | None = None
    place: str = ""
    starter_office: str = ""
    variables: Mapping[str, object] = field(default_factory=dict)
    offices: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    search: str = ""
    summary: Mapping[str, Any] = field(default_factory=dict)

    @property
    def may_be_filed(self) -> bool:
        return not self.violations and not self.errors


KEPT_BY_ALL: Mapping[str, Any] = {
    "R12": _l("姓名、学籍号一致"),
    "R16": _l("学籍状态可以办这项业务"),
}


@dataclass(frozen=True)
class ProcessKind:
    """A process people can start: its words, what is asked, and how it is held against the register."""

    key: str
    name: str
    letters: str
    application: type[BaseModel]
    prepare: Callable[[Session, BaseModel, Applicant, datetime], Prepared]
    page: type[Form] | None = None
    """What an official of the student's school fills in; none where another school starts it."""
    obstacle: Callable[[Session, UUID, datetime], Violation | None] | None = None
    """The first rule that stands in the way of this student now, whatever will be asked."""
    beside_others: bool = False
    """May it be started while another case of the student is open?"""
    kept: Mapping[str, Any] = field(default_factory=lambda: KEPT_BY_ALL)
    """What its rules say when they are kept, by code, in the order of the page."""
