"""Lists: their order, their pages, and what a caller may see of them."""

from __future__ import annotations

import base64
import json
import re

import pytest
from sqlalchemy import update

from tests.contract.test_filing import GUARDIAN, errors, is_problem
from tests.support.province import GULOU, JINJIANG, P1, P2, P3, P4, A
from workflows.model import Task

LAST_SECOND = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]T23:59:59\+08:00")


def pages(province, who, path, limit):
    """Every item of a list, page by page."""
    found, cursor, seen = [], "", 0
    while cursor is not None:
        page = province.get(who, f"{path}limit={limit}" + (f"&cursor={cursor}" if cursor else ""))
        assert set(page) == {"items", "next"}
        assert len(page["items"]) <= limit
        found += page["items"]
        cursor, seen = page["next"], seen + 1
        assert seen < 1000
    return found


@pytest.fixture(scope="module")
def crowded(each_province):
    """Five cases that reached the leader of P2 on three days, the last of them without a deadline."""
    students = each_province.get(f"registrar.{P1}", "/students?status=enrolled&grade=4")["items"][:5]
    for day, student in zip(("03-04", "03-02", "03-03", "03-03", "03-05"), students, strict=True):
        each_province.on(f"2026-{day}")
        application = {
            "student_number": student["student_number"],
            "student_name": student["name"],
            "receiving_school": P2,
            "ground": "home_moved",
            "guardian": GUARDIAN,
            "evidence": [each_province.upload(f"registrar.{P2}")],
        }
        body = {"process": "transfer", "application": application}
        answer = each_province.call(f"registrar.{P2}", "POST", "/cases", body)
        assert answer.status_code == 201, answer.text
    with each_province.installation.sessions() as session:
        number = answer.json["number"]
        task = each_province.task({"number": number}, P2, "leader")
        session.connection().execute(
            update(Task)
            .where(Task.element == task["element"], Task.case.has(number=number))
            .values(due_at=None)
        )
        session.commit()
    return each_province


def test_the_inbox_is_ordered_by_deadline_and_its_pages_are_one_list(crowded):
    whole = crowded.get(f"leader.{P2}", "/tasks")["items"]
    due = [task["due_at"] for task in whole]
    assert len(whole) == 5
    assert due == [*sorted(day for day in due if day), None]
    assert [day[:10] for day in due[:4]] == ["2026-03-16", "2026-03-17", "2026-03-17", "2026-03-18"]
    for limit in (1, 2, 3, 4, 5, 200):
        assert pages(crowded, f"leader.{P2}", "/tasks?", limit) == whole


def test_a_task_says_what_the_contract_promises(crowded):
    for task in crowded.get(f"leader.{P2}", "/tasks")["items"]:
        assert set(task) >= {
            "id", "case_number", "process", "element", "name", "office", "role", "student", "decisions",
            "opened_at", "due_at", "claimed_by",
        }  # fmt: skip
        assert task["due_at"] is None or LAST_SECOND.fullmatch(task["due_at"])
        assert task["decisions"] == ["approve", "refuse", "return"]
        assert "R13" in task["reasons"]
        assert not {"R17", "R08", "R05"} & set(task["reasons"]), "unlawful, of another stage, found by rule"
        assert set(task["student"]) == {"student_number", "name"}
        assert (task["office"]["code"], task["role"], task["claimed_by"]) == (P2, "leader", None)


def test_an_inbox_holds_the_tasks_of_one_desk(crowded):
    for who in (f"registrar.{P2}", f"leader.{P1}", f"leader.{GULOU}", f"leader.{P4}"):
        assert crowded.get(who, "/tasks") == {"items": [], "next": None}


def test_a_page_stays_where_it_is_when_a_task_before_it_goes(crowded):
    first = crowded.get(f"leader.{P2}", "/tasks?limit=2")
    rest = crowded.get(f"leader.{P2}", "/tasks?limit=200&cursor=" + first["next"])["items"]
    path = f"/tasks/{first['items'][0]['id']}/claim"
    assert crowded.call(f"leader.{P2}", "POST", path).status_code == 200
    assert crowded.get(f"leader.{P2}", "/tasks?limit=200&cursor=" + first["next"])["items"] == rest
    assert crowded.call(f"leader.{P2}", "POST", path.replace("claim", "release")).status_code == 200


