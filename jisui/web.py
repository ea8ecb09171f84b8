"""The web server: gunicorn in this process and its forks; or by itself: `gunicorn 'jisui.web:app()'`."""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask
from gunicorn.app.base import BaseApplication

from jisui import logs
from jisui.assembly import Installation, open_installation
from jisui.settings import data_folder
from webapp import lighter

TIMEOUT_SECONDS = 60


def app() -> APIFlask:
    logs.set_up()
    return _light(open_installation(data_folder(None)).app())


def serve(installation: Installation, *, host: str, port: int, processes: int = 1, threads: int = 8) -> None:
    """Serve until told to stop. What is loaded already is shared, not loaded again."""
    options = {
        "bind": f"{host}:{port}",
        "workers": processes,
        "threads": threads,
        "worker_class": "gthread",
        "timeout": TIMEOUT_SECONDS,
        "loglevel": "warning",
        "control_socket_disable": True,
        "preload_app": True,
    }
    _Server(installation, options).run()


class _Server(BaseApplication):
    def __init__(self, installation: Installation, options: dict[str, Any]) -> None:
        self._installation = installation
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        config: Any = self.cfg
        for name, value in self._options.items():
            config.set(name, value)

    def load(self) -> APIFlask:
        return _light(self._installation.app())


def _light(app: APIFlask) -> APIFlask:
    lighter.init_app(app)
    return app
