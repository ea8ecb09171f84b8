"""What can be started, and what each application holds."""

from __future__ import annotations

from flask import g

from webapp.api.auth import needs
from webapp.api.blueprint import bp, documented
from webapp.api.schemas import ProcessDetail, ProcessOut, ProcessPage
from webapp.services import services
from workflows import definitions
from workflows.errors import ProcessNotFound


def _newest() -> dict[str, int]:
    published = definitions.published(g.database, services().clock.now())
    return {key: version for key, place, version in published if not place}


@bp.get("/processes")
@needs("process.read")
@documented("Published processes", ProcessPage)
def list_processes() -> ProcessPage:
    versions = _newest()
    kinds = services().processes
    items = [
        ProcessOut(key=key, name=kinds[key].name, version=versions[key]) for key in kinds if key in versions
    ]
    return ProcessPage(items=items)


@bp.get("/processes/<key>")
@needs("process.read")
@documented("One process, with the JSON Schema of its application", ProcessDetail)
def read_process(key: str) -> ProcessDetail:
    kind = services().processes.get(key)
    version = _newest().get(key)
    if kind is None or version is None:
        raise ProcessNotFound(process=key)
    schema = kind.application.model_json_schema()
    return ProcessDetail(key=key, name=kind.name, version=version, application=schema)
