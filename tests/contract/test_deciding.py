"""POST /tasks/{id}/…: who may, what must come with a decision, and what nobody may try twice."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from registry.calendar import CHINA
from registry.people import Appointment
from tests.contract.test_filing import errors, is_problem
from tests.support.province import GULOU, P1, P2, P3, A, B
from webapp.accounts import Account
from webapp.api.auth import new_token
from webapp.services import real_now

REFUSAL = {"decision": "refuse", "reason_code": "R13", "opinion": "看不清。"}
NOWHERE = "00000000-0000-7000-8000-000000000000"


def complete(province, who, task, body, **headers):
    return province.call(who, "POST", f"/tasks/{task['id']}/complete", body, **headers)


@pytest.fixture(scope="module")
def standing(each_province):
    """A case that waits for the registrar of the sending school; and that task."""
    case = each_province.transfer(A, to=P2)
    each_province.approve(case, at=P2)
    return each_province, case, each_province.task(case, P1, "registrar")


def second_appointment(province, username, office, role):
    """The same person in another role at an office; a token for it."""
    with province.installation.sessions() as session:
        account = session.scalars(select(Account).where(Account.username == username)).one()
        appointment = Appointment(
            person_id=account.person_id, organisation_code=office, role=role, from_=date(2025, 9, 1)
        )
        session.add(appointment)
        session.flush()
        token = new_token(session, account, appointment.id, real_now())
        session.commit()
    return token


@pytest.mark.parametrize(
    "who",
    [f"registrar.{P3}", f"leader.{P3}", f"registrar.{GULOU}", f"leader.{GULOU}", f"registrar.{P2}"],
)
@pytest.mark.parametrize(
    "body", [{"decision": "approve"}, {"decision": "return"}, {"decision": "nonsense"}, REFUSAL]
)
def test_another_offices_task_is_not_there(standing, unchanged, who, body):
    """Whatever is sent: its faults would tell that the task exists."""
    province, _case, task = standing
    with unchanged(province):
        is_problem(complete(province, who, task, body), 404)
        is_problem(province.call(who, "POST", f"/tasks/{task['id']}/claim"), 404)
        is_problem(province.call(who, "POST", f"/tasks/{task['id']}/release"), 404)


@pytest.mark.parametrize("body", [{"decision": "approve"}, {"decision": "return"}, REFUSAL])
def test_the_other_role_of_the_office_is_refused(standing, unchanged, body):
    province, _case, task = standing
    with unchanged(province):
        is_problem(complete(province, f"leader.{P1}", task, body), 403)
        is_problem(province.call(f"leader.{P1}", "POST", f"/tasks/{task['id']}/claim"), 403)


@pytest.mark.parametrize("key", [NOWHERE, "1", "x", "..%2F..%2Fetc", "%00"])
def test_a_task_that_never_was_is_not_there(standing, key):
    province, _case, _task = standing
    for action in ("claim", "release", "complete"):
        answer = province.call(f"registrar.{P1}", "POST", f"/tasks/{key}/{action}", {"decision": "approve"})
        is_problem(answer, 404)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/decision", "missing"),
        ({"decision": "burn"}, "/decision", "not_offered"),
        ({"decision": "resubmit"}, "/decision", "not_offered"),
        ({"decision": "arrived"}, "/decision", "not_offered"),
        ({"decision": "approve", "reason_code": "R13"}, "/reason_code", "not_offered"),
        ({"decision": "approve", "fields": {"class": 0}}, "/fields/class", "greater_than_equal"),
        ({"decision": "approve", "fields": {"class": "2"}}, "/fields/class", "int_type"),
        ({"decision": "approve", "fields": {"mood": 1}}, "/fields/mood", "extra_forbidden"),
        ({"decision": "approve", "fields": []}, "/fields", "dict_type"),
        ({"decision": "approve", "opinion": "字" * 501}, "/opinion", "string_too_long"),
        ({"decision": "approve", "opinion": "好\0"}, "/opinion", "forbidden_characters"),
        ({"decision": "approve", "by": "me"}, "/by", "extra_forbidden"),
        ({"decision": "refuse"}, "/reason_code", "not_offered"),
        ({"decision": "refuse", "reason_code": "R17", "opinion": "不放。"}, "/reason_code", "not_offered"),
        ({"decision": "refuse", "reason_code": "R08", "opinion": "小学。"}, "/reason_code", "not_offered"),
        ({"decision": "refuse", "reason_code": "R05", "opinion": "休学。"}, "/reason_code", "not_offered"),
        ({"decision": "refuse", "reason_code": "R00", "opinion": "无。"}, "/reason_code", "not_offered"),
        ({"decision": "refuse", "reason_code": "R13"}, "/opinion", "required"),
        ({"decision": "refuse", "reason_code": "R13", "opinion": " \n "}, "/opinion", "required"),
        ({"decision": "refuse", "reason_code": "R99", "opinion": "其他。"}, "/fields/evidence", "required"),
        (REFUSAL | {"fields": {"evidence": [NOWHERE]}}, "/fields/evidence/0", "evidence_unknown"),
        (REFUSAL | {"fields": {"evidence": "x"}}, "/fields/evidence", "list_type"),
        (REFUSAL | {"fields": {"mood": "bad"}}, "/fields/mood", "extra_forbidden"),
        ({"decision": "return"}, "/fields/items", "missing"),
        ({"decision": "return", "fields": {"items": []}}, "/fields/items", "too_short"),
    ],
    ids=range(25),
)  # fmt: skip
def test_what_a_decision_lacks_or_has_too_much_is_named(standing, unchanged, body, pointer, code):
    province, _case, task = standing
    with unchanged(province):
        assert (pointer, code) in errors(complete(province, f"registrar.{P1}", task, body))


@pytest.mark.parametrize(
    ("pointer", "code"),
    [
        ("/colour", "not_correctable"),
        ("/guardian/shoe_size", "not_correctable"),
        ("/guardian/phone/0", "not_correctable"),
        ("/evidence/1", "not_correctable"),
        ("/evidence/-1", "not_correctable"),
        ("/student_number", "not_correctable"),
        ("/receiving_school", "not_correctable"),
        ("guardian", "string_pattern_mismatch"),
        ("/", "string_pattern_mismatch"),
        ("", "string_pattern_mismatch"),
        ("/" + "x" * 2000, "string_pattern_mismatch"),
    ],
    ids=lambda value: value[:20],
)
def test_an_item_that_leads_nowhere_cannot_be_sent_back(standing, unchanged, pointer, code):
    province, _case, task = standing
    body = {
        "decision": "return",
        "fields": {
            "items": [{"pointer": "/guardian/phone", "text": "打不通"}, {"pointer": pointer, "text": "?"}]
        },
    }
    with unchanged(province):
        assert errors(complete(province, f"registrar.{P1}", task, body)) == [
            ("/fields/items/1/pointer", code)
        ]


@pytest.mark.parametrize(
    ("item", "place", "code"),
    [
        ({"pointer": "/explanation"}, "/text", "missing"),
        ({"pointer": "/explanation", "text": " "}, "/text", "string_too_short"),
        ({"pointer": "/explanation", "text": "字" * 501}, "/text", "string_too_long"),
        ({"pointer": "/explanation", "text": "写清", "by": "monday"}, "/by", "extra_forbidden"),
    ],
)
def test_an_item_says_what_is_to_be_done(standing, unchanged, item, place, code):
    province, _case, task = standing
    body = {"decision": "return", "fields": {"items": [item]}}
    with unchanged(province):
        assert errors(complete(province, f"registrar.{P1}", task, body)) == [
            (f"/fields/items/0{place}", code)
        ]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.dictionaries(
    st.sampled_from(["items", "vacancies", "evidence", "class", "arrived_on", "school"])
    | st.text(max_size=5),
    ANYTHING,
    max_size=3,
)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(["approve", "refuse", "return", "", "\0"]), FIELDS, st.text(max_size=12), ANYTHING)
def test_whatever_is_sent_is_answered_and_nothing_happens(
    standing, unchanged, decision, fields, code, opinion
):
    province, _case, task = standing
    body = {"decision": decision, "fields": fields | {"$": 0}, "reason_code": code, "opinion": opinion}
    data = province.installation_app.json.dumps(body, ensure_ascii=True)
    headers = {"Authorization": f"Bearer {province.token(f'registrar.{P1}')}"}
    path = f"/api/v1/tasks/{task['id']}/complete"
    with unchanged(province):
        answer = province.client.post(path, data=data, headers=headers, content_type="application/json")
        assert answer.status_code in (400, 422), answer.text


def test_a_full_school_must_say_how_full(province, unchanged):
    case = province.transfer(A, to=P2)
    task = province.task(case, P2, "leader")
    refusal = {"decision": "refuse", "reason_code": "R01", "opinion": "满员。"}
    with unchanged(province):
        for fields, code in [
            ({}, "required"),
            ({"vacancies": None}, "required"),
            ({"vacancies": "0"}, "int_type"),
            ({"vacancies": True}, "int_type"),
            ({"vacancies": -1}, "greater_than_equal"),
            ({"vacancies": 10**30}, "less_than_equal"),
        ]:
            answer = complete(province, f"leader.{P2}", task, refusal | {"fields": fields})
            assert errors(answer) == [("/fields/vacancies", code)]
    assert complete(province, f"leader.{P2}", task, refusal | {"fields": {"vacancies": 0}}).status_code == 200


def test_a_task_already_decided_stays_decided(province, unchanged):
    case = province.transfer(A, to=P2)
    task = province.task(case, P2, "leader")
    first = complete(province, f"leader.{P2}", task, {"decision": "approve"}, **{"Idempotency-Key": "one"})
    assert first.status_code == 200
    with unchanged(province):
        for body in ({"decision": "approve"}, REFUSAL, {"decision": "nonsense"}):
            assert (
                is_problem(complete(province, f"leader.{P2}", task, body), 409)["code"]
                == "task.already_decided"
            )
        is_problem(province.call(f"leader.{P2}", "POST", f"/tasks/{task['id']}/claim"), 409)
        again = complete(
            province, f"leader.{P2}", task, {"decision": "approve"}, **{"Idempotency-Key": "one"}
        )
        assert again.headers["Idempotency-Replayed"] == "true"
        assert again.json == first.json
        other = complete(province, f"leader.{P2}", task, REFUSAL, **{"Idempotency-Key": "one"})
        assert is_problem(other, 422)["code"] == "idempotency.key_reused"
        is_problem(complete(province, f"leader.{P1}", task, {"decision": "approve"}), 404)


def test_who_prepared_does_not_decide(province, unchanged):
    case = province.transfer(A, to=P2)
    province.approve(case, at=P2)
    province.decide(case, P1, "registrar", "approve")
    task = province.task(case, P1, "leader")
    province.tokens["both"] = second_appointment(province, f"registrar.{P1}", P1, "leader")
    with unchanged(province):
        answer = complete(province, "both", task, {"decision": "approve"})
        assert is_problem(answer, 403)["code"] == "task.same_person"
    assert complete(province, f"leader.{P1}", task, {"decision": "approve"}).status_code == 200


def test_who_filed_for_the_school_does_not_decide_there(province, unchanged):
    case = province.transfer(A, to=P2)
    province.tokens["both"] = second_appointment(province, f"registrar.{P2}", P2, "leader")
    with unchanged(province):
        answer = complete(province, "both", province.task(case, P2, "leader"), {"decision": "approve"})
        assert is_problem(answer, 403)["code"] == "task.same_person"


def test_a_key_of_one_appointment_is_not_the_key_of_another(province):
    case = province.transfer(A, to=P2)
    task = province.task(case, P2, "leader")
    province.tokens["both"] = second_appointment(province, f"leader.{P2}", P2, "registrar")
    key = {"Idempotency-Key": "mine"}
    assert complete(province, f"leader.{P2}", task, {"decision": "approve"}, **key).status_code == 200
    other = complete(province, "both", task, {"decision": "approve"}, **key)
    assert "Idempotency-Replayed" not in other.headers
    is_problem(other, 403)


def test_a_colleague_who_holds_a_task_is_named_for_half_an_hour(province, unchanged):
    case = province.transfer(A, to=P2)
    province.approve(case, at=P2)
    task = province.task(case, P1, "registrar")
    province.tokens["colleague"] = second_appointment(province, f"registrar.{P3}", P1, "registrar")
    path = f"/tasks/{task['id']}"
    claimed = province.call(f"registrar.{P1}", "POST", f"{path}/claim")
    assert claimed.status_code == 200
    assert claimed.json["claimed_by"]
    with unchanged(province):
        for answer in (
            province.call("colleague", "POST", f"{path}/claim"),
            province.call("colleague", "POST", f"{path}/release"),
            province.call("colleague", "POST", f"{path}/complete", {"decision": "approve"}),
        ):
            assert is_problem(answer, 409)["code"] == "task.claimed"
    assert province.call(f"registrar.{P1}", "POST", f"{path}/release").json["claimed_by"] is None
    assert province.call("colleague", "POST", f"{path}/claim").status_code == 200
    province.clock.set(datetime(2026, 3, 2, 9, 45, tzinfo=CHINA))
    assert province.task(case, P1, "registrar")["claimed_by"] is None
    assert province.call(f"registrar.{P1}", "POST", f"{path}/claim").status_code == 200


@pytest.fixture(scope="module")
def returned(each_province):
    """A case whose guardian's telephone and only file were sent back, and its task."""
    case = each_province.transfer(B, to=P2)
    each_province.approve(case, at=P2)
    items = [{"pointer": "/guardian/phone", "text": "打不通"}, {"pointer": "/evidence/0", "text": "看不清"}]
    sent_back = each_province.decide(case, GULOU, "registrar", "return", fields={"items": items})
    assert sent_back["status"] == "returned"
    return each_province, each_province.task(case, P2, "registrar")


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"explanation": "另外"}, "/fields/explanation", "not_returned"),
        ({"ground": "work_moved"}, "/fields/ground", "not_returned"),
        ({"student_number": A}, "/fields/student_number", "not_returned"),
        ({"receiving_school": P3}, "/fields/receiving_school", "not_returned"),
        ({"guardian": {"name": "王五"}}, "/fields/guardian/name", "not_returned"),
        ({"guardian": {"phone": "13800006022", "name": "王五"}}, "/fields/guardian/name", "not_returned"),
        ({"colour": "red"}, "/fields/colour", "not_returned"),
        ({"guardian": {"phone": "138"}}, "/fields/guardian/phone", "too_short"),
        ({"guardian": {"phone": None}}, "/fields/guardian/phone", "string_type"),
        ({"guardian": "nobody"}, "/fields/guardian", "model_type"),
        ({"evidence": []}, "/fields/evidence", "too_short"),
        ({"evidence": [NOWHERE]}, "/fields/evidence/0", "evidence_unknown"),
    ],
    ids=range(12),
)
def test_only_what_was_sent_back_may_be_corrected(returned, unchanged, fields, pointer, code):
    province, task = returned
    body = {"decision": "resubmit", "fields": fields}
    with unchanged(province):
        assert (pointer, code) in errors(complete(province, f"registrar.{P2}", task, body))


def test_a_correction_goes_back_to_the_desk_that_asked(province):
    case = province.transfer(A, to=P2)
    province.approve(case, at=P2)
    items = [{"pointer": "/guardian/phone", "text": "打不通"}, {"pointer": "/evidence/0", "text": "看不清"}]
    province.decide(case, P1, "registrar", "return", fields={"items": items})
    file = province.upload(f"registrar.{P2}", colour="green")
    fields = {"guardian": {"name": "林建国", "phone": "138 0000 6022"}, "evidence": [file]}
    corrected = province.decide(case, P2, "registrar", "resubmit", fields=fields)
    assert corrected["status"] == "in_review"
    assert province.has_task(case, P1, "registrar")
    assert not province.has_task(case, P2, "registrar")
