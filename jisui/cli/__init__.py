"""The command line. Exit status 0 only if it holds, 1 for findings, 2 for wrong use."""

from __future__ import annotations

import click
from werkzeug.utils import import_string

from jisui import logs
from jisui.settings import data_folder

MODULES = {
    "backup": "backup",
    "case": "case",
    "certificate": "certificate",
    "check": "check",
    "clock": "clock",
    "db": "database",
    "demo": "demo",
    "history": "history",
    "policy": "policy",
    "process": "process",
    "promotion": "promotion",
    "restore": "backup",
    "serve": "server",
    "student": "student",
    "token": "token",
    "worker": "server",
}
"""Every command by the module of this package that holds it; one that is not called is not loaded."""


class Commands(click.Group):
    """The commands of `MODULES`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in MODULES:
            return None
        commands: tuple[click.Command, ...] = import_string(f"jisui.cli.{MODULES[cmd_name]}:COMMANDS")
        return next(one for one in commands if one.name == cmd_name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--data", metavar="DIR", help="Data folder (default ./var, or JISUI_DATA).")
@click.pass_context
def jisui(context: click.Context, data: str | None) -> None:
    """School-record approvals: the record follows the student."""
    logs.set_up()
    context.obj = data_folder(data)


def main() -> None:
    jisui(prog_name="jisui")
