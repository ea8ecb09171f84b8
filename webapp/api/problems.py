"""Refusals of the interface as problem documents (RFC 9457)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from registry.errors import NotFound
from webapp.api.answers import violation
from webapp.api.blueprint import bp
from webapp.errors import page
from webapp.refusals import FieldErrors, NotJson, Refused, TooManyTries
from workflows.errors import DecisionNotOffered
from workflows.idempotency import KeyMalformed, KeyReused


@bp.errorhandler(FieldErrors)
def field_errors(error: FieldErrors) -> Response:
    return problem(422, _("有几项要改，请看 errors"), code="fields", errors=error.errors)


@bp.errorhandler(Refused)
def refused(error: Refused) -> Response:
    found = [violation(one).model_dump() for one in error.violations]
    return problem(422, _("现在还不能办，原因在 violations"), code="rules", violations=found)


@bp.errorhandler(TooManyTries)
def too_many_tries(_error: TooManyTries) -> Response:
    return problem(429, _("今天已试 3 次，请明天再试，或打电话问原学校"), code="too_many_tries")


@bp.errorhandler(DecisionNotOffered)
def not_offered(error: DecisionNotOffered) -> Response:
    """What the task does not offer is a fault of that member."""
    found = {
        "pointer": f"/{error.facts['field']}",
        "code": "not_offered",
        "message": _("这一步没有这个选项，请选一个"),
    }
    return problem(422, _("有几项要改，请看 errors"), code=error.code, errors=[found])


@bp.errorhandler(KeyReused)
def key_reused(error: KeyReused) -> Response:
    return problem(422, _("这个 Idempotency-Key 已用于别的请求，请换一个"), code=error.code)


@bp.errorhandler(KeyMalformed)
def key_malformed(error: KeyMalformed) -> Response:
    return problem(400, _("Idempotency-Key 是 1 到 200 个可见字符"), code=error.code)


@bp.errorhandler(NotJson)
def not_json(_error: NotJson) -> Response:
    return problem(415, _("请用 JSON 发送，Content-Type 是 application/json"), code="body.not_json")


@bp.errorhandler(BadRequest)
def unreadable(_error: BadRequest) -> Response:
    return problem(400, _("正文读不懂，请检查 JSON 的写法和编码"), code="body.unreadable")


@bp.errorhandler(NotFound)
def not_found(_error: NotFound) -> Any:
    return page(404)


def problem(status: int, title: str, **members: object) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, "request_id": g.get("request_id", "")}
    answer: Response = jsonify(body | members)
    answer.status_code = status
    answer.content_type = "application/problem+json"
    return answer
