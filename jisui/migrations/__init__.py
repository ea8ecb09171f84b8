"""Migrations of the database, from the first table on (Alembic)."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine


def upgrade(engine: Engine) -> None:
    """Bring a database to the newest schema; an empty one gets everything."""
    with engine.begin() as connection:
        command.upgrade(configuration(connection), "head")


def configuration(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config
