"""The command line. Exit status 0 only if it holds, 1 for findings, 2 for wrong use."""

from __future__ import annotations

import click

from jisui import logs
from jisui.cli import (
    case,
    certificate,
    clock,
    database,
    demo,
    history,
    policy,
    process,
    server,
    student,
    token,
)
from jisui.settings import data_folder


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--data", metavar="DIR", help="Data folder (default ./var, or JISUI_DATA).")
@click.pass_context
def jisui(context: click.Context, data: str | None) -> None:
    """School-record approvals: the record follows the student."""
    logs.set_up()
    context.obj = data_folder(data)


for part in (case, certificate, clock, database, demo, history, policy, process, server, student, token):
    for command in part.COMMANDS:
        jisui.add_command(command)


def main() -> None:
    jisui(prog_name="jisui")