def test_students_come_by_grade_class_and_number_and_pages_are_one_list(standing_province):
    whole = pages(standing_province, f"registrar.{P1}", "/students?", 200)
    order = [(one["grade"], one["class"] or 0, one["student_number"]) for one in whole]
    assert len(whole) > 20
    assert order == sorted(order)
    assert pages(standing_province, f"registrar.{P1}", "/students?", 7) == whole
    assert {one["school"]["code"] for one in whole} == {P1}


def test_a_student_says_what_the_contract_promises(standing_province):
    student = standing_province.student(A, f"registrar.{P1}")
    assert set(student) == {
        "student_number", "name", "status", "flags", "school", "stage", "grade", "class", "open_case",
    }  # fmt: skip
    assert (student["name"], student["status"], student["stage"], student["grade"]) == (
        "林一航", "enrolled", "primary", 5,
    )  # fmt: skip
    assert standing_province.get(f"registrar.{P1}", f"/students?q={A}")["items"] == [student]


@pytest.mark.parametrize(("who", "schools"), [(P1, {P1}), (GULOU, {P1, P2}), (JINJIANG, {P3}), (P4, {P4})])
def test_a_caller_sees_the_schools_below_their_office(standing_province, who, schools):
    found = pages(standing_province, f"registrar.{who}", "/students?", 200)
    seen = {one["school"]["code"] for one in found}
    assert schools <= seen
    assert not seen & ({P1, P2, P3, P4} - schools)


@pytest.mark.parametrize("who", [f"registrar.{P2}", f"registrar.{P3}", f"leader.{P4}", f"leader.{JINJIANG}"])
def test_a_student_of_another_scope_is_as_unknown_as_nobody(standing_province, who):
    nobody = is_problem(standing_province.call(who, "GET", "/students/L350102201503150027"), 404)
    for path in (f"/students/{A}", f"/students/{A}/movements"):
        hidden = is_problem(standing_province.call(who, "GET", path), 404)
        assert hidden | {"request_id": ""} == nobody | {"request_id": ""}
    assert standing_province.get(who, f"/students?q={A}") == {"items": [], "next": None}
    assert standing_province.get(who, f"/students?school={P1}") == {"items": [], "next": None}


@pytest.mark.parametrize(
    "q", ["林一航", "一航", "linyihang", "LinYi", "lyh", "LYH", A, A.lower(), " 林一航 "]
)
def test_a_student_is_found_by_name_pinyin_initials_and_number(standing_province, q):
    found = standing_province.call(f"registrar.{P1}", "GET", f"/students?q={q}").json["items"]
    assert A in {one["student_number"] for one in found}


@pytest.mark.parametrize("q", ["%", "_", "\\", "'", "x" * 60, "航一林"])
def test_no_sign_in_a_search_means_everybody(standing_province, q):
    answer = standing_province.client.get(
        "/api/v1/students",
        query_string={"q": q},
        headers={"Authorization": f"Bearer {standing_province.token(f'registrar.{P1}')}"},
    )
    assert answer.json == {"items": [], "next": None}


def test_filters_narrow_and_combine(standing_province):
    found = standing_province.get(f"registrar.{GULOU}", f"/students?school={P1}&grade=5&status=enrolled")[
        "items"
    ]
    assert found
    assert {(one["school"]["code"], one["grade"], one["status"]) for one in found} == {(P1, 5, "enrolled")}


def encoded(text):
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode()


