"""Sample cases: one in each state that a family can see, at generated schools.

They are driven through the same functions as real ones, at earlier moments of
the demo's clock, so nothing in them is painted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID

from flask_babel import force_locale

from jisui.assembly import Installation
from jisui.demo import bustle, papers
from jisui.demo.stage import Stage, at
from registry.calendar import CHINA
from webapp.deciding import STEP
from workflows import incidents

Told = dict[str, dict[str, Any]]
TOLD = "samples.json"
EARLY = datetime(2025, 8, 15, 9, 0, tzinfo=CHINA)
SENDER = "2135000101"
NEAR, OTHER_COUNTY, OTHER_PROVINCE = "2135000102", "2135000104", "2144000101"
"""Receiving schools: under the same authority, under another, in the other province."""
GRADE = 3
DRIVE = timedelta(minutes=47)
"""How long it takes an office where everything goes well."""


def add_samples(installation: Installation) -> None:
    """One case in each state; the moments lie before the demo's start. Their codes stand in a file."""
    app = installation.app()
    with app.app_context(), force_locale("zh_Hans_CN"), installation.sessions() as session:
        stage = Stage(installation, session, EARLY)
        printed = {state: complete(stage, day) for state, day in papers.DAYS.items()}
        for case_id in printed.values():
            stage.now += timedelta(days=1)
            stage.hand_over(case_id)
        by = stage.official(SENDER, "leader").person_id
        with beside(installation, papers.make, printed, by):
            cases = {play.__name__: play(stage) for play in SAMPLES}
            bustle.add_bustle(stage)
            stage.now = at(3, 2, 8)
            stage.days_pass()
            stage.deliver_messages()
        certificates = {"valid": cases["completed"]} | printed
        told: Told = {
            "cases": {state: stage.told[case_id] for state, case_id in cases.items()},
            "certificates": {state: papers.address(session, one) for state, one in certificates.items()},
        }
    write(installation.settings.data, told)


@contextmanager
def beside(installation: Installation, work: Callable[..., None], *arguments: object) -> Iterator[None]:
    """Work in a process of its own meanwhile: two processors are twice as fast."""
    installation.database.dispose()
    process = get_context("fork").Process(target=work, args=(installation, *arguments))
    process.start()
    try:
        yield
    finally:
        process.join()
    if process.exitcode:
        raise RuntimeError(f"{work.__name__} ended with {process.exitcode}")


def write(data: Path, told: Told) -> None:
    """What families were told: read at each start, for whoever wants to look at the pages."""
    path = data / TOLD
    path.touch(mode=0o600)
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1))


def read(data: Path) -> Told:
    """Cases (number and code) and certificates (as in their address), by the state they are in."""
    path = data / TOLD
    found: Told = json.loads(path.read_text()) if path.exists() else {"cases": {}, "certificates": {}}
    return found


def filed(stage: Stage, to: str, on: datetime) -> UUID:
    stage.now = on
    return stage.file(stage.next_child(SENDER, GRADE), to, sender=SENDER, grade=GRADE)


def complete(stage: Stage, on: datetime) -> UUID:
    """Agreed by all three offices of a transfer under one authority."""
    case_id = filed(stage, NEAR, on)
    for _office in range(3):
        stage.now += DRIVE
        stage.office_agrees(case_id)
    return case_id


def in_review(stage: Stage) -> UUID:
    case_id = filed(stage, OTHER_COUNTY, at(2, 26))
    stage.now = at(2, 27)
    stage.office_agrees(case_id)
    return case_id


def due_soon(stage: Stage) -> UUID:
    return filed(stage, NEAR, at(2, 12))


def overdue(stage: Stage) -> UUID:
    case_id = filed(stage, NEAR, at(1, 26))
    stage.office_agrees(case_id)
    return case_id


def returned(stage: Stage) -> UUID:
    case_id = filed(stage, OTHER_COUNTY, at(2, 25))
    stage.now = at(2, 26)
    items = [
        {"pointer": "/evidence/1", "text": "看不清签字和日期，请重拍。"},
        {"pointer": "/guardian/phone", "text": "打不通，请核对。"},
    ]
    stage.decide(case_id, "return", items=items)
    return case_id


def awaiting_arrival(stage: Stage) -> UUID:
    case_id = filed(stage, OTHER_PROVINCE, at(2, 24))
    for _office in range(4):
        stage.now += DRIVE
        stage.office_agrees(case_id)
    return case_id


def refused(stage: Stage) -> UUID:
    case_id = filed(stage, OTHER_COUNTY, at(2, 5))
    stage.office_agrees(case_id)
    stage.now = at(2, 9)
    stage.office_refuses(case_id, "R13", "租房合同 1月31日到期，没有续签。")
    return case_id


def withdrawn(stage: Stage) -> UUID:
    case_id = filed(stage, NEAR, at(2, 5))
    stage.now = at(2, 6)
    stage.withdraw(case_id, NEAR, "家长不搬家了")
    return case_id


def not_arrived(stage: Stage) -> UUID:
    case_id = filed(stage, OTHER_PROVINCE, at(1, 12))
    for _office in range(4):
        stage.now += DRIVE
        stage.office_agrees(case_id)
    stage.now = at(1, 27)
    stage.decide(case_id, "not_arrived")
    return case_id


def stuck(stage: Stage) -> UUID:
    """A step that failed, as `webapp.deciding` reports it; deciding again resolves it."""
    case_id = filed(stage, OTHER_COUNTY, at(2, 26))
    stage.now = at(2, 27, 15)
    incidents.open_incident(stage.session, case_id, STEP, "OperationalError: timeout", now=stage.now)
    stage.session.commit()
    return case_id


def completed(stage: Stage) -> UUID:
    return complete(stage, at(2, 9))


def being_made(stage: Stage) -> UUID:
    """The press has taken the order and not yet delivered: for the first five minutes of a demo."""
    case_id = filed(stage, NEAR, at(2, 27))
    almost_done(stage, case_id, offices=3)
    stage.agree_and(case_id, papers.take)
    return case_id


def almost_done(stage: Stage, case_id: UUID, *, offices: int) -> None:
    """All have agreed but the leader of the last of so many offices."""
    for _office in range(offices - 1):
        stage.office_agrees(case_id)
    stage.decide(case_id, words="材料齐全。")


SAMPLES: tuple[Callable[[Stage], UUID], ...] = (
    in_review,
    due_soon,
    overdue,
    returned,
    awaiting_arrival,
    refused,
    withdrawn,
    not_arrived,
    stuck,
    completed,
    being_made,
)
