"""The application: what holds for every page, then one blueprint per person or purpose."""

from __future__ import annotations

from apiflask import APIFlask
from flask import Flask
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from werkzeug.utils import import_string

from webapp import (
    assets_manifest,
    database,
    display,
    errors,
    filters,
    language,
    officials,
    request_ids,
    rights,
    security,
    unread_bodies,
    wording,
)
from webapp.api import document
from webapp.json_provider import StrictJson
from webapp.services import Services
from webapp.sessions import DatabaseSessions

BLUEPRINTS = (
    "webapp.health:bp",
    "webapp.home:bp",
    "webapp.display:bp",
    "webapp.sign_in:bp",
    "webapp.inbox:bp",
    "webapp.register.applying:bp",
    "webapp.register.looking_up:bp",
    "webapp.register.views:bp",
    "webapp.office:bp",
    "webapp.apply:bp",
    "webapp.track:bp",
    "webapp.verify:bp",
    "webapp.api:bp",
)


def create_app(services: Services) -> APIFlask:
    """The web application over `services`.

    :raises webapp.rights.UndeclaredView: if a view does not say who may use it.
    """
    app = APIFlask(
        __name__,
        title="Jisui",
        version="1.0",
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        json_errors=False,
    )
    app.extensions["jisui"] = services
    app.json = StrictJson(app)
    app.session_interface = DatabaseSessions(services.sessions, services.looking, services.settings)
    app.jinja_loader = ChoiceLoader(
        [
            PackageLoader("webapp"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.jinja_options = {**app.jinja_options, "trim_blocks": True, "lstrip_blocks": True}
    request_ids.init_app(app)
    language.init_app(app)  # before what loads the official: roles have names
    security.init_app(app, services.settings)
    officials.init_app(app)
    for part in (
        database,
        filters,
        wording,
        display,
        assets_manifest,
        rights,
        errors,
        unread_bodies,
    ):
        part.init_app(app)
    _give_to_templates(app, services)
    for name in BLUEPRINTS:
        app.register_blueprint(import_string(name))
    security.csrf.exempt(app.blueprints["api"])
    document.init_app(app, services)
    rights.check(app)
    return app


def _give_to_templates(app: Flask, services: Services) -> None:
    @app.context_processor
    def everywhere() -> dict[str, object]:
        return {"settings": services.settings, "now": services.clock.now()}
