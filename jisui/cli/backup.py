"""Back up, restore."""

from __future__ import annotations

from pathlib import Path

import click

from jisui import backup as backups
from jisui.cli.answers import fail, installation, json_option, show
from jisui.database_copies import BackupRefused

folder = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("target", metavar="DIR", type=folder)
@click.option("--with-keys", is_flag=True, help="Put the keys into it too: who has it then reads everything.")
@json_option
@click.pass_obj
def backup(data: Path, target: Path, with_keys: bool, as_json: bool) -> None:
    """Back up database, evidence and certificates into the new folder DIR. Everything may go on meanwhile."""
    try:
        manifest = backups.make(installation(data), target.absolute(), with_keys=with_keys)
    except BackupRefused as refused:
        fail(str(refused))
    rows = sum(manifest["rows"].values())
    told = f"{target}: {rows} rows, {len(manifest['files'])} files."
    keys = (
        "The keys are in it: keep it locked." if with_keys else "The keys are not in it: keep them elsewhere."
    )
    show(manifest, as_json, f"{told}\n{keys}")


@click.command()
@click.argument("source", metavar="DIR", type=folder)
@click.option("--to", "target", metavar="NEW", required=True, type=folder, help="The data folder to make.")
@click.option("--keys", type=click.Path(exists=True, path_type=Path), help="Key ring, or folder of the keys.")
@click.option("--database-url", help="An empty database, for a backup of PostgreSQL.")
@json_option
def restore(source: Path, target: Path, keys: Path | None, database_url: str | None, as_json: bool) -> None:
    """Make the data folder NEW from the backup in DIR. Then run: jisui --data NEW check"""
    try:
        manifest = backups.restore(source, target.absolute(), keys=keys, database_url=database_url)
    except BackupRefused as refused:
        fail(str(refused))
    rows = sum(manifest["rows"].values())
    told = f"{target}: {rows} rows as of {manifest['made_at']}. Now run: jisui --data {target} check"
    show(manifest, as_json, told)


COMMANDS = (backup, restore)
