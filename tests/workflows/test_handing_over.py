"""A leader gives a task to a colleague: the history says from whom to whom, and the task is held."""

from __future__ import annotations

import pytest

from tests.workflows.ports import NOW, Ports, official, open_transfer, publish, the_task
from workflows import history, tasks
from workflows.errors import TaskAlreadyDecided, TaskNotFound
from workflows.model import Decision

SCHOOL = "2135000003"
LEADER = official(SCHOOL, "leader")
FIRST, SECOND = official(SCHOOL, "registrar", "first"), official(SCHOOL, "registrar", "second")


@pytest.fixture
def ports(session):
    publish(session)
    return Ports()


def handed_over(session, case):
    return [one.facts for one in history.entries(session, case.id) if one.event == tasks.HANDED_OVER]


def test_it_goes_from_one_to_the_other_and_the_chain_holds(session, ports):
    case = open_transfer(session, ports)
    task = the_task(session, case.id)
    tasks.claim(session, task.id, FIRST, now=NOW)
    tasks.hand_over(session, ports.engine, task.id, LEADER, SECOND, now=NOW)
    assert the_task(session, case.id).claimed_by == SECOND.person_id
    tasks.hand_over(session, ports.engine, task.id, LEADER, None, now=NOW)
    assert the_task(session, case.id).claimed_by is None
    first, last = handed_over(session, case)
    assert (first["from_name"], first["to_name"], first["name"]) == (FIRST.name, SECOND.name, LEADER.name)
    assert [one.to for one in tasks.given(session, [case.id])] == [SECOND.person_id, None]
    assert (last["from_name"], last["to_name"]) == (SECOND.name, "")
    assert list(history.verify(session.connection())) == []


def test_another_office_s_task_and_a_decided_one_stay_where_they_are(session, ports):
    case = open_transfer(session, ports)
    task = the_task(session, case.id)
    with pytest.raises(TaskNotFound):
        tasks.hand_over(session, ports.engine, task.id, official("350582", "leader"), SECOND, now=NOW)
    tasks.complete(session, ports.engine, task.id, FIRST, Decision("approve"), now=NOW)
    with pytest.raises(TaskAlreadyDecided):
        tasks.hand_over(session, ports.engine, task.id, LEADER, SECOND, now=NOW)
    assert handed_over(session, case) == []
