"""Does the history still say what it said?"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from jisui.cli.answers import installation, json_option, show
from registry.calendar import CHINA
from workflows.history import Broken


@click.group()
def history() -> None:
    """The hash chains of all cases."""


@history.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only what grew from that day on.")
@json_option
@click.pass_obj
def verify(data: Path, since: datetime | None, as_json: bool) -> None:
    """Check every chain, its end and the nightly anchors; status 1 if something does not hold."""
    found = installation(data)
    moment = since.replace(tzinfo=CHINA) if since else None
    with found.looking() as session:
        broken = list(found.notary.findings(session.connection(), moment, since.date() if since else None))
    value = [{"case": str(b.case_id) if b.case_id else None, "seq": b.seq, "why": b.why} for b in broken]
    show(value, as_json, "\n".join(map(said, broken)) or "Every chain holds.")
    sys.exit(1 if broken else 0)


def said(broken: Broken) -> str:
    """One finding in words."""
    return f"case {broken.case_id}, entry {broken.seq}: {broken.why}" if broken.case_id else broken.why


COMMANDS = (history,)
