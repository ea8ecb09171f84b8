"""Statements of a human step: compiled once, run on the driver's cursor.

SQLAlchemy spends three times as long on a small statement as the database does. What every step runs is
compiled here once for each dialect, with the types' own processors, and runs in the transaction of the
connection it is given. Errors are SQLAlchemy's own.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ClauseElement, Connection, SelectBase
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

Parameters = Mapping[str, Any]
Process = Callable[[Any], Any] | None


@dataclass(frozen=True)
class _Plan:
    """A statement for one dialect and one set of parameters."""

    sql: str
    fixed: Parameters
    """Values that stand in the statement itself, as the driver takes them."""
    marks: Sequence[tuple[str, Process]]
    """Names, in the order of the statement's marks, and what makes their values the driver's."""
    positional: bool
    record: Callable[..., Any]
    columns: Sequence[Process]

    def arguments(self, given: Parameters) -> Any:
        values = {**given, **self.fixed} if self.fixed else given
        if self.positional:
            return [values[name] if p is None else p(values[name]) for name, p in self.marks]
        return {name: values[name] if p is None else p(values[name]) for name, p in self.marks}

    def read(self, row: Sequence[Any]) -> Any:
        return self.record([v if p is None else p(v) for p, v in zip(self.columns, row, strict=True)])


class Prepared:
    """One statement. A row is a named tuple of its columns."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._plans: dict[tuple[str, tuple[str, ...]], _Plan] = {}

    def all(self, connection: Connection, given: Parameters) -> list[Any]:
        plan, cursor = self._execute(connection, given)
        rows = [plan.read(row) for row in cursor.fetchall()]
        cursor.close()
        return rows

    def first(self, connection: Connection, given: Parameters) -> Any:
        """The first row, or None."""
        plan, cursor = self._execute(connection, given)
        row = cursor.fetchone()
        cursor.close()
        return None if row is None else plan.read(row)

    def scalar(self, connection: Connection, given: Parameters) -> Any:
        """The first column of the first row, or None."""
        row = self.first(connection, given)
        return None if row is None else row[0]

    def run(self, connection: Connection, given: Parameters) -> int:
        """How many rows were written."""
        _plan, cursor = self._execute(connection, given)
        count: int = cursor.rowcount
        cursor.close()
        return count

    def run_all(self, connection: Connection, given: Sequence[Parameters]) -> None:
        """Once for each; all name the same parameters."""
        plan = self._plan(connection.dialect, given[0])
        _run(connection, plan.sql, [plan.arguments(one) for one in given], many=True).close()

    def _execute(self, connection: Connection, given: Parameters) -> tuple[_Plan, Any]:
        plan = self._plan(connection.dialect, given)
        return plan, _run(connection, plan.sql, plan.arguments(given))

    def _plan(self, dialect: Dialect, given: Parameters) -> _Plan:
        key = dialect.name, tuple(given)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = _compile(self._statement, dialect, tuple(given))
        return plan


def _compile(statement: ClauseElement, dialect: Dialect, names: tuple[str, ...]) -> _Plan:
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
    if getattr(compiled, "insert_prefetch", None) or getattr(compiled, "update_prefetch", None):
        raise AssertionError("a prepared statement gives every column its value")
    processes: dict[str, Process] = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect)
        for bind, name in compiled.bind_names.items()
    }
    fixed = {}
    for name in processes.keys() - set(names):
        value, process = compiled.params[name], processes[name]
        fixed[name] = value if process is None else process(value)
        processes[name] = None
    order = compiled.positiontup if compiled.positional else processes
    columns = list(statement.selected_columns) if isinstance(statement, SelectBase) else []
    return _Plan(
        sql=compiled.string,
        fixed=fixed,
        marks=[(name, processes[name]) for name in order],
        positional=compiled.positional,
        record=_record([str(column.key) for column in columns]),
        columns=[column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns],
    )


def _record(names: list[str]) -> Callable[..., Any]:
    made: Any = namedtuple("Record", names, rename=True)  # type: ignore[misc]
    make: Callable[..., Any] = made._make
    return make


def _run(connection: Connection, sql: str, arguments: Any, *, many: bool = False) -> Any:
    dialect: Any = connection.dialect
    cursor = connection.connection.cursor()
    try:
        (dialect.do_executemany if many else dialect.do_execute)(cursor, sql, arguments)
    except dialect.dbapi.Error as error:
        raise DBAPIError.instance(
            sql, None, error, dialect.dbapi.Error, hide_parameters=True, dialect=dialect
        ) from error
    return cursor
