"""Verify a certificate without the web."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from jisui.cli.answers import installation, json_option, show


@click.group()
def certificate() -> None:
    """Certificates."""


@certificate.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def verify(data: Path, file: Path, as_json: bool) -> None:
    """Say whether a PDF is a certificate of this installation, unchanged and in force."""
    found = installation(data)
    with found.sessions() as session:
        verdict = found.desk.verify(session, file.read_bytes(), found.clock.now())
    value = asdict(verdict)
    text = "valid" if verdict.valid else "not valid: " + ", ".join(verdict.reasons)
    show(value, as_json, f"{verdict.number or '-'}: {text}")
    sys.exit(0 if verdict.valid else 1)


COMMANDS = (certificate,)
