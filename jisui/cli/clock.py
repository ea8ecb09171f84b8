"""The demo's movable clock."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from jisui.cli.answers import fail, installation, json_option, show
from jisui.clock import MovableClock, parse_step


@click.group()
def clock() -> None:
    """Show or move the clock of the business (demo only)."""


def _movable(data: Path) -> MovableClock:
    found = installation(data).clock
    if not isinstance(found, MovableClock):
        fail("The clock can be moved in a demo only.")
    return found


def _tell(found: MovableClock, as_json: bool) -> None:
    moment = found.now().isoformat(timespec="seconds")
    show({"now": moment}, as_json, moment)


@clock.command("show")
@json_option
@click.pass_obj
def show_clock(data: Path, as_json: bool) -> None:
    """Print the time of the business."""
    _tell(_movable(data), as_json)


@clock.command("set")
@click.argument("moment")
@json_option
@click.pass_obj
def set_clock(data: Path, moment: str, as_json: bool) -> None:
    """Set it, such as 2026-03-02T09:00 (China time)."""
    found = _movable(data)
    try:
        found.set(datetime.fromisoformat(moment))
    except (ValueError, OverflowError):
        fail(f"Not a time: {moment}. Write it as 2026-03-02T09:00.", 2)
    _tell(found, as_json)


@clock.command()
@click.argument("step")
@json_option
@click.pass_obj
def advance(data: Path, step: str, as_json: bool) -> None:
    """Move it on, such as 3d, 12h or 30m."""
    found = _movable(data)
    try:
        found.advance(parse_step(step))
    except (ValueError, OverflowError):
        fail(f"Not a distance: {step}. Write it as 3d, 12h or 30m.", 2)
    _tell(found, as_json)


@clock.command()
@json_option
@click.pass_obj
def reset(data: Path, as_json: bool) -> None:
    """Put it back to where the demo starts."""
    found = _movable(data)
    found.reset()
    _tell(found, as_json)


COMMANDS = (clock,)
