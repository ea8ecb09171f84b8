"""Page templates, compiled once in a process and not for each test's application anew."""

from __future__ import annotations

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class Remembered(BytecodeCache):
    """Compiled templates in memory; Jinja itself notices a changed source."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


def remember_compiled_templates() -> None:
    """For every application of this process."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Remembered()}
