"""A decision without its price and without what checks it is an opinion."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECORDS = sorted((ROOT / "docs/decisions").glob("*.md"))
PARTS = ["Question", "Decision", "Why", "Price", "Undone if", "Checked by"]

each_record = pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)


@each_record
def test_a_record_says_what_why_and_at_what_price(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.match(rf"# {path.name[:4]} \S", text), "the title begins with the number of the file"
    assert [part for part in PARTS if f"**{part}" not in text] == []


@each_record
def test_what_checks_it_exists(path: Path) -> None:
    for file, _, test in re.findall(r"`(tests/[\w/.]+)(::(\w+))?`", path.read_text("utf-8")):
        assert (ROOT / file).exists(), file
        assert not test or f"def {test}(" in (ROOT / file).read_text("utf-8"), test


def test_numbers_are_used_once() -> None:
    numbers = [path.name[:4] for path in RECORDS]
    assert numbers == sorted(set(numbers))
