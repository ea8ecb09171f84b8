"""Read a JSON body; answer the same request twice with the first answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from flask import Response, g, request
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session

from forms.pointers import errors_of
from webapp.refusals import FieldErrors
from webapp.services import services
from workflows import idempotency

Model = TypeVar("Model", bound=BaseModel)


def parsed(model: type[Model]) -> Model:
    """The request's body as `model`. 400 and 415 are answered by Flask; raises `FieldErrors`."""
    return validated(model, request.get_json())


def validated(model: type[Model], members: Any, prefix: str = "") -> Model:
    try:
        return model.model_validate(members)
    except ValidationError as error:
        raise FieldErrors(errors_of(error, prefix)) from error


def once(
    session: Session, asker: str, act: Callable[[], tuple[BaseModel, int]], content: bytes | None = None
) -> Response:
    """Run `act` and commit, or repeat the answer that this Idempotency-Key was given before.

    `content` is what makes the request the same, where the body itself is not (multipart).
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        answer, status = act()
        session.commit()
        return _response(_dump(answer), status)
    route = f"{request.method} {request.path}"
    asked = idempotency.Request.of(asker, key, route, request.get_data() if content is None else content)
    if (earlier := idempotency.earlier(session, asked)) is not None:
        return _replayed(earlier)
    try:
        answer, status = act()
    except Exception:
        session.rollback()
        if (earlier := idempotency.earlier(session, asked)) is not None:
            return _replayed(earlier)  # the twin of this request was faster
        raise
    given = idempotency.Answer(status, _dump(answer).decode())
    idempotency.remember(session, asked, given, now=services().clock.now())
    session.commit()
    return _response(given.body.encode(), status)


def _dump(answer: BaseModel) -> bytes:
    return orjson.dumps(answer.model_dump(mode="json", by_alias=True))


def _response(body: bytes, status: int) -> Response:
    return Response(body, status, content_type="application/json")


def _replayed(earlier: idempotency.Answer) -> Response:
    g.replayed = True
    answer = _response(earlier.body.encode(), earlier.status)
    answer.headers["Idempotency-Replayed"] = "true"
    return answer
