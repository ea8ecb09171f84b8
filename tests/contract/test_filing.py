"""POST /cases: what bad input gets. The register is the same afterwards."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, update

from registry.organisations import SchoolClass
from registry.students import Student
from tests.support.province import GULOU, NAMES, P1, P2, P3, P4, S1, A, B, C, D
from webapp.register.looks import Look

UNKNOWN = "L350102201503150027"
"""Well formed, and nobody's."""
NO_FILE = "00000000-0000-7000-8000-000000000000"
GUARDIAN = {"name": "林建国", "relation": "father", "phone": "13800006021"}
LONG = "林" * 10_000


def filing(province, who=f"registrar.{P2}", **changed):
    """An application for A at P2 with something changed. Its evidence is looked at last."""
    application = {
        "student_number": A,
        "student_name": NAMES[A],
        "receiving_school": P2,
        "ground": "home_moved",
        "explanation": "",
        "guardian": GUARDIAN,
        "evidence": [NO_FILE],
    }
    body = {"process": "transfer", "application": application | changed}
    headers = {"Authorization": f"Bearer {province.token(who)}"}
    return province.client.post(
        "/api/v1/cases", data=json.dumps(body), content_type="application/json", headers=headers
    )


def raw(province, data, content_type="application/json", **headers):
    headers |= {"Authorization": f"Bearer {province.token(f'registrar.{P2}')}"}
    return province.client.post("/api/v1/cases", data=data, content_type=content_type, headers=headers)


def errors(answer):
    """Pointer and code of each field error."""
    assert answer.status_code == 422, answer.text
    return [(error["pointer"], error["code"]) for error in answer.json["errors"]]


def codes(answer):
    assert answer.status_code == 422, answer.text
    return [violation["code"] for violation in answer.json["violations"]]


def is_problem(answer, status):
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), answer.text
    assert answer.json["status"] == status
    assert answer.json["title"] and answer.json["type"] and answer.json["request_id"]
    return answer.json


def test_an_unknown_number_and_a_wrong_name_get_one_answer(each_province, unchanged):
    with unchanged(each_province):
        unknown = filing(each_province, student_number=UNKNOWN)
        wrong = filing(each_province, student_number=B, student_name="陈小雪")
    assert codes(unknown) == codes(wrong) == ["R12"]
    assert unknown.json["violations"] == wrong.json["violations"]
    assert unknown.json["title"] == wrong.json["title"]
    assert set(unknown.json) == set(wrong.json)
    assert NAMES[B] not in wrong.text
    violation = unknown.json["violations"][0]
    assert set(violation) == {"code", "message", "basis", "remedy"}
    assert all(violation.values())


def test_a_third_wrong_name_for_one_number_in_a_day_ends_it(each_province, unchanged):
    def wrong(who=f"registrar.{P3}", to=P3):
        return filing(each_province, who, student_number=C, student_name="王辰", receiving_school=to)

    with unchanged(each_province):
        assert [wrong().status_code for _ in range(2)] == [422, 422]
        is_problem(wrong(), 429)
        right = filing(
            each_province, f"registrar.{P3}", student_number=C, receiving_school=P3, student_name=NAMES[C]
        )
        assert right.status_code == 429, "the right name is not told by trying on"
        assert codes(wrong(f"registrar.{P2}", P2)) == ["R12"], "counted for each asker"
        unknown = [
            filing(each_province, f"registrar.{P3}", student_number=UNKNOWN, receiving_school=P3)
            for _ in range(3)
        ]
    assert [answer.status_code for answer in unknown] == [422, 422, 429], "nor whether a number exists"


def test_whoever_knows_the_name_guesses_nothing_whatever_else_is_wrong(each_province, unchanged):
    with unchanged(each_province):
        foreign_school = [filing(each_province, receiving_school=P3) for _ in range(3)]
        no_file = [filing(each_province) for _ in range(3)]
        wrong = filing(each_province, student_name="林二航")
    assert [answer.status_code for answer in foreign_school] == [403] * 3
    assert [answer.status_code for answer in no_file] == [422] * 3
    assert codes(wrong) == ["R12"], "the first wrong name of the day"


def test_a_wrong_check_digit_is_a_field_error_and_counts_as_no_try(each_province, unchanged):
    with unchanged(each_province):
        answers = [filing(each_province, student_number=A[:-1] + "0") for _ in range(4)]
    for answer in answers:
        assert errors(answer) == [("/application/student_number", "check_digit")]
        assert A not in answer.text


def test_the_own_school_is_no_receiving_school(each_province, unchanged):
    with unchanged(each_province):
        answer = filing(each_province, f"registrar.{P1}", receiving_school=P1)
    assert errors(answer) == [("/application/receiving_school", "own_school")]


