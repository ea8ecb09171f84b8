"""休学、续休、复学: scenarios 27 and 28, and what stands in their way."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from registry.students import StudentRecord
from registry.suspensions import Suspension
from tests.support.province import GULOU, NAMES, P1, P2, A

ASKED = {"ground": "illness", "effective_from": "2026-03-09", "effective_to": "2027-03-08"}


def ask(province, process, student=A, school=P1, **members):
    application = {
        "student_number": student,
        "student_name": NAMES[student],
        "guardian": {"name": "林建国", "relation": "father", "phone": "13800006021"},
        "evidence": [province.upload(f"registrar.{school}")],
        **members,
    }
    body = {"process": process, "application": application}
    return province.call(f"registrar.{school}", "POST", "/cases", body)


def filed(province, process, **members):
    answer = ask(province, process, **members)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def agreed(province, process, **members):
    """Filed by the school's registrar, agreed by its leader and by the county."""
    case = filed(province, process, **members)
    province.approve(case, at=P1)
    return province.approve(case, at=GULOU)


def test_27_a_suspension_keeps_the_record_and_the_seat(province):
    before = province.student(A, f"registrar.{P1}")
    case = agreed(province, "suspension", **ASKED)
    assert case["status"] == "completed"
    after = province.student(A, f"registrar.{P1}")
    assert after["status"] == "suspended"
    assert (after["school"], after["class"]) == (before["school"], before["class"])
    assert province.movements(A, f"registrar.{P1}") == [("11", P1)]


def test_27_the_certificate_says_the_kind_and_never_the_diagnosis(province):
    agreed(province, "suspension", explanation="急性白血病", **ASKED)
    case = agreed_certificate(province)
    assert case["kind"] == "suspension"


def agreed_certificate(province):
    province.installation.worker().run_once()
    cases = province.get(f"registrar.{P1}", f"/students/{A}/movements")["items"]
    case = province.get(f"registrar.{P1}", f"/cases/{cases[-1]['case_number']}")
    (certificate,) = case["certificates"]
    return certificate


def test_27_a_suspended_student_is_not_transferred(province):
    agreed(province, "suspension", **ASKED)
    refused = province.try_transfer(A, to=P2)
    assert refused.status_code == 422
    assert [rule["code"] for rule in refused.json["violations"]] == ["R05"]


def test_28_who_comes_back_early_comes_back_to_the_original_class(province):
    agreed(province, "suspension", **ASKED)
    province.on("2026-09-01")
    lower = ask(province, "resumption", effective_from="2026-09-01", grade=5)
    assert [error["pointer"] for error in lower.json["errors"]] == ["/application/grade"]
    agreed(province, "resumption", effective_from="2026-09-01")
    student = province.student(A, f"registrar.{P1}")
    assert (student["status"], student["grade"]) == ("enrolled", 6)
    assert province.movements(A, f"registrar.{P1}") == [("11", P1), ("12", P1)]


def test_a_suspension_is_extended_up_to_the_longest_time(province):
    agreed(province, "suspension", **ASKED)
    province.on("2027-02-01")
    long = ask(province, "extension", ground="illness", effective_to="2028-03-09")
    assert [error["code"] for error in long.json["errors"]] == ["total_too_long"]
    agreed(province, "extension", ground="illness", effective_to="2028-03-08")
    assert province.student(A, f"registrar.{P1}")["status"] == "suspended"
    assert province.movements(A, f"registrar.{P1}") == [("11", P1), ("11", P1)]


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"effective_to": "2026-04-09"}, "/effective_to", "too_short"),
        ({"effective_to": "2027-03-10"}, "/effective_to", "too_long"),
        ({"effective_to": "2026-03-01"}, "/effective_to", "before_start"),
        ({"effective_from": "2026-01-02"}, "/effective_from", "too_early"),
        ({"effective_from": "2026-06-02"}, "/effective_from", "too_late"),
        ({"effective_from": "2027-02-29"}, "/effective_from", "date_from_datetime_parsing"),
    ],
)
def test_days_that_cannot_be_are_told_at_their_field(province, changed, pointer, code):
    refused = ask(province, "suspension", **(ASKED | changed))
    assert refused.status_code == 422
    assert (f"/application{pointer}", code) in [(e["pointer"], e["code"]) for e in refused.json["errors"]]


def test_who_is_not_suspended_has_nothing_to_resume(province):
    for process, members in (
        ("resumption", {"effective_from": "2026-03-02"}),
        ("extension", {"ground": "other", "effective_to": "2026-12-01"}),
    ):
        refused = ask(province, process, **members)
        assert [rule["code"] for rule in refused.json["violations"]] == ["R16"]


def test_one_case_at_a_time(province):
    filed(province, "suspension", **ASKED)
    again = ask(province, "suspension", **ASKED)
    assert [rule["code"] for rule in again.json["violations"]] == ["R10"]


def test_another_school_may_not_start_it(province):
    assert ask(province, "suspension", school=P2, **ASKED).status_code in (403, 404)


def test_former_suspensions_travel_with_the_record(province):
    agreed(province, "suspension", **ASKED)
    province.on("2026-09-01")
    agreed(province, "resumption", effective_from="2026-09-01")
    case = province.transfer(A, to=P2)
    for office in (P2, P1, GULOU):
        province.approve(case, at=office)
    with province.installation.sessions() as session:
        record = session.scalars(select(StudentRecord).where(StudentRecord.school_code == P2)).first()
        (stretch,) = session.scalars(select(Suspension))
        assert stretch.office_path == record.office_path
