"""Where a `next=` may lead: to a path of ours and nowhere else."""

from __future__ import annotations

import re

_OURS = re.compile(r"/(?![/\\])[^\\\x00-\x1f\x7f]*")


def relative(target: str | None) -> str | None:
    """The path if it is one of ours: one slash in front, no backslash, no control character."""
    return target if target and len(target) < 2000 and _OURS.fullmatch(target) else None