@pytest.mark.parametrize(
    ("who", "to"),
    [
        (f"leader.{P2}", P2),
        (f"registrar.{P1}", P2),
        (f"registrar.{GULOU}", P2),
        (f"registrar.{P4}", P2),
        (f"registrar.{P2}", "9999999999"),
        ("policy.350000", P2),
        ("admin", P2),
    ],
)
def test_only_the_registrar_of_the_receiving_school_files(each_province, unchanged, who, to):
    with unchanged(each_province):
        is_problem(filing(each_province, who, receiving_school=to), 403)


def test_an_office_that_may_not_start_is_not_told_what_stands_in_the_way(each_province, unchanged):
    with unchanged(each_province):
        answer = filing(
            each_province, f"registrar.{P1}", student_number=D, student_name=NAMES[D], receiving_school=S1
        )
    is_problem(answer, 403)
    assert "violations" not in answer.json


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"student_name": LONG}, "/student_name", "too_long"),
        ({"student_name": "林\0一航"}, "/student_name", "forbidden_characters"),
        ({"student_name": "林\ud800"}, "/student_name", "string_unicode"),
        ({"student_name": "林\u202e一航"}, "/student_name", "forbidden_characters"),
        ({"student_name": "   "}, "/student_name", "missing"),
        ({"student_name": 7}, "/student_name", "string_type"),
        ({"student_name": None}, "/student_name", "string_type"),
        ({"student_number": "G35010220150315001"}, "/student_number", "too_short"),
        ({"student_number": "L\u0661\u0661\u0660102201503150027"}, "/student_number", "wrong_characters"),
        ({"student_number": "\ud800" * 19}, "/student_number", "string_unicode"),
        ({"receiving_school": "2135000002\n"}, "/receiving_school", "no_school"),
        ({"receiving_school": ["2135000002"]}, "/receiving_school", "string_type"),
        ({"ground": "tired"}, "/ground", "literal_error"),
        ({"ground": "other"}, "/explanation", "explanation_missing"),
        ({"explanation": "字" * 301}, "/explanation", "too_long"),
        ({"grade": 13}, "/grade", "less_than_equal"),
        ({"grade": "5"}, "/grade", "int_type"),
        ({"grade": True}, "/grade", "int_type"),
        ({"effective_from": "31 March"}, "/effective_from", "date_from_datetime_parsing"),
        ({"guardian": "father"}, "/guardian", "model_type"),
        ({"guardian": GUARDIAN | {"phone": "1380000602"}}, "/guardian/phone", "too_short"),
        ({"guardian": GUARDIAN | {"relation": "aunt"}}, "/guardian/relation", "literal_error"),
        ({"guardian": GUARDIAN | {"name": LONG}}, "/guardian/name", "too_long"),
        ({"guardian": GUARDIAN | {"mood": "good"}}, "/guardian/mood", "extra_forbidden"),
        ({"evidence": []}, "/evidence", "too_short"),
        ({"evidence": ["not-a-uuid"]}, "/evidence/0", "uuid_parsing"),
        ({"evidence": [NO_FILE]}, "/evidence/0", "evidence_unknown"),
        ({"evidence": [NO_FILE] * 2}, "/evidence", "twice"),
        ({"evidence": [f"00000000-0000-7000-8000-{n:012}" for n in range(13)]}, "/evidence", "too_long"),
        ({"favourite_colour": "red"}, "/favourite_colour", "extra_forbidden"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isascii() else "",
)  # fmt: skip
def test_a_member_that_does_not_fit_is_named(each_province, unchanged, changed, pointer, code):
    with unchanged(each_province):
        answer = filing(each_province, **changed)
    assert ("/application" + pointer, code) in errors(answer), answer.text
    assert all(error["message"] for error in answer.json["errors"])


def test_somebody_elses_evidence_is_unknown(each_province, unchanged):
    others = each_province.upload(f"registrar.{P1}")
    with unchanged(each_province):
        assert errors(filing(each_province, evidence=[others])) == [
            ("/application/evidence/0", "evidence_unknown")
        ]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/process", "missing"),
        ([], "", "model_type"),
        ("transfer", "", "model_type"),
        (None, "", "model_type"),
        ({"process": "flying", "application": {}}, "/process", "unknown"),
        ({"process": "archive-handover", "application": {}}, "/process", "unknown"),
        ({"process": "\ud800", "application": {}}, "/process", "string_unicode"),
        ({"process": "transfer", "application": []}, "/application", "dict_type"),
        ({"process": "transfer", "application": {}}, "/application/student_number", "missing"),
        ({"process": "transfer", "application": {}, "now": True}, "/now", "extra_forbidden"),
    ],
)
def test_a_body_of_another_shape_is_refused(each_province, unchanged, body, pointer, code):
    with unchanged(each_province):
        assert (pointer, code) in errors(raw(each_province, json.dumps(body)))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"{'process': 1}", b'{"process": "transfer", "process": "transfer"}',
        b'{"application": {"a": 1, "a": 2}}', b'{"application": NaN}', b'{"application": -Infinity}',
        b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"process": "\xff\xfe"}', b'{"application": ' + b"9" * 5000 + b"}", b"\x00", b"PK\x03\x04",
    ],
    ids=range(13),
)  # fmt: skip
def test_what_is_not_json_is_refused(each_province, unchanged, data):
    with unchanged(each_province):
        assert is_problem(raw(each_province, data), 400)["code"] == "body.unreadable"


