"""The web server and the worker."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from jisui import lifeline
from jisui import worker as work
from jisui.cli.answers import installation
from jisui.settings import DATA_VARIABLE

with_parent = click.option("--with-parent", type=int, hidden=True, help="End when this process is gone.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--processes", default=1, show_default=True, help="Web processes; each holds no state.")
@click.option("--threads", default=8, show_default=True)
@with_parent
@click.pass_obj
def serve(data: Path, host: str, port: int, processes: int, threads: int, with_parent: int | None) -> None:
    """Serve the web pages and the HTTP interface."""
    if with_parent:
        lifeline.end_with(with_parent)
    installation(data)
    os.environ[DATA_VARIABLE] = str(data)
    arguments = [
        sys.executable, "-m", "gunicorn", "jisui.web:app()", "--bind", f"{host}:{port}",
        "--workers", str(processes), "--threads", str(threads), "--worker-class", "gthread",
        "--timeout", "60", "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip
    os.execv(sys.executable, arguments)  # noqa: S606  (our own interpreter, no shell)


@click.command()
@with_parent
@click.pass_obj
def worker(data: Path, with_parent: int | None) -> None:
    """Run timers, messages and certificates, until told to stop."""
    if with_parent:
        lifeline.end_with(with_parent)
    work.serve(installation(data).worker())


COMMANDS = (serve, worker)
