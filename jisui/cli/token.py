"""Bearer tokens for machines."""

from __future__ import annotations

from pathlib import Path

import click

from jisui.cli.answers import fail, installation, json_option, show
from registry.people import appointments_of
from webapp.accounts import by_username
from webapp.api.auth import new_token
from webapp.services import real_now


@click.group()
def token() -> None:
    """Bearer tokens for the HTTP interface."""


@token.command()
@click.argument("username")
@json_option
@click.pass_obj
def create(data: Path, username: str, as_json: bool) -> None:
    """Print a new token for an account in its first appointment. It is shown once."""
    found = installation(data)
    with found.sessions() as session:
        account = by_username(session, username)
        if account is None:
            fail(f"No account {username}.")
        held = appointments_of(session, account.person_id, found.clock.now().date())
        if not held:
            fail(f"{username} holds no appointment today.")
        made = new_token(session, account, held[0].id, real_now())
        session.commit()
    show({"token": made}, as_json, made)


COMMANDS = (token,)
