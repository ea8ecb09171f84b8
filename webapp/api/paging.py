"""Cursor pages: `?cursor=&limit=` in, `{"items": […], "next": …}` out."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import request
from flask_babel import gettext as _

from webapp.api.bodies import validated
from webapp.api.requests import Paging
from webapp.refusals import FieldErrors, field_error

Query = TypeVar("Query", bound=Paging)


@dataclass(frozen=True)
class Asked:
    """What a request asks of a list: after which row, how many."""

    after: tuple[Any, ...]
    limit: int


def queried(model: type[Query]) -> Query:
    """The request's query as `model`. Raises `FieldErrors`."""
    return validated(model, request.args.to_dict())


def asked(query: Paging, *parts: Callable[[str], Any]) -> Asked:
    """Read the cursor, whose parts are read by `parts`. Raises `FieldErrors`."""
    if query.cursor is None:
        return Asked((), query.limit)
    try:
        found = json.loads(base64.b64decode(query.cursor, altchars=b"-_", validate=True))
        after = tuple(read(_text(part)) for read, part in zip(parts, found, strict=True))
    except (ValueError, TypeError, OverflowError, RecursionError):
        wrong = field_error("/cursor", "malformed", _("cursor 要照上一页给的原样用"))
        raise FieldErrors([wrong]) from None
    return Asked(after, query.limit)


def cursor(*parts: object) -> str:
    """Where the next page begins: after the row that these values name."""
    return base64.urlsafe_b64encode(json.dumps([str(part) for part in parts]).encode()).decode()


def moment(text: str) -> datetime:
    """A part of a cursor that is a time."""
    return datetime.fromisoformat(text).astimezone(UTC)


def whole(text: str) -> int:
    """A part of a cursor that is a small number."""
    return int(_fitting(text, r"[0-9]{1,4}"))


def number(text: str) -> str:
    """A part of a cursor that is a student number."""
    return _fitting(text, r"[0-9A-Z]{1,19}")


def _text(part: object) -> str:
    if not isinstance(part, str):
        raise TypeError(type(part).__name__)
    return part


def _fitting(text: str, pattern: str) -> str:
    if not re.fullmatch(pattern, text):
        raise ValueError(pattern)
    return text
