"""The page for policy staff (docs/policies.md) says what is so."""

from __future__ import annotations

import re
from pathlib import Path

from registry.policy_files import read, shipped

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/policies.md").read_text(encoding="utf-8")


def test_it_lists_every_place_that_has_rules():
    listed = set(re.findall(r"^\| (\d{6}) ", PAGE, re.MULTILINE))
    assert listed == {row["place"] for row in shipped()}


def test_its_example_goes_together_with_the_shipped_files(tmp_path):
    for file in (ROOT / "registry/policies").glob("*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "640000-2026.toml").write_text(example, encoding="utf-8")
    assert ("640000", 120) in [(row["place"], row["value"]) for row in read(tmp_path)]


def test_every_key_it_names_is_there():
    keys = {row["key"] for row in shipped()}
    named = set(re.findall(r"`((?:transfer|suspension)\.[a-z_.]+)`", PAGE))
    assert named
    assert named <= keys
