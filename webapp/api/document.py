"""The OpenAPI 3.1 document of `/api/v1`, drawn from what each operation says of itself.

APIFlask finds the operations; what they take and give is written here, because its own
drawing leaves bodies optional, errors as plain JSON and shared models twice.
"""

from __future__ import annotations

import re
from typing import Any, cast

from apiflask import APIBlueprint, APIFlask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from webapp.api.blueprint import JSON, MULTIPART, PDF, Operation
from webapp.api.requests import NewCase
from webapp.api.schemas import Problem
from webapp.processes import ProcessKind
from webapp.services import Services

VERSION = "1"
PROBLEM = "application/problem+json"
REF = "#/components/schemas/{model}"
Schema = dict[str, Any]

REFUSALS = {
    400: "Not JSON (or repeated keys, or too deep), or a malformed Idempotency-Key",
    401: "No token, or a bad one",
    403: "Signed in, not allowed",
    404: "Not there, or not the caller's to know",
    409: "Somebody was faster, or the case has ended",
    413: "Too large",
    415: "Not the right kind of content",
    422: "Members that don't fit (`errors`), or rules that stand in the way (`violations`)",
    429: "Too many tries",
    503: "The database is away or overloaded: try again",
}
SECONDS = {"description": "seconds", "schema": {"type": "integer"}}
MORE_HEADERS = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: {"Retry-After": SECONDS},
    503: {"Retry-After": SECONDS},
}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "1 to 200 printable characters. The same request under the same key gets the first answer "
    "again; the same key for another request is refused (422). Kept for seven days.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$"},
}
LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "language of titles and messages: zh-CN (default) or en",
    "schema": {"type": "string"},
}
REPLAYED = {
    "Idempotency-Replayed": {
        "description": "`true` when this is the first answer again",
        "schema": {"type": "string", "const": "true"},
    }
}
BINARY = {"type": "string", "format": "binary"}
UPLOAD = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "JPEG, PNG, HEIC, PDF; at most 10 MB"},
        "kind": {"type": "string", "pattern": "^[a-z_]{0,40}$", "description": "what it proves"},
    },
}


def init_app(app: APIFlask, services: Services) -> None:
    """Draw the document when it is asked for. Pages have no part in it."""
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        AUTO_SERVERS=False,
        AUTO_TAGS=False,
        AUTO_OPERATION_ID=True,
        AUTO_404_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        DESCRIPTION="The same functions as the pages, for machines. A token belongs to one appointment.",
        SERVERS=[{"url": "/"}],
    )
    for blueprint in app.blueprints.values():
        if not isinstance(blueprint, APIBlueprint):
            blueprint.enable_openapi = False  # type: ignore[attr-defined]  # APIFlask asks every blueprint

    @app.spec_processor
    def draw(document: Schema | str) -> Schema | str:
        return _drawn(app, services, cast("Schema", document))


def _drawn(app: APIFlask, services: Services, document: Schema) -> Schema:
    operations = {
        endpoint: operation
        for endpoint, view in app.view_functions.items()
        if isinstance(operation := getattr(view, "operation", None), Operation)
    }
    for rule in app.url_map.iter_rules():
        if (operation := operations.get(rule.endpoint)) is None:
            continue
        path = re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", r"{\1}", rule.rule)
        (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        drawn = document["paths"][path][method.lower()]
        _fill(drawn, operation, method, path)
    document.pop("tags", None)
    document["components"] = {
        "schemas": _schemas(list(operations.values()), list(services.processes.values())),
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer", "description": "`jisui token create USERNAME`"}
        },
    }
    return document


def _fill(drawn: Schema, operation: Operation, method: str, path: str) -> None:
    drawn["summary"] = operation.summary
    drawn["tags"] = [path.split("/")[3]]
    drawn["operationId"] = drawn["operationId"].removeprefix(f"{method.lower()}_api_")
    drawn["parameters"] = _parameters(operation, method, drawn["parameters"])
    drawn["responses"] = {str(operation.status): _answer(operation, method)} | {
        str(status): _refusal(status) for status in sorted(_refusals(operation, method, path))
    }
    drawn["security"] = [{"bearer": []}] if operation.token else []
    if operation.body is not None or operation.media != JSON:
        drawn["requestBody"] = {"required": True, "content": {operation.media: _body(operation)}}


def _parameters(operation: Operation, method: str, in_path: list[Schema]) -> list[Schema]:
    for parameter in in_path:
        is_key = parameter["name"] == "task_id"
        parameter["schema"] = {"type": "string"} | ({"format": "uuid"} if is_key else {})
        parameter["required"] = True
    query = operation.query.model_json_schema()["properties"] if operation.query else {}
    in_query = [
        {"name": name, "in": "query", "required": False, "schema": _plain(schema)}
        for name, schema in query.items()
    ]
    return [*in_path, *in_query, *([KEY] if method == "POST" else []), LANGUAGE]


def _plain(schema: Schema) -> Schema:
    """A parameter's schema: what is left out is left out, never null."""
    kept = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "title", "default")}
    default = {"default": schema["default"]} if schema.get("default") is not None else {}
    return (kept[0] if kept else {}) | rest | default


def _refusals(operation: Operation, method: str, path: str) -> frozenset[int]:
    found = {429, 503, *operation.refuses}
    if operation.token:
        found |= {401, 403}
    if "{" in path:
        found |= {404}
    if operation.query is not None:
        found |= {422}
    if method == "POST":
        found |= {400, 413, 422}
    if operation.body is not None or operation.media == MULTIPART:
        found |= {415}
    return frozenset(found)


def _answer(operation: Operation, method: str) -> Schema:
    if operation.answer is None:
        return {"description": "The PDF", "content": {PDF: {"schema": BINARY}}}
    answer: Schema = {
        "description": (operation.answer.__doc__ or "").partition("\n")[0],
        "content": {JSON: {"schema": _reference(operation.answer)}},
    }
    return answer | ({"headers": REPLAYED} if method == "POST" and operation.token else {})


def _refusal(status: int) -> Schema:
    headers = {"headers": MORE_HEADERS[status]} if status in MORE_HEADERS else {}
    return {"description": REFUSALS[status], "content": {PROBLEM: {"schema": _reference(Problem)}}} | headers


def _body(operation: Operation) -> Schema:
    if operation.media == PDF:
        return {"schema": BINARY}
    return {"schema": UPLOAD if operation.body is None else _reference(operation.body)}


def _reference(model: type[BaseModel]) -> Schema:
    return {"$ref": REF.format(model=model.__name__)}


def _schemas(operations: list[Operation], kinds: list[ProcessKind]) -> Schema:
    """Every model once: what is sent as it is read, what is answered as it is written."""
    sent = {one.body for one in operations if one.body} | {kind.application for kind in kinds} | {Problem}
    given = {one.answer for one in operations if one.answer}
    wanted = [(model, "validation") for model in sent] + [(model, "serialization") for model in given]
    _names, schemas = models_json_schema(wanted, ref_template=REF)  # type: ignore[arg-type]
    found: Schema = schemas["$defs"]
    found[NewCase.__name__] = _new_case(kinds)
    return dict(sorted(found.items()))


def _new_case(kinds: list[ProcessKind]) -> Schema:
    """A process goes with its own application."""
    return {
        "description": (NewCase.__doc__ or ""),
        "oneOf": [
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["process", "application"],
                "properties": {"process": {"const": kind.key}, "application": _reference(kind.application)},
            }
            for kind in kinds
        ],
    }
