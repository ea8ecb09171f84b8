"""`/api/v1/openapi.json` is OpenAPI 3.1 and is what the committed copy says.

Write the copy anew after a change of the contract, and read the difference:
`JISUI_WRITE_GOLDEN=1 python -m pytest tests/contract/test_document.py`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

GOLDEN = Path(__file__).with_name("openapi.json")
WRITE = "JISUI_WRITE_GOLDEN"
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def document(standing_province):
    answer = standing_province.client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return answer.json


@pytest.fixture(scope="module")
def operations(document):
    return {
        (method, path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_the_committed_document_is_the_one_we_serve(document):
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    if os.environ.get(WRITE):
        GOLDEN.write_text(text)
    assert GOLDEN.read_text() == text, f"read the difference, then write it with {WRITE}=1"


def test_it_is_version_3_1(document):
    assert document["openapi"].startswith("3.1.")


def test_every_call_of_the_design_is_described(operations):
    assert set(operations) == {
        ("get", "/api/v1/processes"),
        ("get", "/api/v1/processes/{key}"),
        ("post", "/api/v1/cases"),
        ("get", "/api/v1/cases/{number}"),
        ("post", "/api/v1/cases/{number}/withdraw"),
        ("get", "/api/v1/tasks"),
        ("post", "/api/v1/tasks/{task_id}/claim"),
        ("post", "/api/v1/tasks/{task_id}/release"),
        ("post", "/api/v1/tasks/{task_id}/complete"),
        ("get", "/api/v1/students"),
        ("get", "/api/v1/students/{student_number}"),
        ("get", "/api/v1/students/{student_number}/movements"),
        ("get", "/api/v1/certificates/{number}"),
        ("post", "/api/v1/certificates/verify"),
        ("post", "/api/v1/evidence"),
        ("post", "/api/v1/track"),
    }


def test_no_page_for_people_is_described(document):
    assert all(path.startswith("/api/v1/") for path in document["paths"])


def test_every_refusal_is_a_problem_document(operations):
    for operation in operations.values():
        refusals = {code: answer for code, answer in operation["responses"].items() if code[0] in "45"}
        assert refusals
        assert all(list(answer["content"]) == [PROBLEM] for answer in refusals.values())


def test_every_post_takes_an_idempotency_key_and_needs_its_body(operations):
    for (method, path), operation in operations.items():
        if method == "post":
            assert "Idempotency-Key" in {parameter["name"] for parameter in operation["parameters"]}, path
            assert operation.get("requestBody", {"required": True})["required"] is True, path


def test_only_track_and_verify_need_no_token(document, operations):
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    open_to_all = {path for (_method, path), operation in operations.items() if not operation["security"]}
    assert open_to_all == {"/api/v1/track", "/api/v1/certificates/verify"}


def test_lists_say_what_they_may_be_asked(operations):
    def names(path):
        return {p["name"] for p in operations["get", path]["parameters"] if p["in"] == "query"}

    assert names("/api/v1/tasks") == {"cursor", "limit"}
    assert names("/api/v1/students") == {"cursor", "limit", "school", "grade", "status", "q"}
    assert names("/api/v1/students/{student_number}/movements") == {"cursor", "limit"}


def test_files_go_in_and_out_under_their_own_types(operations):
    def body(path):
        return list(operations["post", path]["requestBody"]["content"])

    assert body("/api/v1/evidence") == ["multipart/form-data"]
    assert body("/api/v1/certificates/verify") == ["application/pdf"]
    paper = operations["get", "/api/v1/certificates/{number}"]["responses"]["200"]
    assert list(paper["content"]) == ["application/pdf"]


def test_a_class_is_called_class(document):
    student = document["components"]["schemas"]["StudentOut"]
    assert "class" in student["properties"]
    assert "class" in student["required"]
