"""GET /cases/{number} and withdrawal: for the starting office and those whose turn has come."""

from __future__ import annotations

import pytest

from tests.contract.test_filing import errors, is_problem
from tests.support.province import GULOU, JINJIANG, P1, P2, P3, P4, A


@pytest.fixture(scope="module")
def open_case(each_province):
    """A case of P3 that has just been opened."""
    return each_province, each_province.transfer(A, to=P3)


def read(province, who, number):
    return province.call(who, "GET", f"/cases/{number}")


def withdraw(province, who, case, reason="家里不搬了", **headers):
    body = {"reason": reason} if reason is not None else {}
    return province.call(who, "POST", f"/cases/{case['number']}/withdraw", body, **headers)


@pytest.mark.parametrize("who", [f"registrar.{P3}", f"leader.{P3}"])
def test_the_starting_office_reads_its_case(open_case, who):
    province, case = open_case
    seen = read(province, who, case["number"]).json
    assert seen == {name: value for name, value in case.items() if name not in ("tracking_code", "warnings")}


@pytest.mark.parametrize(
    "who",
    [
        f"registrar.{P1}", f"leader.{P1}", f"registrar.{GULOU}", f"registrar.{JINJIANG}",
        f"registrar.{P2}", f"registrar.{P4}", "registrar.350000", "policy.350000",
    ],
)  # fmt: skip
def test_before_its_turn_an_office_knows_nothing(open_case, unchanged, who):
    """Not even the authority over the starting school."""
    province, case = open_case
    unknown = is_problem(read(province, who, "ZX350582-2026-99999"), 404)
    with unchanged(province):
        hidden = is_problem(read(province, who, case["number"]), 404)
        assert hidden | {"request_id": ""} == unknown | {"request_id": ""}
        if not who.startswith("policy"):
            is_problem(withdraw(province, who, case), 404)


@pytest.mark.parametrize("number", ["x", "ZX", "%00", "%2e%2e", "ZX350582-2026-00001%0a", "字", "x" * 500])
def test_a_number_of_nobody_is_not_there(open_case, number):
    province, _case = open_case
    is_problem(read(province, f"registrar.{P3}", number), 404)


@pytest.mark.parametrize("reason", [None, "", "   ", "字" * 501, "不\0搬"])
def test_a_withdrawal_says_why(open_case, unchanged, reason):
    province, case = open_case
    with unchanged(province):
        ((pointer, _code),) = errors(withdraw(province, f"registrar.{P3}", case, reason))
        assert pointer == "/reason"


def test_an_office_reads_a_case_from_its_turn_on(province):
    case = province.transfer(A, to=P2)
    assert read(province, f"registrar.{P1}", case["number"]).status_code == 404
    province.approve(case, at=P2)
    assert read(province, f"registrar.{P1}", case["number"]).status_code == 200
    assert read(province, f"registrar.{GULOU}", case["number"]).status_code == 404
    province.approve(case, at=P1)
    for who in (P2, P1, GULOU):
        assert read(province, f"leader.{who}", case["number"]).status_code == 200
    province.approve(case, at=GULOU)
    assert read(province, f"registrar.{P1}", case["number"]).json["status"] == "completed"


def test_who_is_told_of_an_overdue_case_reads_it(province):
    case = province.transfer(A, to=P2)
    province.approve(case, at=P2)
    province.days_pass(until="2026-03-17")
    assert read(province, f"leader.{GULOU}", case["number"]).status_code == 200


def test_a_withdrawal_is_done_once_and_only_while_open(province, unchanged):
    case = province.transfer(A, to=P2)
    province.approve(case, at=P2)
    with unchanged(province):
        assert (
            is_problem(withdraw(province, f"registrar.{P1}", case), 403)["code"]
            == "case.withdrawal_not_allowed"
        )
    key = {"Idempotency-Key": "take-back"}
    first = withdraw(province, f"registrar.{P2}", case, **key)
    again = withdraw(province, f"registrar.{P2}", case, **key)
    assert (first.status_code, first.json["status"]) == (200, "withdrawn")
    assert (again.json, again.headers["Idempotency-Replayed"]) == (first.json, "true")
    with unchanged(province):
        assert is_problem(withdraw(province, f"registrar.{P2}", case), 409)["code"] == "case.closed"
        assert is_problem(withdraw(province, f"registrar.{P1}", case), 403)
    assert province.transfer(A, to=P3)["status"] == "in_review", "the record is free again"
