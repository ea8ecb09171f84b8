"""Policy files that contradict each other, or are none, are refused with the files and places named."""

from __future__ import annotations

import pytest

from registry.errors import PolicyContradiction
from registry.policy_files import read

HEAD = 'place = "{place}"\nversion = "{version}"\nfrom = {from_}\n{to}basis = "规定"\n'
VALUE = '[[values]]\nkey = "{key}"\nvalue = {value}\n{more}'
KEY = "suspension.step_sla_workdays"


@pytest.fixture
def folder(tmp_path):
    """Put a policy file there, or read what is there."""

    class Folder:
        def file(
            self,
            name,
            place,
            value=10,
            *,
            key=KEY,
            version="1",
            from_="2013-09-01",
            to=None,
            more="",
            head="",
        ):
            ends = f"to = {to}\n" if to else ""
            text = HEAD.format(place=place, version=version, from_=from_, to=ends) + head
            text += VALUE.format(key=key, value=value, more=more)
            (tmp_path / name).write_text(text, encoding="utf-8")
            return self

        def read(self):
            return read(tmp_path)

        def refused(self):
            with pytest.raises(PolicyContradiction) as refusal:
                self.read()
            return refusal.value.facts

    return Folder()


def test_a_lower_place_within_the_bound_is_read(folder):
    folder.file("nation.toml", "000000", 10, more='tighten = "less"')
    folder.file("fujian.toml", "350000", 8)
    assert [(row["place"], row["value"]) for row in folder.read()] == [("350000", 8), ("000000", 10)]


@pytest.mark.parametrize(
    ("bound", "lower", "place"), [("less", 15, "350000"), ("more", 5, "350102"), ("less", '"15"', "350000")]
)
def test_a_lower_place_that_is_looser_is_refused_with_both_places(folder, bound, lower, place):
    folder.file("nation.toml", "000000", 10, more=f'tighten = "{bound}"')
    folder.file("lower.toml", place, lower)
    facts = folder.refused()
    assert facts["key"] == KEY
    assert "lower.toml" in facts["one"]
    assert place in facts["one"]
    assert "nation.toml" in facts["other"]
    assert "000000" in facts["other"]


def test_a_province_binds_its_counties_and_no_others(folder):
    folder.file("nation.toml", "000000", 10)
    folder.file("fujian.toml", "350000", 8, more='tighten = "less"')
    folder.file("nanshan.toml", "440305", 9)
    folder.read()
    folder.file("gulou.toml", "350102", 9)
    facts = folder.refused()
    assert ("gulou.toml" in facts["one"], "fujian.toml" in facts["other"]) == (True, True)


def test_a_bound_that_has_ended_binds_no_more(folder):
    folder.file("old.toml", "000000", 10, to="2025-01-02", more='tighten = "less"')
    folder.file("new.toml", "000000", 10, version="2", from_="2025-01-03")
    folder.file("fujian.toml", "350000", 15, from_="2025-01-03")
    assert len(folder.read()) == 3


@pytest.mark.parametrize("to", [None, "2016-09-01", "2020-01-01"])
def test_two_versions_of_one_place_on_one_day_are_refused_with_both_files(folder, to):
    folder.file("nation.toml", "000000")
    folder.file("old.toml", "350000", 8, to=to)
    folder.file("new.toml", "350000", 7, version="2", from_="2016-09-01")
    facts = folder.refused()
    assert facts["why"] == "in force on the same day"
    assert {facts["one"], facts["other"]} == {
        "old.toml (place 350000, version 1)",
        "new.toml (place 350000, version 2)",
    }


def test_a_version_may_begin_the_day_after_the_one_before_ends(folder):
    folder.file("nation.toml", "000000")
    folder.file("old.toml", "350000", 8, to="2016-08-31")
    folder.file("new.toml", "350000", 7, version="2", from_="2016-09-01")
    assert len(folder.read()) == 3


def test_one_version_cannot_be_given_twice(folder):
    folder.file("nation.toml", "000000")
    folder.file("old.toml", "350000", 8, to="2016-08-31")
    folder.file("new.toml", "350000", 7, from_="2016-09-01")
    assert folder.refused()["why"] == "the same version twice"


def test_a_key_the_nation_does_not_know_is_refused_with_its_place(folder):
    folder.file("nation.toml", "000000")
    folder.file("fujian.toml", "350000", key="suspension.step_sla_workday")
    facts = folder.refused()
    assert "unknown key" in facts["why"]
    assert (facts["key"], facts["one"]) == (
        "suspension.step_sla_workday",
        "fujian.toml (place 350000, version 1)",
    )


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"to": "2013-08-31"}, "ends before it begins"),
        ({"head": 'form = "2013"\n'}, "form: Extra"),
        ({"more": 'tigthen = "less"'}, "tigthen: Extra"),
        ({"more": 'tighten = "loose"'}, "values.0.tighten"),
        ({"more": 'tighten = "less"', "value": '"ten"'}, "whole number"),
        ({"more": 'tighten = "less"', "value": "true"}, "whole number"),
        ({"place": "35010"}, "place"),
        ({"place": "福建省福州市"}, "place"),
        ({"place": "３５０１０２"}, "place"),
        ({"key": "suspension"}, "values.0.key"),
        ({"key": "x." + "x" * 60}, "values.0.key"),
        ({"version": "二" * 21}, "version"),
        ({"from_": '"2013-09-01"'}, "from"),
        ({"from_": "2013-02-29"}, "TOML"),
        ({"value": "2013-09-01"}, "values.0.value"),
        ({"value": ""}, "TOML"),
    ],
)
def test_a_file_of_the_wrong_form_is_named(folder, changed, why):
    folder.file("odd.toml", **({"place": "000000"} | changed))
    facts = folder.refused()
    assert facts["one"] == "odd.toml"
    assert why in facts["why"]


@pytest.mark.parametrize("missing", ["place", "version", "from", "basis"])
def test_a_head_is_complete(folder, tmp_path, missing):
    folder.file("odd.toml", "000000")
    lines = (tmp_path / "odd.toml").read_text().splitlines()
    (tmp_path / "odd.toml").write_text("\n".join(line for line in lines if not line.startswith(missing)))
    assert folder.refused()["why"] == f"{missing}: Field required"
