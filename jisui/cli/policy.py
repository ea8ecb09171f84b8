"""Look up a rule's value and where it comes from."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from jisui.cli.answers import fail, installation, json_option, show
from registry import policy_origin
from registry.errors import PolicyMissing
from registry.policy_origin import Considered, Origin

WHY = {
    policy_origin.HOLDS: "holds",
    policy_origin.LESS_SPECIFIC: "in force, but a more specific place has its own",
    policy_origin.SUPERSEDED: "a later version of the same place took over",
    policy_origin.NOT_YET: "not yet in force",
    policy_origin.NO_LONGER: "no longer in force",
}
BOUNDS = {"less": "or less", "more": "or more"}


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
    """Explain a value: which version holds at a place on a day, and why the others do not.

    Status 1 when none is in force on that day, 2 for a key or a place that does not exist.
    """
    found = installation(data)
    day: date = on.date() if on else found.clock.now().date()
    with found.sessions() as session:
        if not policy_origin.is_place(session, place):
            fail(f"{place} is no division code.", 2)
        try:
            origin = policy_origin.explain(session, key, place, day)
        except PolicyMissing:
            fail(f"There is no policy key {key}.", 2)
    show(_for_scripts(origin), as_json, "\n".join(_lines(origin)))
    if origin.holds is None:
        sys.exit(1)


def _for_scripts(origin: Origin) -> dict[str, Any]:
    asked = {"key": origin.key, "asked": {"place": origin.place, "on": origin.on}}
    holds = origin.holds
    return {
        **asked,
        **(_facts(holds) if holds else {}),
        "considered": [_facts(one) | {"outcome": one.outcome} for one in origin.considered],
        "silent": origin.silent,
        "bounds": [
            {"place": one.place, "version": one.version, "tighten": one.tighten, "value": one.value}
            for one in origin.bounds
        ],
    }


def _facts(one: Considered) -> dict[str, Any]:
    return {
        "value": one.value,
        "place": one.place,
        "version": one.version,
        "from": one.from_,
        "to": one.to,
        "basis": one.basis,
    }


def _lines(origin: Origin) -> Iterator[str]:
    holds = origin.holds
    if holds is None:
        yield f"{origin.key}: no value in force at {origin.place} on {origin.on}."
    else:
        yield f"{origin.key}: {holds.value}"
        yield f"asked for: {origin.place} on {origin.on}"
        yield f"comes from: {holds.place}, version {holds.version}, in force {_days(holds)}"
        yield f"basis: {holds.basis}"
    yield "looked at:"
    for place in origin.silent:
        yield f"  {place}: has no value of its own"
    for one in origin.considered:
        yield f"  {one.place}, version {one.version}, {_days(one)}: {one.value} ({WHY[one.outcome]})"
    for one in origin.bounds:
        direction = BOUNDS[one.tighten]
        yield f"binds: below {one.place} only {one.value} {direction} (version {one.version})"


def _days(one: Considered) -> str:
    return f"from {one.from_} to {one.to}" if one.to else f"from {one.from_} on"


COMMANDS = (policy,)
