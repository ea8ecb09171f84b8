"""Who decides for whom, where offices stand, and who has places."""

from __future__ import annotations

import pytest

from registry import organisations, statuses
from registry.errors import NotFound
from registry.organisations import (
    above,
    authority_of,
    authority_over,
    county_of,
    paths_of,
    search_schools,
    stage_path,
)
from registry.places import Places, places, roomiest_class
from registry.scope import lies_within, path_range
from tests.registry.factories import J1, P1, P2, P3, S1, a_bureau, a_school, a_student


def test_every_office_stands_below_the_one_that_decides_for_it(session):
    county = a_school(session, P1, authority="350102")
    city = a_school(session, S1, authority="350100", stages=("senior",))
    assert county.path == "/35/3501/350102/s2135000001/"
    assert city.path == "/35/3501/s3435000001/"
    assert [a_bureau(session, code).path for code in ("000000", "350000", "350100", "350102")] == [
        "/",
        "/35/",
        "/35/3501/",
        "/35/3501/350102/",
    ]


def test_a_municipality_has_no_prefecture(session):
    district = a_bureau(session, "110101")
    assert district.path == "/11/110101/"
    assert above(session, district, "prefecture") is None
    assert above(session, district, "province").code == "110000"


def test_an_office_sees_what_lies_below_it_and_nothing_beside(session):
    assert lies_within("/35/3501/350102/s2135000001/", "/35/3501/")
    assert lies_within("/35/3501/", "/35/3501/")
    assert lies_within("/35/3501/", "/")
    assert not lies_within("/35/3502/", "/35/3501/")
    assert not lies_within("/35/", "/35/3501/")
    assert not lies_within("/35/350/", "/35/3501/")


@pytest.mark.parametrize("path", ["", "35/", "/35", "%"])
def test_what_is_no_path_is_never_a_range(path):
    with pytest.raises(ValueError, match="slash"):
        path_range(path)


def test_the_authority_belongs_to_school_and_stage_not_to_geography(session):
    school = a_school(session, S1, authority="350100", division="350102", stages=("senior",))
    assert authority_of(session, school.code, "senior").code == "350100"
    assert county_of(session, school).code == "350102"
    with pytest.raises(NotFound):
        authority_of(session, school.code, "primary")


def test_a_school_with_two_authorities_has_two_paths(session):
    a_school(session, J1, authority="350102", stages=("junior",))
    a_bureau(session, "350100")
    session.add(
        organisations.SchoolStage(
            school_code=J1, stage="senior", authority_code="350100", grade_from=10, grade_to=12
        )
    )
    session.flush()
    assert stage_path(session, J1, "junior") == "/35/3501/350102/s3135000001/"
    assert stage_path(session, J1, "senior") == "/35/3501/s3135000001/"
    assert paths_of(session, J1) == ["/35/3501/350102/s3135000001/", "/35/3501/s3135000001/"]


def test_over_a_school_stands_its_authority_and_over_a_bureau_its_parent(session):
    a_school(session, P1, authority="350102")
    chain = [P1]
    while (office := authority_over(session, chain[-1], "primary")) is not None:
        chain.append(office.code)
    assert chain == [P1, "350102", "350100", "350000", "000000"]


def test_an_office_nobody_knows_is_not_found(session):
    with pytest.raises(NotFound):
        organisations.get(session, "999999")


@pytest.mark.parametrize("typed", ["jjsy", "晋江实验", "jinjiangshiyan", "晋江 实验", "JJSY", P3])
def test_a_school_is_found_by_name_pinyin_initials_or_code(session, typed):
    a_school(session, P3, authority="350582", name="晋江实验小学")
    a_school(session, P1, name="榕城小学")
    found, more = search_schools(session, typed, grade=5)
    assert [entry.school.code for entry in found] == [P3]
    assert more == 0


@pytest.mark.parametrize("typed", ["", "  ", "%", "_", "没有这所"])
def test_what_names_no_school_finds_none(session, typed):
    a_school(session, P1)
    assert search_schools(session, typed, grade=5) == ([], 0)


def test_only_schools_with_that_grade_are_found(session):
    a_school(session, P1, name="榕城小学")
    assert search_schools(session, "榕城", grade=7) == ([], 0)


def test_a_long_list_is_cut_and_says_how_many_more(session):
    for number in range(5):
        a_school(session, f"213500010{number}", name=f"第{number}实验小学")
    found, more = search_schools(session, "实验", grade=5, limit=3)
    assert (len(found), more) == (3, 2)


def test_seats_are_taken_by_who_attends_or_is_suspended(session):
    a_school(session, P1, classes={5: (45, 40)})
    a_student(session, grade=5)
    a_student(session, grade=5, status=statuses.SUSPENDED)
    a_student(session, grade=5, status=statuses.ABROAD)
    a_student(session, grade=4)
    assert places(session, P1, 5) == Places(capacity=85, taken=2)
    assert places(session, P1, 5).free == 83
    assert places(session, P1, 5, class_size_max=42).capacity == 82
    (found,), _ = search_schools(session, P1, grade=5)
    assert found.places == Places(85, 2)


def test_the_class_with_most_free_seats_takes_the_next(session):
    a_school(session, P2, classes={5: (40, 45, 45)})
    assert roomiest_class(session, P2, 5).number == 2
    a_student(session, school=P2, grade=5, class_number=2)
    assert roomiest_class(session, P2, 5).number == 3
    assert roomiest_class(session, P2, 6) is None
