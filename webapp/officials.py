"""Who is signed in: an account, the person, and the appointment they act in today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from flask import Flask, session
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import Row, and_, bindparam, or_, select
from werkzeug.exceptions import Forbidden, Unauthorized

from registry.organisations import Organisation
from registry.people import ROLES, Appointment, Person
from webapp.accounts import Account
from webapp.filters import local_date
from webapp.services import Services, services
from workflows.model import Actor
from workflows.prepared import Prepared

login = LoginManager()
# One statement for all: every request of an official asks.
HELD = Prepared(
    select(
        Person.id.label("person"),
        Person.name,
        Appointment.id.label("appointment"),
        Appointment.organisation_code.label("office"),
        Appointment.role,
        Organisation.name.label("office_name"),
    )
    .select_from(Account)
    .join(Person, Person.id == Account.person_id)
    .outerjoin(
        Appointment,
        and_(
            Appointment.person_id == Person.id,
            Appointment.from_ <= bindparam("day"),
            or_(Appointment.to.is_(None), Appointment.to >= bindparam("day")),
        ),
    )
    .outerjoin(Organisation, Organisation.code == Appointment.organisation_code)
    .where(Account.id == bindparam("of_account"), Account.disabled_at.is_(None))
    .order_by(Appointment.from_, Appointment.id)
)


@dataclass(frozen=True)
class Choice:
    """One of the appointments a person may act in."""

    id: UUID
    office: str
    office_name: str
    role: str
    role_name: str


@dataclass(frozen=True)
class Official(UserMixin):
    """The signed-in person, as the pages know them. `actor` is None until an appointment is chosen."""

    account_id: UUID
    person_id: UUID
    name: str
    choices: tuple[Choice, ...]
    choice: Choice | None

    def get_id(self) -> str:
        return str(self.account_id)

    @property
    def actor(self) -> Actor | None:
        if self.choice is None:
            return None
        return Actor(self.person_id, self.name, self.choice.office, self.choice.role)


def init_app(app: Flask) -> None:
    login.init_app(app)
    login.session_protection = ""  # sessions live in the database and can be revoked there

    @login.user_loader  # type: ignore[untyped-decorator]
    def load(account_id: str) -> Official | None:
        return official(services(), UUID(account_id), session.get("appointment"))


def signed_in_official() -> Official:
    """The person this request belongs to. Only for views that are not public."""
    found = cast("Any", current_user)._get_current_object()
    if not isinstance(found, Official):
        raise Unauthorized
    return found


def acting() -> Actor:
    """Who acts, for which office, in which role. Only for views that need a right."""
    actor = signed_in_official().actor
    if actor is None:
        raise Forbidden
    return actor


def acting_or_none() -> Actor | None:
    found = cast("Any", current_user)._get_current_object()
    return found.actor if isinstance(found, Official) else None


def official(ports: Services, account_id: UUID, appointment_id: str | None) -> Official | None:
    """The person behind an account with the appointments in force on the day of the business clock."""
    asked = {"of_account": account_id, "day": local_date(ports.clock.now())}
    with ports.looking() as connection:
        rows: list[Row[Any]] = HELD.all(connection, asked)
    if not rows:
        return None
    choices = tuple(_choice(row) for row in rows if row.appointment is not None)
    chosen = next((c for c in choices if str(c.id) == appointment_id), None)
    if chosen is None and len(choices) == 1:
        chosen = choices[0]
    return Official(account_id, rows[0].person, rows[0].name, choices, chosen)


def _choice(row: Row[Any]) -> Choice:
    return Choice(row.appointment, row.office, row.office_name, row.role, _(ROLES[row.role]))
