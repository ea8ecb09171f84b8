"""Engines and sessions for SQLite and PostgreSQL, and the guard that scopes them to an office.

A session without a scope reads nothing of people or cases: it raises. A scope
is the paths of the caller's office; every ORM query is limited to what lies
below them. Only `jisui/wiring.py` may open the scope, for
what is done in a case's name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from functools import cache, lru_cache
from itertools import chain
from typing import Any, Final

import orjson
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Engine,
    create_engine,
    event,
    exists,
    false,
    inspect,
    or_,
)
from sqlalchemy.orm import (
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    sessionmaker,
    with_loader_criteria,
)
from sqlalchemy.orm.attributes import InstrumentedAttribute
from sqlalchemy.orm.interfaces import CriteriaOption
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.sql.visitors import iterate

from jisui import row_security
from jisui.tables import METADATA
from registry.base import Base as RegistryBase
from registry.scope import OfficeScoped, path_range
from workflows.base import Base as WorkflowBase
from workflows.model import Case, CaseOffice

Scope = tuple[str, ...]
EVERYTHING: Final = "everything"
NOBODY: Final[Scope] = ()
COMMON: Final[dict[str, Any]] = {
    "hide_parameters": True,
    "json_serializer": lambda value: orjson.dumps(value).decode(),
}
SCOPE_KEYS: Final = ("scope", "criteria", "office")


class UnscopedQuery(RuntimeError):
    """A query on people or cases in a session that belongs to no office."""


class OutOfScope(RuntimeError):
    """A row would be written into another office's part."""


class ScopedSession(Session):
    """A session that belongs to an office, set by `belongs_to` before the first query."""


def make_engine(url: str) -> Engine:
    """An engine with our pragmas: SQLite in WAL with one writer at a time, PostgreSQL with timeouts."""
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": 10}, **COMMON)
        event.listen(engine, "connect", _sqlite_pragmas)
        engine.dialect.do_begin = _begin_writing  # type: ignore[assignment,method-assign]
        return engine
    options = "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000 -c timezone=UTC"
    return create_engine(
        url,
        **COMMON,
        pool_size=10,
        max_overflow=20,
        pool_pre_ping=True,
        connect_args={"options": options},
    )


def make_sessions(engine: Engine) -> sessionmaker[ScopedSession]:
    return sessionmaker(engine, class_=ScopedSession, expire_on_commit=False)


def reading(engine: Engine) -> Engine:
    """The same database for requests that only read: on SQLite they never wait for a writer."""
    same = engine.execution_options()
    if engine.dialect.name == "sqlite":
        same.dialect = copy(engine.dialect)
        same.dialect.do_begin = _begin_reading  # type: ignore[assignment,method-assign]
    return same


def create_schema(engine: Engine) -> None:
    """All tables, triggers and indexes as the models say (migrations are checked against it)."""
    with engine.begin() as connection:
        for metadata in METADATA:
            metadata.create_all(connection)
        for statement in row_security.STATEMENTS.get(connection.dialect.name, ()):
            connection.exec_driver_sql(statement.replace("%", "%%"))


def belongs_to(session: Session, scope: Scope | str) -> None:
    """Give a session its scope: the paths of an office, `NOBODY`, or `EVERYTHING`."""
    if scope != EVERYTHING:
        for path in scope:
            path_range(path)
    session.info["scope"] = scope
    session.info["criteria"] = None if scope == EVERYTHING else _visible_in(tuple(scope))
    session.info["office"] = "/" if scope == EVERYTHING else ",".join(scope)
    row_security.tell(session)


@contextmanager
def opened(session: Session) -> Iterator[None]:
    """Act in a case's name, not the caller's. For `jisui/wiring.py` only; a test looks for other uses."""
    session.flush()
    before = {key: session.info[key] for key in SCOPE_KEYS if key in session.info}
    known = set(session.identity_map.keys())
    belongs_to(session, EVERYTHING)
    try:
        yield
        session.flush()
    finally:
        for key in SCOPE_KEYS:
            del session.info[key]
        session.info.update(before)
        row_security.tell(session)
        if before.get("scope") != EVERYTHING:
            _let_go(session, known)
    session.expire_all()


