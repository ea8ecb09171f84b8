"""Who decides in a transfer: offices of the lanes, answers for the gateways."""

from __future__ import annotations

import pytest

from registry.errors import NotTransferable
from registry.transfers import route
from tests.registry.factories import (
    P1,
    P2,
    P3,
    P4,
    S1,
    S2,
    TODAY,
    a_policy,
    a_school,
    a_student,
    with_policy,
)


@pytest.fixture
def register(session):
    return with_policy(session)


def routed(session, sender, to, grade=5):
    student = a_student(session, school=sender, grade=grade)
    return route(session, student.record, to, on=TODAY)


def reviews(found):
    return {name for name, on in found.variables.items() if name.endswith("_review") and on}


def test_two_schools_under_one_authority(register):
    a_school(register, P1)
    a_school(register, P2)
    found = routed(register, P1, P2)
    assert found.offices == {
        "receiving_school": P2,
        "receiving_authority": "350102",
        "receiving_county": "350102",
        "receiving_prefecture": "350100",
        "receiving_province": "350000",
        "sending_school": P1,
        "sending_authority": "350102",
        "sending_county": "350102",
        "sending_prefecture": "350100",
        "sending_province": "350000",
    }
    assert found.variables == {
        "stage": "primary",
        "compulsory": True,
        "same_authority": True,
        "same_province": True,
        "receiving_county_review": False,
        "receiving_prefecture_review": False,
        "receiving_province_review": False,
        "sending_county_review": False,
        "sending_prefecture_review": False,
        "sending_province_review": False,
    }


def test_two_counties_of_one_province(register):
    a_school(register, P1)
    a_school(register, P3, authority="350582")
    found = routed(register, P1, P3)
    assert (found.offices["receiving_authority"], found.offices["sending_authority"]) == ("350582", "350102")
    assert (found.variables["same_authority"], found.variables["same_province"]) == (False, True)
    assert reviews(found) == set()


def test_two_provinces(register):
    a_school(register, P1)
    a_school(register, P4, authority="440305")
    found = routed(register, P1, P4)
    assert (found.offices["receiving_province"], found.offices["sending_province"]) == ("440000", "350000")
    assert (found.variables["same_authority"], found.variables["same_province"]) == (False, False)


def test_senior_schools_county_looks_and_prefecture_decides(register):
    a_school(register, S1, authority="350100", division="350102", stages=("senior",))
    a_school(register, S2, authority="350500", division="350582", stages=("senior",))
    found = routed(register, S2, S1, grade=10)
    chain = [
        found.offices[f"{side}_{part}"]
        for side in ("receiving", "sending")
        for part in ("school", "county", "authority")
    ]
    assert chain == [S1, "350102", "350100", S2, "350582", "350500"]
    assert reviews(found) == {"receiving_county_review", "sending_county_review"}
    assert (found.variables["stage"], found.variables["compulsory"]) == ("senior", False)


def test_the_province_looks_where_policy_asks(register):
    a_school(register, P1)
    a_school(register, P4, authority="440305")
    a_policy(
        register,
        "transfer.extra_review",
        {"cross_province": {"primary": ["province"], "junior": [], "senior": []}},
        place="440000",
    )
    assert reviews(routed(register, P1, P4)) == {"receiving_province_review"}


def test_a_prefecture_looks_after_the_county_that_decides_never_twice(register):
    asked = {"same_province": {"primary": ["county", "prefecture"], "junior": [], "senior": []}}
    a_policy(register, "transfer.extra_review", asked)
    a_school(register, P1)
    a_school(register, P3, authority="350582")
    assert reviews(routed(register, P1, P3)) == {"receiving_prefecture_review", "sending_prefecture_review"}


def test_a_municipality_has_no_prefecture_to_look(register):
    asked = {"cross_province": {"primary": ["prefecture", "province"], "junior": [], "senior": []}}
    a_policy(register, "transfer.extra_review", asked, place="110000")
    a_school(register, "2111000001", authority="110101")
    a_school(register, P1)
    found = routed(register, P1, "2111000001")
    assert "receiving_prefecture" not in found.offices
    assert found.offices["receiving_province"] == "110000"
    assert reviews(found) == {"receiving_province_review"}


def test_a_school_without_the_grade_has_no_route(register):
    a_school(register, P1)
    a_school(register, S1, authority="350100", stages=("senior",))
    with pytest.raises(NotTransferable):
        routed(register, P1, S1)
