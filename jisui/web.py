"""The application for a WSGI server: `gunicorn 'jisui.web:app()'`."""

from __future__ import annotations

from apiflask import APIFlask

from jisui import logs
from jisui.assembly import open_installation
from jisui.settings import data_folder


def app() -> APIFlask:
    logs.set_up()
    return open_installation(data_folder(None)).app()
