"""What one human step costs with its database: restore, decide, run on, write rows and history, commit.

    python -m benchmarks.case_step [--cases 40] [--steps 10000]

The shipped transfer across provinces with one correction, on a SQLite file
(WAL, `synchronous=FULL`), with policy, calendar and organisations read from it;
effects on the register are empty. "Library" is SpiffWorkflow as it comes, its
case stored whole as JSON in one row: no tasks, no deadlines, no history. CPU
milliseconds of this process, medians, collector off while a step is timed.
Exit status 1 if a promise breaks.
"""

from __future__ import annotations

import argparse
import gc
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid5

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from benchmarks import engine_step
from benchmarks.support.figures import Figure, plain_python, report
from jisui import diagrams, wiring
from jisui.database import EVERYTHING, belongs_to, create_schema, make_engine, make_sessions
from jisui.demo import organisations
from registry import calendar, policy
from registry.calendar import CHINA
from workflows import cases, tasks
from workflows.engine import Engine
from workflows.model import OPEN, Actor, Decision, Task

MOST_MS = 1.5
LEAST_RATIO = 6.0
MOST_GROWTH = 1.15
MOST_BYTES = 4096
MOST_MEGABYTES = 5.0
STEPS_OF_A_WORKER = 10_000
START = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
OFFICES = {
    "receiving_school": "2144000001",
    "receiving_county": "440305",
    "receiving_authority": "440305",
    "receiving_prefecture": "440300",
    "receiving_province": "440000",
    "sending_school": "2135000001",
    "sending_county": "350102",
    "sending_authority": "350102",
    "sending_prefecture": "350100",
    "sending_province": "350000",
}
WHOLE = Table(
    "whole_cases", MetaData(), Column("id", Integer, primary_key=True), Column("state", LargeBinary)
)
READ_WHOLE = select(WHOLE.c.state).where(WHOLE.c.id == bindparam("of_case"))
WRITE_WHOLE = update(WHOLE).where(WHOLE.c.id == bindparam("of_case"))
PEOPLE = UUID("00000000-0000-7000-8000-000000000000")
Sample = tuple[float, int]
"""CPU seconds of a step, and bytes of its stored state."""


class Bench:
    """An installation's engine on a database of its own."""

    def __init__(self, folder: Path) -> None:
        self.database = make_engine(f"sqlite:///{folder / 'bench.sqlite'}")
        self.sessions = make_sessions(self.database)
        self.engine = self._engine()
        self.subjects = 0
        create_schema(self.database)
        WHOLE.metadata.create_all(self.database)
        with self.open() as session:
            policy.load_defaults(session)
            calendar.seed(session)
            organisations.add_schools(session, organisations.add_bureaus(session))
            diagrams.publish_shipped(session, START - timedelta(days=1))
            session.commit()

    @staticmethod
    def _engine() -> Engine:
        wired = wiring.engine()
        empty = dict.fromkeys(wired.effects, lambda _session, _acting, _now: None)
        return Engine(**{**vars(wired), "effects": empty})

    def open(self) -> Session:
        session = self.sessions()
        belongs_to(session, EVERYTHING)
        return session

    def file(self) -> UUID:
        """Open a transfer across provinces; its first review may return it."""
        self.subjects += 1
        with self.open() as session:
            case = cases.open_case(
                session,
                self.engine,
                "transfer",
                subject=f"student-{self.subjects}",
                filer=None,
                filed_by="guardian",
                starter_office=OFFICES["receiving_school"],
                place="440305",
                variables=engine_step.FILED,
                offices=OFFICES,
                title="林一航",
                search="林一航",
                summary={"grade": 7, "stage": "primary", "compulsory": True},
                now=START,
            )
            session.commit()
            return UUID(str(case.id))

    def waiting(self, case_id: UUID) -> Task | None:
        with self.open() as session:
            return session.scalar(select(Task).where(Task.case_id == case_id, Task.status == OPEN))

    def state(self, case_id: UUID) -> int:
        with self.open() as session:
            return len(cases.by_id(session, case_id).state)

    def decide(self, task: Task, decision: str) -> float:
        """One step in its own transaction; CPU seconds."""
        actor = Actor(uuid5(PEOPLE, f"{task.office}{task.role}"), "王晓东", task.office, task.role)
        answer = Decision(decision, "", "材料齐全。", {})
        started = time.process_time()
        with self.open() as session:
            tasks.complete(session, self.engine, task.id, actor, answer, now=START)
            session.commit()
        return time.process_time() - started


