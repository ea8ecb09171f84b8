"""The web server and the worker."""

from __future__ import annotations

from pathlib import Path

import click
from werkzeug.utils import import_string

from jisui import lifeline, web
from jisui.cli.answers import installation

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
    web.serve(installation(data), host=host, port=port, processes=processes, threads=threads)


@click.command()
@with_parent
@click.pass_obj
def worker(data: Path, with_parent: int | None) -> None:
    """Run timers, messages and certificates, until told to stop."""
    if with_parent:
        lifeline.end_with(with_parent)
    import_string("jisui.worker:serve")(installation(data).worker())  # loads WeasyPrint: the web does not


COMMANDS = (serve, worker)