NONSENSE = [
    "x", "%00", "====", encoded("x"), encoded("[]"), encoded("{}"), encoded('"x"'), encoded("null"),
    encoded('["x"]'), encoded('["x", "y"]'), encoded('["x", "y", "z"]'), encoded('["x", "y", "z", "w"]'),
    encoded('["2026-03-02T00:00:00", "00000000-0000-7000-8000-000000000000"]') + "x",
    encoded('["0001-01-01T00:00:00+23:59", "00000000-0000-7000-8000-000000000000"]'),
    encoded('["9999-12-31T23:59:59-23:59", "00000000-0000-7000-8000-000000000000"]'),
    encoded('["2026-03-02T00:00:00+08:00", "\\u0000"]'), encoded('["99999", "1", "G1"]'),
    encoded('["1", "1", "\\u0000"]'), encoded('["\\u0661", "1", "G1"]'), encoded("[" * 200), encoded("NaN"),
    encoded("[1, 2]"), encoded("[null, null, null]"), "A" * 401,
]  # fmt: skip


@pytest.mark.parametrize("cursor", NONSENSE, ids=range(len(NONSENSE)))
@pytest.mark.parametrize("path", ["/tasks", "/students", f"/students/{A}/movements"])
def test_a_cursor_of_our_making_only(standing_province, path, cursor):
    answer = standing_province.call(f"registrar.{P1}", "GET", f"{path}?cursor={cursor}")
    assert [pointer for pointer, _code in errors(answer)] == ["/cursor"]


@pytest.mark.parametrize(
    "limit", ["0", "-1", "201", "1.5", "x", "%00", "1e2", "\u0665", "1_0", "9" * 5000, "", " 5"]
)
@pytest.mark.parametrize("path", ["/tasks", "/students", f"/students/{A}/movements"])
def test_a_limit_is_a_number_from_1_to_200(standing_province, path, limit):
    answer = standing_province.call(f"registrar.{P1}", "GET", f"{path}?limit={limit}")
    assert [pointer for pointer, _code in errors(answer)] == ["/limit"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("grade=0", "/grade"), ("grade=13", "/grade"), ("grade=five", "/grade"), ("grade=5.0", "/grade"),
        ("status=asleep", "/status"), ("status=%00", "/status"), ("school=x", "/school"),
        ("school=2135000001%00", "/school"), ("school=21350000011", "/school"), ("q=%00", "/q"),
        ("q=" + "x" * 61, "/q"),
    ],
)  # fmt: skip
def test_a_filter_that_does_not_fit_is_named(standing_province, query, pointer):
    answer = standing_province.call(f"registrar.{P1}", "GET", f"/students?{query}")
    assert [found for found, _code in errors(answer)] == [pointer]


def test_bytes_that_are_no_text_find_nobody(standing_province):
    assert standing_province.get(f"registrar.{P1}", "/students?q=%ff%fe") == {"items": [], "next": None}


def test_movements_come_oldest_first_and_in_pages(province):
    case = province.transfer(A, to=P2)
    for office in (P2, P1, GULOU):
        province.approve(case, at=office)
    whole = province.get(f"registrar.{P2}", f"/students/{A}/movements")
    assert [set(one) for one in whole["items"]] == [{"code", "name", "date", "school", "case_number"}] * 2
    assert [
        (one["code"], one["school"]["code"], one["date"], one["case_number"]) for one in whole["items"]
    ] == [
        ("21", P1, "2026-03-02", case["number"]),
        ("22", P2, "2026-03-02", case["number"]),
    ]
    assert pages(province, f"registrar.{P2}", f"/students/{A}/movements?", 1) == whole["items"]


def test_processes_hold_the_schema_of_their_application(standing_province):
    listed = standing_province.get(f"registrar.{P2}", "/processes")
    assert "transfer" in {one["key"] for one in listed["items"]}
    process = standing_province.get("policy.350000", "/processes/transfer")
    assert set(process) == {"key", "name", "version", "application"}
    assert set(process["application"]["required"]) >= {
        "student_number", "student_name", "receiving_school", "ground", "guardian", "evidence",
    }  # fmt: skip
    assert json.dumps(process["application"])
    is_problem(standing_province.call(f"registrar.{P2}", "GET", "/processes/flying"), 404)
    is_problem(standing_province.call(f"registrar.{P2}", "GET", "/processes/office-review"), 404)
