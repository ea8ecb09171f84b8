"""What lies in the demo province when it starts: every state, at nobody's expense."""

from __future__ import annotations

import json
import urllib.request

import pytest
from sqlalchemy import select

from documents import register
from jisui.clock import DEMO_START
from jisui.demo import samples
from jisui.demo.places import GENERATED, NAMED
from tests.e2e.demo import Demo
from workflows.model import Case, Task

STATUS = {
    "in_review": "in_review",
    "due_soon": "in_review",
    "overdue": "in_review",
    "returned": "returned",
    "awaiting_arrival": "awaiting_arrival",
    "refused": "refused",
    "withdrawn": "withdrawn",
    "not_arrived": "terminated",
    "stuck": "stuck",
    "completed": "completed",
    "being_made": "completed",
}


@pytest.mark.parametrize("state", STATUS)
def test_its_family_sees_the_state(demo: Demo, state: str):
    number, code = demo.samples()[state]
    asked = urllib.request.Request(
        f"{demo.url}/api/v1/track",
        json.dumps({"number": number, "code": code}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked) as answer:
        assert json.load(answer)["state"] == STATUS[state]


@pytest.mark.parametrize("state", ["valid", "expired", "superseded", "revoked"])
def test_a_stranger_finds_a_certificate_in_each_state(demo: Demo, state: str):
    number, _dash, code = demo.papers()[state].partition("-")
    with demo.installation.sessions() as session:
        seen = register.public_view(session, number, code, demo.installation.clock.now())
    assert seen is not None
    assert seen.state == state


def test_the_offices_and_students_of_the_scenarios_start_without_any(demo: Demo):
    named = {school.code for school in NAMED}
    named |= {stage.authority for school in NAMED for stage in school.stages}
    generated = {stage.authority for school in GENERATED for stage in school.stages}
    with demo.installation.sessions() as session:
        sampled = select(Case.id).where(Case.place.in_(generated))
        assert not named & set(session.scalars(select(Task.office).where(Task.case_id.in_(sampled))))
    assert not named & generated


def test_everything_lies_before_the_start(demo: Demo):
    with demo.installation.sessions() as session:
        for number, _code in demo.samples().values():
            case = session.scalars(select(Case).where(Case.number == number)).one()
            decided = session.scalars(select(Task.decided_at).where(Task.case_id == case.id)).all()
            assert max(filter(None, [case.opened_at, case.closed_at, *decided])) < DEMO_START


def test_the_codes_are_for_the_owner_of_the_folder_alone(demo: Demo):
    assert (demo.data / samples.TOLD).stat().st_mode & 0o077 == 0
