"""Look at a student."""

from __future__ import annotations

from pathlib import Path

import click

from jisui.cli.answers import fail, installation, json_option, show
from registry import organisations
from registry.identifiers import mask_number
from registry.students import by_number
from workflows import cases


@click.group()
def student() -> None:
    """Students."""


@student.command("show")
@click.argument("number")
@json_option
@click.pass_obj
def show_student(data: Path, number: str, as_json: bool) -> None:
    """Print a student's record; the number stays masked."""
    found = installation(data)
    with found.sessions() as session:
        known = by_number(session, number)
        if known is None:
            fail("No student of this number.")
        record = known.record
        value = {
            "student_number": mask_number(known.student_number),
            "name": known.name,
            "status": record.status,
            "school": organisations.get(session, record.school_code).name,
            "grade": record.grade,
            "class": record.class_number,
            "open_case": cases.open_case_number(session, str(known.id)),
        }
    show(value, as_json, "\n".join(f"{key}: {'-' if part is None else part}" for key, part in value.items()))


COMMANDS = (student,)
