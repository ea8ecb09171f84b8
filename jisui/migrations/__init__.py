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


def downgrade(engine: Engine, revision: str) -> None:
    """Take a database back to an earlier schema. What only the newer one can hold is lost."""
    with engine.begin() as connection:
        command.downgrade(configuration(connection), revision)


def configuration(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config
