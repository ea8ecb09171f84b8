"""The database: bring it up to date, give roles their rights."""

from __future__ import annotations

import os
from pathlib import Path

import click

from jisui import diagrams, migrations, roles, settings
from jisui.assembly import assembled
from jisui.cli.answers import fail, installation
from registry import calendar, policy


@click.group()
def db() -> None:
    """The database."""


@db.command()
@click.pass_obj
def upgrade(data: Path) -> None:
    """Create or migrate the tables; a new data folder is set up first."""
    try:
        known = settings.load(data)
    except settings.NotSetUp:
        known = settings.set_up(
            data,
            demo=False,
            base_url=os.environ.get("JISUI_BASE_URL", "http://127.0.0.1:8000"),
            place=os.environ.get("JISUI_PLACE", ""),
            province=os.environ.get("JISUI_PROVINCE", ""),
            demo_password="",
        )
    found = assembled(known)
    migrations.upgrade(found.database)
    with found.sessions() as session:
        policy.load_defaults(session)
        calendar.seed(session)
        diagrams.publish_shipped(session, found.clock.now())
        session.commit()
    click.echo("The database is up to date.")


@db.command("roles")
@click.argument("name", default="jisui_app")
@click.pass_obj
def make_roles(data: Path, name: str) -> None:
    """Give the role that web and worker sign in as (PostgreSQL) its rights, no more.

    Run it as the owner of the tables, after each upgrade. A new role has no password yet.
    """
    found = installation(data)
    try:
        with found.database.begin() as connection:
            is_new = roles.grant(connection, name)
    except roles.NoRoles:
        fail("SQLite has no roles: who can read the file can read it all. Roles are PostgreSQL's.", 2)
    told = f"is new; give it a password: psql -c '\\password {name}'" if is_new else "has its rights"
    click.echo(f"{name} {told}.")


COMMANDS = (db,)
