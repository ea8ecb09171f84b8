"""Read what a request brings; answer the same request twice with the first answer."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from flask import Response, request
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session

from forms.pointers import errors_of
from registry import encryption
from webapp.refusals import FieldErrors, NotJson
from webapp.services import services
from workflows import idempotency
from workflows.model import Actor

Model = TypeVar("Model", bound=BaseModel)
PLACE = "idempotency.answer"


def parsed(model: type[Model]) -> Model:
    """The request's body as `model`. Flask answers 400 to broken JSON; raises `NotJson`, `FieldErrors`."""
    if not request.is_json:
        raise NotJson()
    return validated(model, request.get_json())


def validated(model: type[Model], members: Any, prefix: str = "") -> Model:
    """`members` as `model`. Raises `FieldErrors` with pointers below `prefix`."""
    try:
        return model.model_validate(members)
    except ValidationError as error:
        raise FieldErrors(errors_of(error, prefix)) from error


def once(
    session: Session, actor: Actor, act: Callable[[], tuple[BaseModel, int]], content: bytes | None = None
) -> Response:
    """Run `act` and commit, or repeat the answer that this Idempotency-Key was given before.

    `content` is what makes the request the same, where the body itself is not (multipart).
    """
    asked = _asked(actor, request.get_data() if content is None else content)
    if asked is None:
        answer, status = act()
        session.commit()
        return _response(_dump(answer), status)
    if (earlier := idempotency.earlier(session, asked)) is not None:
        return _replayed(asked, earlier)
    try:
        answer, status = act()
        _remember(session, asked, _dump(answer), status)
        session.commit()
    except Exception:
        session.rollback()
        if (earlier := idempotency.earlier(session, asked)) is not None:
            return _replayed(asked, earlier)  # the twin of this request was faster
        raise
    return _response(_dump(answer), status)


def _asked(actor: Actor, content: bytes) -> idempotency.Request | None:
    """Who asks what under which key. A person may hold two appointments: each has its own keys."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    who = f"{actor.person_id}:{actor.role}@{actor.office}"
    return idempotency.Request.of(who, key, f"{request.method} {request.path}", content)


def _remember(session: Session, asked: idempotency.Request, answer: bytes, status: int) -> None:
    """Answers name students and hold tracking codes, so they are kept encrypted."""
    sealed = encryption.ring().encrypt_bytes(PLACE, _row(asked), answer)
    kept = idempotency.Answer(status, base64.b64encode(sealed).decode())
    idempotency.remember(session, asked, kept, now=services().clock.now())


def _replayed(asked: idempotency.Request, earlier: idempotency.Answer) -> Response:
    sealed = base64.b64decode(earlier.body)
    answer = _response(encryption.ring().decrypt_bytes(PLACE, _row(asked), sealed), earlier.status)
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


def _row(asked: idempotency.Request) -> str:
    return f"{asked.actor}:{asked.key}"


def _dump(answer: BaseModel) -> bytes:
    return orjson.dumps(answer.model_dump(mode="json", by_alias=True))


def _response(body: bytes, status: int) -> Response:
    return Response(body, status, content_type="application/json")