def ours(bench: Bench, loops: int) -> Iterator[Sample]:
    """A whole case, step by step."""
    decide = engine_step.decisions(loops)
    case_id = bench.file()
    while (task := bench.waiting(case_id)) is not None:
        spent = bench.decide(task, str(decide(task.element.rpartition(".")[2])["decision"]))
        yield spent, bench.state(case_id)


def library(bench: Bench, parser: engine_step.StockParser, loops: int) -> Iterator[Sample]:
    """The library's case: read, restored, run on, written whole into one row, committed."""
    decide, serializer = engine_step.decisions(loops), engine_step.serializer()
    with bench.open() as session:
        state = serializer.serialize_json(engine_step.opened(parser))
        key = session.execute(insert(WHOLE), [{"state": state.encode()}]).inserted_primary_key[0]
        session.commit()
    ended = False
    while not ended:
        started = time.process_time()
        with bench.open() as session:
            connection = session.connection()
            case = serializer.deserialize_json(connection.scalar(READ_WHOLE, {"of_case": key}).decode())
            engine_step.complete(case, decide)
            state, ended = serializer.serialize_json(case).encode(), case.is_completed()
            connection.execute(WRITE_WHOLE, {"of_case": key, "state": state})
            session.commit()
        yield time.process_time() - started, len(state)


def returned(bench: Bench, loops: int) -> UUID:
    """A case whose first review returned it `loops` times."""
    case_id = bench.file()
    for decision in ("return", "resubmit") * loops:
        task = bench.waiting(case_id)
        assert task is not None
        bench.decide(task, decision)
    return case_id


def compare(bench: Bench, cases: int) -> list[Figure]:
    """A step of ours beside the library's, and how many times cheaper it is."""
    rows: dict[str, Callable[[], Iterator[Sample]]] = {
        "library, case stored whole as JSON": partial(library, bench, engine_step.stock_parser(), 1),
        "ours, with tasks, deadlines, history": partial(ours, bench, 1),
    }
    for run in rows.values():
        list(run())
    found: dict[str, list[Sample]] = {name: [] for name in rows}
    plain = []
    for _ in range(cases):
        for name, run in rows.items():
            gc.collect()
            found[name] += run()
        plain.append(plain_python())
    whole, lean = (engine_step.median(samples) for samples in found.values())
    return [
        Figure("library, case stored whole as JSON", whole[0], "ms"),
        Figure("ours, with tasks, deadlines, history", lean[0], "ms", MOST_MS),
        Figure("the library's step over ours", whole[0] / lean[0], "x", LEAST_RATIO, at_least=True),
        Figure("plain Python at the same time", 1000 * statistics.median(plain), "ms"),
    ]


def growth(bench: Bench, repeats: int) -> list[Figure]:
    """A return and its correction after 300 of them, against the same after 3, taken in turns."""
    cases_by_loops = {loops: returned(bench, loops) for loops in (3, 300)}
    found: dict[int, list[float]] = {loops: [] for loops in cases_by_loops}
    for _ in range(repeats):
        for loops, case_id in cases_by_loops.items():
            for decision in ("return", "resubmit"):
                task = bench.waiting(case_id)
                assert task is not None
                found[loops].append(bench.decide(task, decision))
    early, late = (statistics.median(found[loops]) for loops in (3, 300))
    return [
        Figure("after 300 corrections over after 3", late / early, "x", MOST_GROWTH),
        Figure("state after 300 corrections", bench.state(cases_by_loops[300]), "bytes", MOST_BYTES),
    ]


def memory(bench: Bench, steps: int) -> Figure:
    """What a worker gains over so many steps, after a tenth of them to warm up."""
    gc.enable()
    done, before = 0, 0.0
    while done < steps:
        done += sum(1 for _ in ours(bench, 1))
        if not before and done > steps / 10:
            before = resident()
    return Figure(f"memory gained over {done:,} steps", resident() - before, "MB", MOST_MEGABYTES)


def resident() -> float:
    """Megabytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--cases", type=int, default=40)
    arguments.add_argument("--steps", type=int, default=STEPS_OF_A_WORKER)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        gc.disable()
        figures = compare(bench, asked.cases) + growth(bench, asked.cases)
        figures.append(memory(bench, asked.steps))
    return report("A human step with its database (SQLite, CPU of this process)", figures)


if __name__ == "__main__":
    sys.exit(main())
