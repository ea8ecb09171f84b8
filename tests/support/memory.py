"""What a process need not work out twice: the same template compiled, the same picture cleaned."""

from __future__ import annotations

from functools import lru_cache

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from registry import evidence_intake


class Remembered(BytecodeCache):
    """Compiled templates in memory; Jinja itself notices a changed source."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


def remember_templates() -> None:
    """Compile a page template once, for every application of this process."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Remembered()}


def remember_cleaned_files() -> None:
    """Start a child for each different upload and not for each test: the same bytes give the same answer."""
    evidence_intake._ask_child = lru_cache(maxsize=100)(evidence_intake._ask_child)
