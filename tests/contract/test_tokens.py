"""Bearer tokens: bound to one appointment, ended with it, and nothing else opens the interface."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from registry.people import Appointment, appointments_of
from tests.contract.test_filing import is_problem
from tests.support.province import P2
from webapp.accounts import Account, ApiToken
from webapp.api.auth import new_token
from webapp.services import real_now

CALLS = [
    ("GET", "/processes"),
    ("GET", "/processes/transfer"),
    ("POST", "/cases"),
    ("GET", "/cases/ZX350102-2026-00001"),
    ("POST", "/cases/ZX350102-2026-00001/withdraw"),
    ("GET", "/tasks"),
    ("POST", "/tasks/00000000-0000-7000-8000-000000000000/complete"),
    ("GET", "/students"),
    ("GET", "/students/G350102201503150019"),
    ("GET", "/students/G350102201503150019/movements"),
    ("GET", "/certificates/Z350102202600000001"),
    ("POST", "/evidence"),
]


def ask(province, authorization, method="GET", path="/tasks"):
    headers = {"Authorization": authorization} if authorization is not None else {}
    return province.client.open(f"/api/v1{path}", method=method, headers=headers)


def is_unknown(answer):
    is_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.fixture
def fresh(standing_province):
    """A new token of the registrar, the rows it stands on, and a way to change them."""
    with standing_province.installation.sessions() as session:
        account = session.scalars(select(Account).where(Account.username == f"registrar.{P2}")).one()
        (held,) = appointments_of(session, account.person_id, standing_province.clock.now().date())
        token = new_token(session, account, held.id, real_now())
        session.commit()

    def change(statement):
        with standing_province.installation.sessions() as session:
            session.execute(statement)
            session.commit()

    assert ask(standing_province, f"Bearer {token}").status_code == 200
    yield standing_province, token, account, held, change
    change(update(Account).where(Account.id == account.id).values(disabled_at=None))
    change(update(Appointment).where(Appointment.id == held.id).values(from_=held.from_, to=held.to))


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_nothing_is_told_without_a_token(standing_province, method, path):
    is_unknown(ask(standing_province, None, method, path))


@pytest.mark.parametrize(
    "authorization",
    [
        "", "Bearer", "Bearer ", "Bearer jst_", "Bearer jst_" + "x" * 49, "Basic cmVnaXN0cmFyOng=",
        "Bearer jst_" + "x" * 5000, "Bearer " + "x" * 49, "jst_" + "x" * 49, "Bearer \u00e4",
        "Bearer a, Bearer b",
    ],
    ids=range(11),
)  # fmt: skip
def test_what_is_no_token_of_ours_is_refused(standing_province, authorization):
    is_unknown(ask(standing_province, authorization))


def test_a_token_can_be_found_by_secret_scanners(fresh):
    _province, token, *_rest = fresh
    assert re.fullmatch(r"jst_[0-9A-Za-z]{49}", token)


def test_an_expired_token_is_refused(fresh):
    province, token, account, _held, change = fresh
    change(
        update(ApiToken)
        .where(ApiToken.account_id == account.id)
        .values(expires_at=real_now() - timedelta(seconds=1))
    )
    is_unknown(ask(province, f"Bearer {token}"))


def test_a_revoked_token_is_refused(fresh):
    province, token, account, _held, change = fresh
    change(update(ApiToken).where(ApiToken.account_id == account.id).values(revoked_at=real_now()))
    is_unknown(ask(province, f"Bearer {token}"))


def test_the_token_of_a_closed_account_is_refused(fresh):
    province, token, account, _held, change = fresh
    change(update(Account).where(Account.id == account.id).values(disabled_at=real_now()))
    is_unknown(ask(province, f"Bearer {token}"))


def test_the_token_of_an_ended_appointment_is_refused(fresh):
    province, token, _account, held, change = fresh
    yesterday = province.clock.now().date() - timedelta(days=1)
    change(update(Appointment).where(Appointment.id == held.id).values(to=yesterday))
    is_unknown(ask(province, f"Bearer {token}"))


def test_the_token_of_an_appointment_to_come_is_refused(fresh):
    province, token, _account, held, change = fresh
    tomorrow = province.clock.now().date() + timedelta(days=1)
    change(update(Appointment).where(Appointment.id == held.id).values(from_=tomorrow))
    is_unknown(ask(province, f"Bearer {token}"))


def test_tokens_are_kept_as_hashes_and_their_use_is_noted(fresh):
    province, token, account, _held, _change = fresh
    with province.installation.sessions() as session:
        rows = session.scalars(select(ApiToken).where(ApiToken.account_id == account.id)).all()
    assert all(token.encode() not in row.token_hash for row in rows)
    assert max(row.last_used_at for row in rows if row.last_used_at) > real_now() - timedelta(minutes=5)


def test_a_form_of_another_site_is_refused(standing_province):
    token = standing_province.token(f"registrar.{P2}")
    answer = standing_province.client.post(
        "/api/v1/cases",
        json={},
        headers={"Authorization": f"Bearer {token}", "Sec-Fetch-Site": "cross-site"},
    )
    is_problem(answer, 403)
