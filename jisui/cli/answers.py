"""What commands share: open the installation, print for people or for scripts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
import orjson

from jisui.assembly import Installation, open_installation
from jisui.settings import NotSetUp

Command = TypeVar("Command", bound=Callable[..., Any])


def installation(data: Path) -> Installation:
    """The installation in the data folder, or one line that says how to make one; closed with the command."""
    try:
        found = open_installation(data)
    except NotSetUp:
        fail(f"No installation in {data}. Make one with `jisui demo`, or with `jisui db upgrade`.", 2)
    click.get_current_context().call_on_close(found.database.dispose)
    return found


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Answer as JSON, for scripts.")(command)


def show(value: Any, as_json: bool, text: str) -> None:
    """Print `value` as JSON, or `text`."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() if as_json else text)


def fail(message: str, status: int = 1) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(status)
