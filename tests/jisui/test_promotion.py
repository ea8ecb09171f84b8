"""The promotion as a job: killed, started twice, taken back in time; and its commands."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import event, select

from jisui.assembly import Installation
from jisui.cli import jisui
from jisui.promotion import HELD, NotNow
from jisui.settings import Settings
from registry import encryption, lifting, promotion
from registry.calendar import CHINA
from registry.encryption import KeyRing
from registry.students import StudentRecord
from tests.registry.factories import P1, a_school, a_student, with_policy
from tests.support.clock import FakeClock
from tests.support.threads import at_once

AFTER = datetime(2026, 8, 11, 0, 5, tzinfo=CHINA)
SCHOOLS = [f"213500000{n}" for n in range(1, 6)]


class RealClock:
    """The time by which a run is held."""

    def __init__(self) -> None:
        self.at = AFTER

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def students(session, monkeypatch):
    """Five schools with three students each; one school in each transaction."""
    monkeypatch.setattr(lifting, "SCHOOLS_AT_ONCE", 1)
    encryption.use(KeyRing.generate())
    with_policy(session)
    for code in SCHOOLS:
        a_school(session, code)
        for grade in (1, 3, 6):
            a_student(session, school=code, grade=grade)
    session.commit()
    return 10


@pytest.fixture
def job(engine, students):
    installation = Installation(Settings(Path(), "", True, "", "", "", ""), engine, FakeClock(AFTER), None)
    return replace(installation.promotions(), real_now=RealClock())


def grades(job):
    with job.sessions() as session:
        return sorted(session.scalars(select(StudentRecord.grade)))


BEFORE, LIFTED = sorted([1, 3, 6] * 5), sorted([2, 4, 6] * 5)


def test_a_run_lifts_everybody_and_shows_its_progress(job):
    shown = list(job.run(2026))
    assert [(one.schools, one.students) for one in shown] == [(n, 2 * n) for n in range(1, 6)]
    assert grades(job) == LIFTED


def test_a_run_that_is_done_is_not_done_again(job):
    list(job.run(2026))
    with pytest.raises(NotNow, match="202601 is done: 10 students"):
        list(job.run(2026))
    assert grades(job) == LIFTED


def test_a_killed_run_goes_on_where_it_was(job):
    next(islice(job.run(2026), 1, None))
    job.real_now.at += HELD + timedelta(seconds=1)
    assert [one.schools for one in job.run(2026)] == [3, 4, 5]
    assert grades(job) == LIFTED


def test_a_run_killed_within_a_transaction_leaves_nothing_of_it(job, monkeypatch):
    turn = lifting._turn_classes
    monkeypatch.setattr(lifting, "_turn_classes", _broken)
    with pytest.raises(KeyboardInterrupt):
        list(job.run(2026))
    assert grades(job) == BEFORE
    monkeypatch.setattr(lifting, "_turn_classes", turn)
    job.real_now.at += HELD
    list(job.run(2026))
    assert grades(job) == LIFTED


def _broken(*_args, **_options):
    raise KeyboardInterrupt


def test_started_twice_at_once_the_second_says_so(job):
    first = job.run(2026)
    next(first)
    with pytest.raises(NotNow, match="202601 is at work"):
        next(job.run(2026))
    list(first)
    assert grades(job) == LIFTED


def test_of_two_that_start_at_the_same_moment_one_runs(job):
    def run():
        try:
            return len(list(job.run(2026)))
        except NotNow:
            return 0

    assert sorted(at_once([run, run, run])) == [0, 0, 5]
    assert grades(job) == LIFTED


def test_who_was_away_too_long_and_comes_back_stops(job):
    first = job.run(2026)
    next(first)
    job.real_now.at += HELD
    second = job.run(2026)
    next(second)
    with pytest.raises(NotNow, match="taken over"):
        next(first)
    list(second)
    assert grades(job) == LIFTED


@pytest.mark.parametrize(("moment", "may"), [("2026-08-10T23:59", False), ("2026-08-11T00:00", True),
                                             ("2027-08-11T00:00", False)])  # fmt: skip
def test_it_runs_from_the_night_on_to_the_second(job, moment, may):
    job.clock.set(datetime.fromisoformat(moment).replace(tzinfo=CHINA))
    if may:
        assert list(job.run(2026))
    else:
        with pytest.raises(NotNow):
            list(job.run(2026))


def test_within_a_day_all_of_it_is_taken_back_and_can_run_again(job):
    list(job.run(2026))
    job.clock.set(AFTER + timedelta(hours=24))
    assert [one.students for one in job.undo(2026)] == [2, 4, 6, 8, 10]
    assert grades(job) == BEFORE
    list(job.run(2026))
    with job.sessions() as session:
        assert [(run.number, run.state) for run in promotion.runs(session, 2026)] == [
            (202601, "undone"),
            (202602, "done"),
        ]
    assert grades(job) == LIFTED


def test_after_a_day_it_stands(job):
    list(job.run(2026))
    job.clock.set(AFTER + timedelta(hours=24, seconds=1))
    with pytest.raises(NotNow, match="could be taken back until"):
        list(job.undo(2026))
    assert grades(job) == LIFTED


def test_a_half_run_and_a_killed_undo_are_taken_back_exactly(job):
    next(islice(job.run(2026), 2, None))
    job.real_now.at += HELD
    next(job.undo(2026))
    job.real_now.at += HELD
    list(job.undo(2026))
    assert grades(job) == BEFORE


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer
def test_a_record_changed_by_another_at_the_same_moment_is_not_lost(job, engine):
    other = []

    def meanwhile(_connection, _cursor, statement, *_rest):
        if statement.startswith("INSERT INTO promoted_students") and not other:
            other.append(_suspend_one(job))

    event.listen(engine, "before_cursor_execute", meanwhile)
    try:
        list(job.run(2026))
    finally:
        event.remove(engine, "before_cursor_execute", meanwhile)
    with job.sessions() as session:
        record = session.get_one(StudentRecord, other[0])
        assert (record.status, record.grade) == ("suspended", 1)
    assert sum(grades(job)) == sum(LIFTED) - 1


def _suspend_one(job):
    with job.sessions() as session:
        mine = select(StudentRecord).where(StudentRecord.school_code == P1, StudentRecord.grade == 1)
        record = session.scalars(mine).one()
        record.status = "suspended"
        session.commit()
        return record.id


def test_the_commands_plan_run_show_and_undo(province):
    def command(*arguments):
        data = str(province.installation.settings.data)
        return CliRunner().invoke(jisui, ["--data", data, "promotion", *arguments], catch_exceptions=False)

    early = command("run", "--year", "2026")
    assert (early.exit_code, early.stdout) == (1, "")
    province.on("2026-08-11", hour=0)
    planned = json.loads(command("plan", "--year", "2026", "--json").stdout)
    rising = sum(row["students"] for row in planned["grades"] if not row["why"])
    ran = command("run", "--year", "2026")
    assert (ran.exit_code, ran.stdout) == (0, f"{rising:,} students lifted.\n")
    assert command("run", "--year", "2026").exit_code == 1
    (shown,) = json.loads(command("show", "--year", "2026", "--school", P1, "--json").stdout)
    assert shown["lifted"] == rising
    assert sum(row["before"] for row in shown["counts"]) == sum(row["after"] for row in shown["counts"])
    assert command("undo", "--year", "2026").stdout == f"{rising:,} students taken back.\n"
    assert "undone" in command("show", "--year", "2026").stdout
