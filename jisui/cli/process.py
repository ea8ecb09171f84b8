"""Process definitions: list, lint, publish, export."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import orjson

from jisui import diagrams, wiring
from jisui.cli.answers import fail, installation, json_option, show
from workflows import definitions
from workflows.errors import ProcessNotFound
from workflows.lint import lint as lint_files
from workflows.lint.report import as_text, findings_as_json


@click.group()
def process() -> None:
    """Diagrams: list, lint, publish, export."""


@process.command("list")
@json_option
@click.pass_obj
def list_processes(data: Path, as_json: bool) -> None:
    """Released processes and their newest versions."""
    found = installation(data)
    with found.sessions() as session:
        rows = definitions.published(session, found.clock.now())
    value = [{"key": key, "place": place or None, "version": version} for key, place, version in rows]
    show(value, as_json, "\n".join(f"{key} {place or '000000'} v{version}" for key, place, version in rows))


@process.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@json_option
def lint(files: tuple[Path, ...], as_json: bool) -> None:
    """Check diagrams; status 1 if there is at least one error."""
    given = {path.name: path.read_bytes() for path in files}
    found = lint_files(given, wiring.catalogue(), called=diagrams.shipped())
    rows = findings_as_json(found)
    click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode() if as_json else as_text(found))
    sys.exit(1 if any(row["severity"] == "error" for row in rows) else 0)


@process.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--place", default="", help="Division for which it holds (default: everywhere).")
@click.pass_obj
def publish(data: Path, files: tuple[Path, ...], place: str) -> None:
    """Release diagrams as new versions; refused if the lint finds an error."""
    found = installation(data)
    given = {path.stem: path.read_bytes() for path in files}
    findings = lint_files(
        {path.name: path.read_bytes() for path in files}, wiring.catalogue(), called=diagrams.shipped()
    )
    if any(row["severity"] == "error" for row in findings_as_json(findings)):
        fail(as_text(findings))
    with found.sessions() as session:
        for key in given:
            bundle = diagrams.with_called(key, {**diagrams.shipped(), **given})
            _, version = definitions.publish(session, key, bundle, now=found.clock.now(), place=place)
            click.echo(f"{key} v{version}")
        session.commit()


@process.command()
@click.argument("key")
@click.pass_obj
def export(data: Path, key: str) -> None:
    """Print the diagram in force."""
    found = installation(data)
    with found.sessions() as session:
        try:
            files = definitions.files(session, definitions.in_force(session, key, "", found.clock.now()))
        except ProcessNotFound:
            fail(f"No process {key}.")
    click.echo(files[key].decode(), nl=False)


COMMANDS = (process,)
