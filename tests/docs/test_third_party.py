"""Whoever hands Jisui on says what of others is in it."""

import re

from docs.third_party import TARGET, browser_packages, python_packages


def test_the_list_names_what_the_locks_hold() -> None:
    rows = re.findall(r"^\| (\S+) \| (\d\S*) \|", TARGET.read_text("utf-8"), re.MULTILINE)
    locked = [*python_packages("requirements-test.lock"), *browser_packages()]
    assert sorted(rows) == sorted((package.name, package.version) for package in locked), "run ./run lock"
