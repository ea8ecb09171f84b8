"""Which places' policy holds where, and how far a place may depart from those above it."""

from __future__ import annotations

from typing import Any

NATION = "000000"


def places_over(place: str) -> list[str]:
    """The places whose policy holds at a division, most specific first: 350102, 350100, 350000, 000000."""
    return list(dict.fromkeys([place, f"{place[:4]}00", f"{place[:2]}0000", NATION]))


def is_tighter(value: Any, above: int, bound: str) -> bool:
    """Whether a value keeps within one above it that binds: ``less`` or ``more``, or the same."""
    if not isinstance(value, int):
        return False
    return value <= above if bound == "less" else value >= above
