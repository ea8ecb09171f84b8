"""Engines, tables and sessions as the product makes them."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker

try:
    from jisui import database as product
except ImportError:  # until every package that has tables is there
    product = None  # type: ignore[assignment]


def make_engine(url: str) -> Engine:
    return product.make_engine(url) if product else create_engine(url)


def create_schema(engine: Engine) -> None:
    if product:
        product.create_schema(engine)
        return
    for package in ("registry", "workflows"):
        for found in iter_modules(import_module(package).__path__, f"{package}."):
            import_module(found.name)
        import_module(f"{package}.base").Base.metadata.create_all(engine)


def make_sessions(engine: Engine) -> sessionmaker[Any]:
    return product.make_sessions(engine) if product else sessionmaker(engine, expire_on_commit=False)


def sees_everything(session: Session) -> None:
    if product:
        product.belongs_to(session, product.EVERYTHING)
