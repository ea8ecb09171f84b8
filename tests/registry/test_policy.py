"""Policy: the most specific place in force wins; versions are kept; below one may only tighten."""

from __future__ import annotations

from datetime import date

import pytest

from registry import policy
from registry.errors import LooserThanAbove, PolicyMissing
from registry.policy import PolicyValue, places_over, set_value, shipped, value
from registry.reasons import CATALOGUE
from registry.transfers import GROUNDS
from tests.registry.factories import TODAY, a_policy, with_policy

KEY = "transfer.step_sla_workdays"


def test_a_place_is_ruled_by_itself_and_those_above():
    assert places_over("350102") == ["350102", "350100", "350000", "000000"]
    assert places_over("350000") == ["350000", "000000"]
    assert places_over("000000") == ["000000"]


def test_the_most_specific_place_wins(session):
    for place, days in (("000000", 10), ("350000", 8), ("350100", 6), ("350102", 5)):
        a_policy(session, KEY, days, place)
    assert value(session, KEY, "350102", TODAY).value == 5
    assert value(session, KEY, "350121", TODAY).value == 6
    assert value(session, KEY, "350582", TODAY).value == 8
    assert value(session, KEY, "440305", TODAY) == policy.Value(10, "000000", "test", "测试用规定")


def test_only_what_is_in_force_on_the_day_counts(session):
    a_policy(session, KEY, 10, "000000")
    a_policy(session, KEY, 5, from_=date(2026, 1, 1), to=date(2026, 3, 1))
    assert value(session, KEY, "350102", date(2025, 12, 31)).value == 10
    assert value(session, KEY, "350102", date(2026, 3, 1)).value == 5
    assert value(session, KEY, "350102", date(2026, 3, 2)).value == 10


def test_a_newer_version_of_the_same_place_takes_over(session):
    a_policy(session, KEY, 10)
    a_policy(session, KEY, 7, version="2026", from_=date(2026, 1, 1))
    assert value(session, KEY, "350102", date(2025, 12, 31)).value == 10
    assert value(session, KEY, "350102", TODAY).version == "2026"


def test_a_key_nobody_set_is_missing(session):
    with pytest.raises(PolicyMissing):
        value(session, "transfer.unheard_of", "350102", TODAY)


def test_a_lower_place_may_only_tighten(session):
    a_policy(session, KEY, 10, "000000", tighten="less")
    facts = {"key": KEY, "place": "650000", "version": "1", "from_": TODAY, "basis": "自治区规定"}
    assert set_value(session, PolicyValue(value=5, **facts)).value == 5
    with pytest.raises(LooserThanAbove):
        set_value(session, PolicyValue(value=15, **(facts | {"place": "440000"})))


def test_the_shipped_values_are_entered_once(session):
    assert policy.load_defaults(session) == len(shipped())
    session.flush()
    assert policy.load_defaults(session) == 0


def test_a_case_is_judged_by_the_national_rules_of_its_day(session):
    with_policy(session)
    before, after = (value(session, KEY, "350102", date(2025, 1, day)) for day in (2, 3))
    assert (before.version, before.value) == ("2013", 10)
    assert "第十四条" in before.basis
    assert (after.version, after.value) == ("2025", 10)
    assert "第十五条" in after.basis


@pytest.mark.parametrize("place", ["000000", "350102", "350582", "440305", "110101"])
def test_every_key_has_a_value_everywhere_from_the_first_rules_on(session, place):
    with_policy(session)
    keys = {row["key"] for row in shipped()}
    for day in (date(2013, 9, 1), date(2025, 1, 2), date(2025, 1, 3), TODAY):
        assert set(policy.rules(session, place, day).values) == keys


def test_every_value_names_its_basis():
    assert all(row["basis"] for row in shipped())


def test_every_rule_that_refuses_has_a_basis(session):
    with_policy(session)
    for day in (date(2024, 3, 1), TODAY):
        bases = value(session, "transfer.rule_basis", "350102", day).value
        assert {"R01", "R03", "R04", "R05", "R08", "R09", "R10", "R11", "R12", "R16"} == set(bases)
        assert set(bases) <= set(CATALOGUE)


def test_every_ground_is_named_and_says_what_proves_it(session):
    with_policy(session)
    grounds = value(session, "transfer.grounds", "350102", TODAY).value
    proofs = value(session, "transfer.required_docs", "350102", TODAY).value
    assert set(grounds) == set(GROUNDS) == set(proofs)
    assert all(any(proof["required"] for proof in proofs[ground]) for ground in grounds)


def test_the_demo_has_the_summer_freeze_and_no_window(session):
    with_policy(session)
    in_force = policy.rules(session, "350102", TODAY)
    assert in_force["transfer.windows"].value == []
    assert in_force["transfer.freeze"].value == [{"from": "07-15", "to": "08-14"}]
    assert in_force["transfer.return_pauses_clock"].value is True
    assert in_force["transfer.deemed_approval"].value is False
