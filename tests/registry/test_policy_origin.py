"""Where a value comes from, what else was looked at, and which of several versions holds."""

from __future__ import annotations

from datetime import date

import pytest

from registry import policy
from registry.errors import LooserThanAbove, PolicyContradiction, PolicyMissing
from registry.policy import PolicyValue, set_value, value
from registry.policy_origin import explain, is_place
from tests.registry.factories import TODAY, a_policy, a_school

KEY = "transfer.step_sla_workdays"


def new(place, value, **changes):
    facts = {"key": KEY, "version": "new", "from_": date(2026, 4, 1), "basis": "新规定"}
    return PolicyValue(place=place, value=value, **(facts | changes))


def test_each_version_says_why_it_holds_or_does_not(session):
    a_policy(session, KEY, 10, "000000", version="2013", to=date(2025, 1, 2), tighten="less")
    a_policy(session, KEY, 10, "000000", version="2025", from_=date(2025, 1, 3), tighten="less")
    a_policy(session, KEY, 8, "350000", version="2020")
    a_policy(session, KEY, 7, "350000", version="2026", from_=date(2026, 1, 1))
    a_policy(session, KEY, 6, "350000", version="2027", from_=date(2027, 1, 1))
    a_policy(session, KEY, 5, "440000")
    origin = explain(session, KEY, "350102", TODAY)
    assert [(one.version, one.outcome, one.to) for one in origin.considered] == [
        ("2027", "not_yet", None),
        ("2026", "holds", date(2026, 12, 31)),
        ("2020", "superseded", date(2025, 12, 31)),
        ("2025", "less_specific", None),
        ("2013", "no_longer", date(2025, 1, 2)),
    ]
    assert origin.holds is not None
    assert (origin.holds.value, origin.holds.place) == (7, "350000")
    assert origin.silent == ["350102", "350100"]
    assert [(one.place, one.version, one.tighten) for one in origin.bounds] == [("000000", "2025", "less")]


def test_a_rule_for_some_weeks_ends_and_the_one_before_holds_again(session):
    a_policy(session, KEY, 10, "000000")
    a_policy(session, KEY, 8, "000000", version="spring", from_=date(2026, 1, 1), to=date(2026, 3, 1))
    assert [
        (one.version, one.outcome, one.to) for one in explain(session, KEY, "350102", TODAY).considered
    ] == [("spring", "no_longer", date(2026, 3, 1)), ("test", "holds", None)]


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2020, 1, 1), date(2026, 4, 1), date(2030, 1, 1)])
def test_the_explanation_names_the_value_that_rules(session, day):
    a_policy(session, KEY, 10, "000000", from_=date(2010, 1, 1))
    a_policy(session, KEY, 8, "350000")
    set_value(session, new("350102", 5))
    held, explained = value(session, KEY, "350102", day), explain(session, KEY, "350102", day).holds
    assert explained is not None
    assert (held.value, held.place, held.version) == (explained.value, explained.place, explained.version)


def test_before_the_first_version_nothing_holds(session):
    a_policy(session, KEY, 10, "000000")
    assert explain(session, KEY, "350102", date(2019, 12, 31)).holds is None


def test_a_key_that_nobody_ever_set_has_no_origin(session):
    with pytest.raises(PolicyMissing):
        explain(session, "transfer.unheard_of", "350102", TODAY)


def test_a_place_is_a_division_that_is_was_or_has_an_office_here(session):
    assert all(is_place(session, place) for place in ("000000", "350000", "350102", "310101", "440305"))
    assert not any(is_place(session, place) for place in ("", "35010", "350199", "999999", "３５０１０２"))
    a_school(session, division="350199")
    assert is_place(session, "350199")


def test_a_new_version_takes_over_from_one_without_an_end(session):
    a_policy(session, KEY, 10, "000000")
    set_value(session, new("000000", 9))
    assert value(session, KEY, "350102", date(2026, 3, 31)).value == 10
    assert value(session, KEY, "350102", date(2026, 4, 1)).value == 9


@pytest.mark.parametrize(
    "other",
    [
        {"from_": date(2026, 4, 1)},
        {"from_": date(2026, 5, 1)},
        {"from_": date(2026, 1, 1), "to": date(2026, 4, 1)},
    ],
)
def test_two_versions_that_say_something_for_the_same_days_are_refused(session, other):
    a_policy(session, KEY, 10, "000000")
    a_policy(session, KEY, 8, "350000", **other)
    with pytest.raises(PolicyContradiction) as refusal:
        set_value(session, new("350000", 7))
    assert refusal.value.facts["place"] == "350000"
    assert {refusal.value.facts["one"], refusal.value.facts["other"]} == {"new", "test"}


def test_a_value_is_held_against_what_is_announced_above(session):
    a_policy(session, KEY, 10, "000000", tighten="less")
    a_policy(session, KEY, 5, "350000", from_=date(2027, 1, 1), tighten="less")
    with pytest.raises(LooserThanAbove) as refusal:
        set_value(session, new("350102", 8))
    assert (refusal.value.facts["place"], refusal.value.facts["above"]) == ("350102", "350000")
    assert set_value(session, new("350102", 8, to=date(2026, 12, 31))).value == 8


def test_a_key_the_nation_does_not_have_cannot_be_set(session):
    with pytest.raises(PolicyMissing):
        set_value(session, new("350000", 8))
    assert policy.rules(session, "350000", TODAY).values == {}
