"""Each test has a database of its own, in both kinds."""

from sqlalchemy import inspect, text


def test_a_test_starts_with_tables_and_without_rows(engine):
    with engine.begin() as connection:
        assert "cases" in inspect(connection).get_table_names()
        connection.execute(text("create table only_here (n int)"))


def test_a_test_sees_nothing_of_another(engine):
    with engine.begin() as connection:
        connection.execute(text("create table only_here (n int)"))
