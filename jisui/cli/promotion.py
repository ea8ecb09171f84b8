"""The yearly promotion: look ahead, run it, look at it, take it back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from jisui.cli.answers import fail, installation, json_option, show
from jisui.promotion import NotNow, Progress
from registry import promotion as register
from registry.lifting import CountsDiffer
from registry.promotion import Promotion
from registry.students import by_number

REASONS = {
    "": "go up",
    "status": "stay: not in school now",
    "last_grade": "stay: last grade of the stage at their school",
    "frozen": "stay: flag on the record",
    "came_later": "stay: in this status only since after the day",
    "lifted": "stay: lifted this year already",
}
year_option = click.option("--year", type=click.IntRange(2013, 9998), required=True, help="Such as 2026.")


@click.group()
def promotion() -> None:
    """The promotion of 10 August, 24:00: everybody who may goes up one grade."""


@promotion.command()
@year_option
@json_option
@click.pass_obj
def plan(data: Path, year: int, as_json: bool) -> None:
    """Print who would go up and who not, by grade and reason. Changes nothing."""
    found = installation(data)
    with found.looking() as session:
        night = register.night(session, year)
        rows = [dict(row._mapping) for row in register.plan(session, night)]
    lines = [f"{night.moment:%Y-%m-%d %H:%M}"]
    lines += [f"{r['stage']:8} {r['grade']:2} {r['students']:>10,}  {REASONS[r['why']]}" for r in rows]
    show({"at": night.moment.isoformat(), "grades": rows}, as_json, "\n".join(lines))


@promotion.command()
@year_option
@click.pass_obj
def run(data: Path, year: int) -> None:
    """Run it. One that was killed goes on where it was; one that is done is not done again."""
    found = installation(data)
    _follow(found.promotions().run(year), "lifted")


@promotion.command()
@year_option
@click.pass_obj
def undo(data: Path, year: int) -> None:
    """Take it back, up to 24 hours after its end: whom it lifted and nothing has changed since."""
    found = installation(data)
    _follow(found.promotions().undo(year), "taken back")


@promotion.command("show")
@year_option
@click.option("--school", help="Code of a school, to see its classes.")
@click.option("--student", help="Number of a student, to see which runs lifted them.")
@json_option
@click.pass_obj
def show_runs(data: Path, year: int, school: str | None, student: str | None, as_json: bool) -> None:
    """Print the year's runs with their counts before and after, by grade or class; or a student's."""
    found = installation(data)
    with found.looking() as session:
        if student is not None:
            known = by_number(session, student)
            if known is None:
                fail("No student of this number.")
            lifts = register.of_student(session, known.id)
            value = [{"run": one.promotion, "from_grade": one.grade, "undone": one.undone} for one in lifts]
            show(value, as_json, "\n".join(f"run {v['run']}: {_lift(v)}" for v in value) or "Never lifted.")
            return
        runs = register.runs(session, year)
        shown = [
            _run(one)
            | {"counts": [dict(row._mapping) for row in register.counts(session, one.number, school)]}
            for one in runs
        ]
    show(shown, as_json, "\n".join(map(_text, shown)) or f"No promotion of {year} yet.")


def _follow(progress: Iterable[Progress], word: str) -> None:
    done = None
    try:
        for done in progress:
            click.echo(f"{done.schools:,} of {done.of_schools:,} schools, {done.students:,} {word}", err=True)
    except (NotNow, CountsDiffer) as why:
        fail(str(why))
    click.echo(f"{done.students if done else 0:,} students {word}.")


def _lift(lift: dict[str, Any]) -> str:
    return f"from grade {lift['from_grade']} up" + (", taken back" if lift["undone"] else "")


def _run(run: Promotion) -> dict[str, Any]:
    return {
        "run": run.number,
        "state": run.state,
        "day": run.day.isoformat(),
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "lifted": run.lifted,
        "restored": run.restored,
    }


def _counts(session: Session, run: Promotion, school: str | None) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in register.counts(session, run.number, school)]


def _text(run: dict[str, Any]) -> str:
    head = f"run {run['run']}  {run['state']}  {run['lifted']:,} lifted, {run['restored']:,} taken back"
    lines = [head, f"{'stage':8} grade class {'before':>10} {'lifted':>10} {'after':>10}"]
    for row in run["counts"]:
        counts = " ".join(f"{row[name]:>10,}" for name in ("before", "lifted", "after"))
        lines.append(f"{row['stage']:8} {row['grade']:5} {row.get('class_number', ''):>5} {counts}")
    return "\n".join(lines)


COMMANDS = (promotion,)
