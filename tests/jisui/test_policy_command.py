"""`jisui policy show`: a value, its origin, and what else was looked at."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from jisui.cli import jisui

KEY = "transfer.step_sla_workdays"


@pytest.fixture
def show(province):
    """Run `policy show` on a province's data folder."""

    def command(*arguments: str):
        data = str(province.installation.settings.data)
        return CliRunner().invoke(
            jisui, ["--data", data, "policy", "show", *arguments], catch_exceptions=False
        )

    return command


def test_a_value_is_explained(show):
    result = show(KEY, "--place", "350102", "--on", "2026-03-02")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"{KEY}: 10",
        "asked for: 350102 on 2026-03-02",
        "comes from: 000000, version 2025, in force from 2025-01-03 on",
        "basis: 《中小学生学籍管理办法》（教基〔2025〕1号）第十五条",
        "looked at:",
        "  350102: has no value of its own",
        "  350100: has no value of its own",
        "  350000: has no value of its own",
        "  000000, version 2025, from 2025-01-03 on: 10 (holds)",
        "  000000, version 2013, from 2013-09-01 to 2025-01-02: 10 (no longer in force)",
        "binds: below 000000 only 10 or less (version 2025)",
    ]


def test_scripts_get_the_same_as_json(show):
    result = show("suspension.block", "--place", "350582", "--on", "2026-03-02", "--json")
    told = json.loads(result.stdout)
    assert told["asked"] == {"place": "350582", "on": "2026-03-02"}
    assert (told["place"], told["version"], told["from"], told["to"]) == (
        "350000",
        "2016",
        "2016-09-01",
        None,
    )
    assert [(one["place"], one["outcome"]) for one in told["considered"]] == [
        ("350000", "holds"),
        ("000000", "less_specific"),
    ]
    assert told["silent"] == ["350582", "350500"]
    assert told["bounds"] == []


def test_the_rules_of_an_earlier_day_are_those_of_2013(show):
    told = json.loads(show("changes.rule_basis", "--on", "2025-01-02", "--json").stdout)
    assert (told["version"], told["to"]) == ("2013", "2025-01-02")
    assert "〔2013〕7号" in told["value"]["R10"]
    assert [one["outcome"] for one in told["considered"]] == ["not_yet", "holds"]


def test_before_the_first_rules_nothing_holds(show):
    result = show(KEY, "--on", "2013-08-31", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert "value" not in told
    assert {one["outcome"] for one in told["considered"]} == {"not_yet"}
    assert "no value in force" in show(KEY, "--on", "2013-08-31").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("transfer.no_such_key",),
        (KEY, "--place", "999999"),
        (KEY, "--place", "35"),
        (KEY, "--on", "2026-02-29"),
        (),
    ],
)
def test_a_key_a_place_or_a_day_that_does_not_exist_is_wrong_use(show, arguments):
    assert show(*arguments).exit_code == 2
