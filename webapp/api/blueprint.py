"""The blueprint of `/api/v1`, and what its operations say of themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from apiflask import APIBlueprint
from flask import abort, request
from pydantic import BaseModel

from workflows.idempotency import PRINTABLE, KeyMalformed

# A bearer token cannot be sent by another site's form: no cookie is looked at here.
bp = APIBlueprint("api", __name__, url_prefix="/api/v1")

View = TypeVar("View", bound=Callable[..., Any])

JSON, MULTIPART, PDF = "application/json", "multipart/form-data", "application/pdf"
IN_AN_ADDRESS = re.compile(r"[0-9A-Za-z.~_-]{1,80}")


@dataclass(frozen=True)
class Operation:
    """What one operation takes and gives, for the OpenAPI document (`webapp.api.document`).

    `answer` None is a PDF. `refuses` are the problems it knows beside those of every operation of its kind.
    """

    summary: str
    answer: type[BaseModel] | None
    status: int = 200
    body: type[BaseModel] | None = None
    media: str = JSON
    query: type[BaseModel] | None = None
    refuses: frozenset[int] = frozenset()
    token: bool = True


def documented(
    summary: str,
    answer: type[BaseModel] | None,
    *,
    status: int = 200,
    body: type[BaseModel] | None = None,
    media: str = JSON,
    query: type[BaseModel] | None = None,
    refuses: tuple[int, ...] = (),
    token: bool = True,
) -> Callable[[View], View]:
    """An operation in the document. The view answers with a response, or with its model."""
    operation = Operation(summary, answer, status, body, media, query, frozenset(refuses), token)

    def decorate(view: View) -> View:
        described: Any = bp.doc(responses={200: "PDF"}) if answer is None else bp.output(answer, status)
        view = described(view)
        view.operation = operation  # type: ignore[attr-defined]
        return view

    return decorate


@bp.before_request
def _plain_address() -> None:
    """What stands in an address is a number or a key of ours; nothing else is there (404)."""
    for value in (request.view_args or {}).values():
        if isinstance(value, str) and not IN_AN_ADDRESS.fullmatch(value):
            abort(404)


@bp.before_request
def _plain_key() -> None:
    """Raises `KeyMalformed`."""
    key = request.headers.get("Idempotency-Key")
    if request.method == "POST" and key is not None and not PRINTABLE.fullmatch(key):
        raise KeyMalformed()