def test_another_kind_of_content_is_refused(each_province, unchanged):
    with unchanged(each_province):
        is_problem(raw(each_province, b"process=transfer", "application/x-www-form-urlencoded"), 415)
        is_problem(raw(each_province, b"{}", "text/plain"), 415)


def test_a_body_of_more_than_a_megabyte_is_refused(each_province, unchanged):
    with unchanged(each_province):
        is_problem(raw(each_province, b'{"process": "' + b"x" * 1_200_000 + b'"}'), 413)


def test_rules_come_with_words_basis_and_remedy_and_the_look_is_recorded(each_province, unchanged):
    with each_province.installation.sessions() as session:
        student_id = session.scalars(select(Student.id).where(Student.student_number == D)).one()
    with unchanged(each_province):
        answer = filing(
            each_province, f"registrar.{S1}", student_number=D, student_name=NAMES[D], receiving_school=S1
        )
    assert codes(answer) == ["R08"]
    assert all(answer.json["violations"][0].values())
    with each_province.installation.sessions() as session:
        (look,) = session.scalars(select(Look).where(Look.student_id == student_id, Look.what == "check"))
        assert look.office == S1
        assert "R08" not in look.reason


def test_a_full_class_only_warns(province):
    with province.installation.sessions() as session:
        session.execute(update(SchoolClass).where(SchoolClass.school_code == P2).values(capacity=0))
        session.commit()
    answer = province.try_transfer(A, to=P2)
    assert answer.status_code == 201, answer.text
    (warning,) = answer.json["warnings"]
    assert warning["code"] == "R01"
    assert set(warning) == {"code", "message", "basis", "remedy"}


def test_a_case_just_opened_says_everything_the_contract_promises(province):
    case = province.transfer(A, to=P2)
    assert set(case) == {
        "number", "process", "status", "student_number", "tracking_code", "tracking_url", "steps",
        "certificates", "warnings", "follows",
    }  # fmt: skip
    assert case["number"].startswith("ZX350102-2026-")
    assert (case["process"], case["status"], case["student_number"]) == ("transfer", "in_review", A)
    assert case["tracking_url"] == f"/track/{case['number']}"
    assert case["tracking_code"] not in case["tracking_url"]
    assert case["certificates"] == case["warnings"] == []
    (step,) = case["steps"]
    assert step["opened_at"].startswith("2026-03-02T09:0") and step["opened_at"].endswith("+08:00")
    assert step == {
        "element": "receiving_school_review.decide",
        "name": step["name"],
        "office": {"code": P2, "name": step["office"]["name"]},
        "role": "leader",
        "status": "open",
        "opened_at": step["opened_at"],
        "due_at": "2026-03-16T23:59:59+08:00",
        "decided_at": None,
        "decision": None,
        "reason_code": None,
        "opinion": None,
    }
    assert "tracking_code" not in province.case(case, f"registrar.{P2}")


def test_two_submits_of_one_form_make_one_case(province):
    body = {"process": "transfer", "application": province.application(A, to=P2)}
    who, key = f"registrar.{P2}", {"Idempotency-Key": "form-1"}
    first = province.call(who, "POST", "/cases", body, **key)
    again = province.call(who, "POST", "/cases", body, **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    other = body | {"application": body["application"] | {"explanation": "改了"}}
    refused = province.call(who, "POST", "/cases", other, **key)
    assert is_problem(refused, 422)["code"] == "idempotency.key_reused"
    assert codes(province.call(who, "POST", "/cases", body)) == ["R10"], "without the key it is a second one"
    assert len(province.get(f"leader.{P2}", "/tasks")["items"]) == 1


def test_a_refused_request_may_be_tried_again_under_its_key(province):
    who, key = f"registrar.{P2}", {"Idempotency-Key": "form-2"}
    body = {"process": "transfer", "application": province.application(A, to=P2)}
    wrong = body | {"application": body["application"] | {"student_name": "林一舟"}}
    assert province.call(who, "POST", "/cases", wrong, **key).status_code == 422
    assert province.call(who, "POST", "/cases", body, **key).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "with space", "x" * 201, "schön", "中文"])
def test_an_idempotency_key_of_another_form_is_refused(standing_province, unchanged, key):
    with unchanged(standing_province):
        body = json.dumps({"process": "transfer", "application": {}})
        answer = raw(standing_province, body, **{"Idempotency-Key": key})
        assert is_problem(answer, 400)["code"] == "idempotency.key_malformed"
        track = standing_province.client.post(
            "/api/v1/track", json={"number": "x", "code": "y"}, headers={"Idempotency-Key": key}
        )
        is_problem(track, 400)
