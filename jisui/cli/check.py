"""Does this installation hold what it must?"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from jisui import checking, database_copies
from jisui.cli.answers import installation, json_option, show


@click.command()
@click.option("--quick", is_flag=True, help="Make no certificate.")
@json_option
@click.pass_obj
def check(data: Path, quick: bool, as_json: bool) -> None:
    """Check rows, links, history and anchors, open cases, keys, files, and that a certificate can be made."""
    found = installation(data)
    with found.looking() as session:
        rows = database_copies.rows(session.connection())
    broken = list(checking.findings(found, with_press=not quick))
    told = "\n".join(broken) or f"All holds. {sum(rows.values())} rows in {len(rows)} tables."
    show({"broken": broken, "rows": rows}, as_json, told)
    sys.exit(1 if broken else 0)


COMMANDS = (check,)
