"""The demo: a province on SQLite, web and worker, in one command."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import click
import orjson
from werkzeug.utils import import_string

from jisui import lifeline, web
from jisui.assembly import open_installation
from jisui.cli.answers import fail
from jisui.demo import samples
from jisui.demo.build import FolderInUse, ensure_demo
from jisui.demo.welcome import welcome

PATIENCE_SECONDS = 60
PORT_SECONDS = 5
"""How long a port may stay taken by a demo that was just ended."""


@click.command()
@click.option("--port", default=8000, show_default=True, help="0 takes a free one.")
@click.option("--json", "as_json", is_flag=True, help="First line: address and password, once it answers.")
@click.pass_obj
def demo(data: Path, port: int, as_json: bool) -> None:
    """Make the demo province if it is not there yet, and start web and worker."""
    port = port or _free_port()
    _wait_for_port(port)
    url = f"http://127.0.0.1:{port}"
    os.environ["JISUI_BASE_URL"] = url
    try:
        settings = ensure_demo(data, url, say=lambda text: click.echo(text, err=True))
    except FolderInUse:
        fail(f"{data} holds something that is no demo. Choose another folder: jisui --data DIR demo", 2)
    server = start(_serve, data, port)
    children = [server, start(_work, data)]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _wait_until_answering(url, server)
        if as_json:
            click.echo(orjson.dumps({"url": url, "password": settings.demo_password}).decode())
        else:
            click.echo(welcome(url, settings.demo_password, samples.read(data)))
        sys.stdout.flush()
        while not _has_ended(server):
            if _has_ended(children[-1], within=0):
                children.append(start(_work, data))
    except KeyboardInterrupt:
        pass
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.join()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_port(port: int) -> None:
    """Fail with one line where somebody else serves at this port."""
    until = time.monotonic() + PORT_SECONDS
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return
            except OSError:
                if time.monotonic() > until:
                    fail(f"Port {port} is taken. Choose another: jisui demo --port N", 2)
        time.sleep(0.1)


def start(run: Callable[..., None], *arguments: object) -> BaseProcess:
    """Run something in a fork: what this process has loaded is not loaded again."""
    child = get_context("fork").Process(target=_with_parent, args=(os.getpid(), run, *arguments))
    child.start()
    return child


def _with_parent(parent: int, run: Callable[..., None], *arguments: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    lifeline.end_with(parent)
    run(*arguments)


def _serve(data: Path, port: int) -> None:
    web.serve(open_installation(data), host="127.0.0.1", port=port)


def _work(data: Path) -> None:
    os.nice(5)  # the first page comes first
    import_string("jisui.worker:serve")(open_installation(data).worker())


def _has_ended(process: BaseProcess, within: float = 1) -> bool:
    """Whether it has ended; the answer takes up to so many seconds."""
    process.join(timeout=within)
    return process.exitcode is not None


def _wait_until_answering(url: str, server: BaseProcess) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if server.exitcode is not None:
            fail("The web server did not start; what went wrong stands above.")
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2):  # noqa: S310  (our own address)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    fail("The web server does not answer.")


COMMANDS = (demo,)
