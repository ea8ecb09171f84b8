"""Look at a case."""

from __future__ import annotations

from pathlib import Path

import click

from jisui.cli.answers import fail, installation, json_option, show
from webapp.api.answers import case_answer
from webapp.api.schemas import CaseOut
from workflows import cases


@click.group()
def case() -> None:
    """Cases."""


@case.command("show")
@click.argument("number")
@json_option
@click.pass_obj
def show_case(data: Path, number: str, as_json: bool) -> None:
    """Print a case with its steps."""
    found = installation(data)
    with found.sessions() as session:
        row = cases.by_number(session, number)
        if row is None:
            fail(f"No case {number}.")
        answer = case_answer(session, row.id)
    show(answer.model_dump(mode="json"), as_json, _text(answer))


def _text(answer: CaseOut) -> str:
    lines = [f"{answer.number}  {answer.process}  {answer.status}"]
    for step in answer.steps:
        decided = f"{step.decision} {step.decided_at}" if step.decided_at else f"due {step.due_at or '-'}"
        lines.append(f"  {step.status:9} {step.office.name} {step.name} ({step.role})  {decided}")
    lines += [f"  certificate {c.number} ({c.kind})" for c in answer.certificates]
    return "\n".join(lines)


COMMANDS = (case,)
