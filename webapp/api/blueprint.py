"""The blueprint of `/api/v1`, and what every operation of it documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from apiflask import APIBlueprint

# A bearer token cannot be sent by another site's form: no cookie is looked at here.
bp = APIBlueprint("api", __name__, url_prefix="/api/v1", tag="Jisui")

View = TypeVar("View", bound=Callable[..., Any])

ANSWERS = {
    400: "Not JSON, or not a request",
    401: "No token, or a bad one",
    403: "Signed in, not allowed",
    404: "Not there, or not the caller's to know",
    409: "Somebody was faster",
    413: "Too large",
    415: "Not the right kind of content",
    422: "Fields that don't fit, or rules that stand in the way",
    429: "Too many tries",
}


def documented(summary: str, *, token: bool = True) -> Callable[[View], View]:
    """An operation with its summary and every answer it may give."""
    responses = {code: text for code, text in ANSWERS.items() if token or code not in (401, 403)}
    return bp.doc(summary=summary, responses=responses, security="bearer" if token else None)
