"""Rights: every call of the interface x every role x every distance, from one table.

A new call without a row fails. 404 stands for what is not the caller's to know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from registry.people import Appointment, Person
from tests.support.province import GULOU, JINJIANG, P2, P3, P4, A, B
from webapp.accounts import Account
from webapp.api.auth import new_token
from webapp.rights import ADMIN, LEADER, POLICY, REGISTRAR
from webapp.services import real_now

OWN, SISTER, ABOVE, PREFECTURE, PROVINCE, ABROAD = (
    "own",
    "sister",
    "above",
    "prefecture",
    "province",
    "abroad",
)
OFFICES = {OWN: P2, SISTER: P3, ABOVE: GULOU, PREFECTURE: "350100", PROVINCE: "350000", ABROAD: P4}
"""The case, its task and its student belong to P2; the others stand around it."""
ROLES = (REGISTRAR, LEADER, POLICY, ADMIN)
DESK = (REGISTRAR, LEADER)
EVERYBODY = dict.fromkeys(OFFICES, 200)
NOT_THERE = dict.fromkeys(OFFICES, 404)
BELOW = NOT_THERE | {OWN: 200, ABOVE: 200, PREFECTURE: 200, PROVINCE: 200}


@dataclass(frozen=True)
class Row:
    """What one call answers: to which roles, at which office. Other roles get 403."""

    roles: tuple[str, ...]
    at: dict[str, int]
    body: Any = None
    other_role: dict[str, int] | None = None
    """What the other desk role gets, where it differs by office."""


CASE = NOT_THERE | {OWN: 200}
TABLE = {
    ("GET", "/processes"): Row(ROLES, EVERYBODY),
    ("GET", "/processes/transfer"): Row(ROLES, EVERYBODY),
    # The body is empty: 422 says that the right was there.
    ("POST", "/cases"): Row((REGISTRAR,), dict.fromkeys(OFFICES, 422), body={}),
    ("GET", "/cases/{case}"): Row((*DESK, POLICY), CASE),
    ("POST", "/cases/{case}/withdraw"): Row(DESK, NOT_THERE | {OWN: 422}, body={}),
    ("GET", "/tasks"): Row(DESK, EVERYBODY),
    ("POST", "/tasks/{task}/claim"): Row((LEADER,), CASE, other_role=NOT_THERE | {OWN: 403}),
    ("POST", "/tasks/{task}/release"): Row((LEADER,), CASE, other_role=NOT_THERE | {OWN: 403}),
    ("POST", "/tasks/{task}/complete"): Row(
        (LEADER,), NOT_THERE | {OWN: 422}, body={"decision": "?"}, other_role=NOT_THERE | {OWN: 403}
    ),
    ("GET", "/students"): Row(DESK, EVERYBODY),
    # A is at P1 (GULOU); to its receiving school the student is of another scope.
    ("GET", "/students/{student}"): Row(DESK, BELOW | {OWN: 404}),
    ("GET", "/students/{student}/movements"): Row(DESK, BELOW | {OWN: 404}),
    ("GET", "/certificates/{certificate}"): Row(DESK, CASE | {SISTER: 200, ABOVE: 200}),
    ("POST", "/evidence"): Row(DESK, dict.fromkeys(OFFICES, 422)),
}
FOR_ALL = {("POST", "/certificates/verify"), ("POST", "/track")}


def appointed(session, role, office):
    """A new person with this role at this office; a token for it."""
    person = Person(name=f"{role} {office}")
    session.add(person)
    session.flush()
    appointment = Appointment(
        person_id=person.id, organisation_code=office, role=role, from_=date(2025, 9, 1)
    )
    account = Account(username=f"matrix.{role}.{office}", person_id=person.id, password_hash="-")
    session.add_all([appointment, account])
    session.flush()
    return new_token(session, account, appointment.id, real_now())


@pytest.fixture(scope="module")
def matrix(each_province):
    """A case of P2 that waits for its leader, a paper of P3's student, tokens for each role and distance."""
    moved = each_province.transfer(B, to=P2)
    for office in (P2, GULOU, P3, JINJIANG):
        each_province.approve(moved, at=office)
    each_province.installation.worker().make_certificates()
    case = each_province.transfer(A, to=P2)
    names = {
        "case": case["number"],
        "task": each_province.task(case, P2, LEADER)["id"],
        "student": A,
        "certificate": each_province.case(moved, f"leader.{P2}")["certificates"][0]["number"],
    }
    with each_province.installation.sessions() as session:
        for role in ROLES:
            for office in OFFICES.values():
                each_province.tokens[f"{role}@{office}"] = appointed(session, role, office)
        session.commit()
    return each_province, names


def expected(row, role, distance):
    if role in row.roles:
        return row.at[distance]
    if row.other_role is not None and role in DESK:
        return row.other_role[distance]
    return 403


def test_every_call_has_a_row(standing_province):
    calls = {
        (method, re.sub(r"<[^>]*>", "{}", rule.rule.removeprefix("/api/v1")))
        for rule in standing_province.installation_app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1") and rule.endpoint != "openapi.spec"
    }
    rows = {(method, re.sub(r"\{[a-z]*\}|(?<=/processes/)transfer", "{}", path)) for method, path in TABLE}
    assert calls == rows | FOR_ALL


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("call", TABLE, ids=" ".join)
def test_the_table_holds(matrix, call, role):
    province, names = matrix
    (method, path), row = call, TABLE[call]
    found = {}
    for distance, office in OFFICES.items():
        answer = province.call(f"{role}@{office}", method, path.format(**names), row.body)
        found[distance] = answer.status_code
        if answer.status_code >= 400 and path == "/evidence" and found[distance] == 415:
            found[distance] = 422  # the right was there, the file was not
    assert found == {distance: expected(row, role, distance) for distance in OFFICES}


@pytest.mark.parametrize("call", sorted(FOR_ALL), ids=" ".join)
def test_what_needs_no_token_heeds_none(matrix, call):
    province, _names = matrix
    method, path = call
    without = province.client.open(f"/api/v1{path}", method=method, json={"number": "x", "code": "y"})
    with_one = province.call(f"{ADMIN}@{P4}", method, path, {"number": "x", "code": "y"})
    assert without.status_code == with_one.status_code


def test_a_token_speaks_for_one_office_even_if_the_person_has_two(matrix):
    province, names = matrix
    with province.installation.sessions() as session:
        account = session.scalars(select(Account).where(Account.username == f"matrix.{LEADER}.{P3}")).one()
        session.add(
            Appointment(
                person_id=account.person_id, organisation_code=P2, role=LEADER, from_=date(2025, 9, 1)
            )
        )
        session.commit()
    assert province.call(f"{LEADER}@{P3}", "GET", f"/cases/{names['case']}").status_code == 404
    assert province.call(f"{LEADER}@{P3}", "POST", f"/tasks/{names['task']}/claim").status_code == 404
