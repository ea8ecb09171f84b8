"""One winner per task, one open case per student, whoever is faster."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.province import GULOU, P1, P2, P3, A
from tests.support.threads import at_once

THREADS = 60


def deciding(province, task, office, decision, key):
    body = {"decision": decision, "reason_code": "R13", "opinion": "看过了。"}
    if decision == "approve":
        del body["reason_code"]
    client = province.installation_app.test_client()
    headers = {"Authorization": f"Bearer {province.token(f'leader.{office}')}", "Idempotency-Key": key}
    return lambda: client.post(f"/api/v1/tasks/{task['id']}/complete", json=body, headers=headers)


@pytest.fixture
def last_task(province):
    """The leader of the last office is about to let the record move."""
    case = province.transfer(A, to=P2)
    province.approve(case, at=P2)
    province.approve(case, at=P1)
    province.decide(case, GULOU, "registrar", "approve")
    return province.task(case, GULOU, "leader")


def test_sixty_people_decide_one_task_and_one_of_them_wins(province, last_task):
    calls = [deciding(province, last_task, GULOU, "approve", f"key-{i}") for i in range(THREADS)]
    answers = at_once(calls)
    assert Counter(a.status_code for a in answers) == {200: 1, 409: THREADS - 1}
    assert province.movements(A, f"registrar.{P2}") == [("21", P1), ("22", P2)]


def test_approving_against_refusing_leaves_one_outcome(province, last_task):
    calls = [
        deciding(province, last_task, GULOU, "approve" if i % 2 else "refuse", f"key-{i}") for i in range(20)
    ]
    answers = at_once(calls)
    assert Counter(a.status_code for a in answers) == {200: 1, 409: 19}
    (winner,) = (a.json["status"] for a in answers if a.status_code == 200)
    moved = {"completed": 2, "refused": 0}[winner]
    reader = P2 if moved else P1
    assert len(province.movements(A, f"registrar.{reader}")) == moved


def test_the_same_key_gets_the_same_answer(province, last_task):
    answers = at_once([deciding(province, last_task, GULOU, "approve", "one-key")] * 8)
    assert {a.status_code for a in answers} == {200}
    assert len({a.text for a in answers}) == 1
    assert sum("Idempotency-Replayed" in a.headers for a in answers) == 7


def test_two_schools_file_at_once_and_one_case_is_open(province):
    applications = {school: province.application(A, to=school) for school in (P2, P3)}

    def filing(school):
        client = province.installation_app.test_client()
        headers = {"Authorization": f"Bearer {province.token(f'registrar.{school}')}"}
        body = {"process": "transfer", "application": applications[school]}
        return lambda: client.post("/api/v1/cases", json=body, headers=headers)

    answers = at_once([filing(school) for school in (P2, P3)])
    assert sorted(a.status_code for a in answers) == [201, 422]
    (loser,) = (a for a in answers if a.status_code == 422)
    assert loser.json["violations"][0]["code"] == "R10"
