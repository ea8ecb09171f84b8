"""Look up a rule's value and where it comes from."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from jisui.cli.answers import fail, installation, json_option, show
from registry import policy as policies
from registry.errors import PolicyMissing


@click.group()
def policy() -> None:
    """Policy values."""


@policy.command("show")
@click.argument("key")
@click.option("--place", default="000000", show_default=True, help="Division code.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day (default: today).")
@json_option
@click.pass_obj
def show_policy(data: Path, key: str, place: str, on: datetime | None, as_json: bool) -> None:
    """Print the value in force, its origin and its legal basis."""
    found = installation(data)
    day: date = on.date() if on else found.clock.now().date()
    with found.sessions() as session:
        try:
            value = policies.value(session, key, place, day)
        except PolicyMissing:
            fail(f"No value of {key} for {place} on {day}.")
    shown = {
        "key": key,
        "value": value.value,
        "place": value.place,
        "version": value.version,
        "basis": value.basis,
    }
    show(shown, as_json, "\n".join(f"{name}: {part}" for name, part in shown.items()))


COMMANDS = (policy,)
