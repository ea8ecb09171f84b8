"""JSON that can't surprise: no repeated keys, no NaN, no depth that breaks the parser."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from flask.json.provider import DefaultJSONProvider


class StrictJson(DefaultJSONProvider):
    """Answers as Flask does, and reads only what has one meaning."""

    ensure_ascii = False
    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """:raises ValueError: for anything that is not JSON in the strict sense; Flask makes it a 400."""
        try:
            return json.loads(
                s, object_pairs_hook=_object, parse_constant=_refuse, parse_int=_whole_number, **kwargs
            )
        except RecursionError:
            raise ValueError("nested too deeply") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number of JSON")


def _whole_number(text: str) -> int:
    if len(text) > 40:
        raise ValueError("a number too long to mean anything here")
    return int(text)
