"""Cursor pages: `?cursor=&limit=` in, `{"items": […], "next": …}` out."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from webapp.refusals import FieldErrors, field_error

LIMIT, MOST = 50, 200


@dataclass(frozen=True)
class Asked:
    """What a request asks of a list: after which row, how many."""

    after: tuple[str, ...]
    limit: int


def asked(parts: int) -> Asked:
    """Read `cursor` (of so many parts) and `limit`. Raises `FieldErrors`."""
    text = request.args.get("limit", str(LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= MOST):
        raise FieldErrors([field_error("/limit", "out_of_range", _("limit 是 1 到 200 的数"))])
    cursor = request.args.get("cursor", "")
    if not cursor:
        return Asked((), int(text))
    try:
        after = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
    except (ValueError, binascii.Error, UnicodeError, RecursionError):
        after = None
    if not isinstance(after, list) or len(after) != parts or not all(isinstance(p, str) for p in after):
        raise FieldErrors([field_error("/cursor", "malformed", _("cursor 要照上一页给的原样用"))])
    return Asked(tuple(after), int(text))


def cursor(*parts: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()
