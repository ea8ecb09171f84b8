"""Does the history still say what it said?"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from jisui.cli.answers import installation, json_option, show
from workflows import history as chains


@click.group()
def history() -> None:
    """The hash chains of all cases."""


@history.command()
@json_option
@click.pass_obj
def verify(data: Path, as_json: bool) -> None:
    """Check every chain; status 1 if one is broken."""
    found = installation(data)
    with found.sessions() as session:
        broken = list(chains.verify(session.connection()))
    value = [{"case": str(b.case_id), "seq": b.seq, "why": b.why} for b in broken]
    text = "\n".join(f"{b.case_id} entry {b.seq}: {b.why}" for b in broken) or "Every chain holds."
    show(value, as_json, text)
    sys.exit(1 if broken else 0)


COMMANDS = (history,)