def _let_go(session: Session, known: set[Any]) -> None:
    """Forget the rows that were read in a case's name: by their key, the caller would find them again."""
    for row in list(session):
        if inspect(row).identity_key not in known and isinstance(row, guarded_classes()):
            session.expunge(row)


@cache
def guarded_classes() -> tuple[type[Any], ...]:
    """Every mapped class that lists people or cases."""
    people = [m.class_ for m in RegistryBase.registry.mappers if issubclass(m.class_, OfficeScoped)]
    of_cases = [
        mapper.class_
        for mapper in WorkflowBase.registry.mappers
        if mapper.class_ is Case or {"case_id", "office_path"}.intersection(mapper.columns.keys())
    ]
    return tuple(people + of_cases)


class Visible(CriteriaOption):
    """What a scope may see, for every class that lists people or cases, as one option of a statement.

    All classes are limited whatever the statement names, so that none can be forgotten. Scopes with as
    many paths differ only in the values bound, and say so by their key: a statement is compiled once and
    not for each office, and its key is not made from the whole of the limits each time.
    """

    inherit_cache = False
    propagate_to_loaders = True

    def __init__(self, scope: Scope) -> None:
        self._limits = [
            with_loader_criteria(entity, _visible(entity, scope), include_aliases=True)
            for entity in guarded_classes()
        ]
        self._shape = (Visible, len(scope))
        parts = chain.from_iterable(iterate(limit.where_criteria) for limit in self._limits)
        self._values = [part for part in parts if isinstance(part, BindParameter)]

    def process_compile_state(self, compile_state: Any) -> None:
        for limit in self._limits:
            limit.process_compile_state(compile_state)

    def process_compile_state_replaced_entities(self, compile_state: Any, mapper_entities: Any) -> None:
        self.process_compile_state(compile_state)

    def get_global_criteria(self, attributes: dict[Any, Any]) -> None:
        for limit in self._limits:
            limit.get_global_criteria(attributes)

    def _gen_cache_key(self, anon_map: Any, bindparams: list[Any]) -> tuple[Any, ...]:
        """The library's hook: what tells statements apart, and the values to fill in, in a fixed order."""
        bindparams.extend(self._values)
        return self._shape


@lru_cache(maxsize=1000)
def _visible_in(scope: Scope) -> Visible:
    return Visible(scope)


def _visible(entity: type[Any], scope: Scope) -> ColumnElement[bool]:
    if hasattr(entity, "office_path"):
        return _within(entity.office_path, scope)
    case_id = Case.id if entity is Case else entity.case_id
    return exists().where(CaseOffice.case_id == case_id, _within(CaseOffice.office_path, scope))


def _within(column: InstrumentedAttribute[str], scope: Scope) -> ColumnElement[bool]:
    ranges = [path_range(path) for path in scope]
    return or_(false(), *((column >= low) & (column < high) for low, high in ranges))


@event.listens_for(ScopedSession, "do_orm_execute")
def _apply_scope(state: ORMExecuteState) -> None:
    scope = state.session.info.get("scope")
    if scope == EVERYTHING or state.is_column_load or state.is_relationship_load:
        return
    if scope is None:
        raise UnscopedQuery("give the session its office first")
    if state.is_insert:
        return
    if not state.all_mappers:
        raise UnscopedQuery("tables and text are not scoped: query mapped classes")
    state.statement = state.statement.options(state.session.info["criteria"])


@event.listens_for(ScopedSession, "after_begin")
def _tell_database(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    row_security.begin(session, connection)


@event.listens_for(ScopedSession, "before_flush")
def _check_written(session: Session, _context: UOWTransaction, _instances: object) -> None:
    scope = session.info.get("scope")
    if scope == EVERYTHING:
        return
    for row in [*session.new, *session.dirty, *session.deleted]:
        path = getattr(row, "office_path", None)
        if path is None:
            continue
        inside = any(low <= path < high for low, high in map(path_range, scope or NOBODY))
        if not inside:
            raise OutOfScope(type(row).__name__)


def _sqlite_pragmas(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=10000",
        "foreign_keys=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_writing(connection: PoolProxiedConnection) -> None:
    """A writer takes its turn at once: a transaction that upgrades later fails instead of waiting."""
    connection.cursor().execute("BEGIN IMMEDIATE")


def _begin_reading(connection: PoolProxiedConnection) -> None:
    connection.cursor().execute("BEGIN")
