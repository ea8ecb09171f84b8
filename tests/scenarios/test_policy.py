"""政策参数: a value that changes rules the next case at once; a case filed before keeps its own."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from registry.policy import PolicyValue, set_value
from registry.students import Student, StudentRecord
from tests.support.province import GULOU, P1, A

ASKED = {"ground": "illness", "effective_from": "2026-03-09", "effective_to": "2026-08-31"}


def ask(province, number, name, **changed):
    application = {
        "student_number": number,
        "student_name": name,
        "guardian": {"name": "林建国", "relation": "father", "phone": "13800006021"},
        "evidence": [province.upload(f"registrar.{P1}")],
        **(ASKED | changed),
    }
    body = {"process": "suspension", "application": application}
    return province.call(f"registrar.{P1}", "POST", "/cases", body)


def rule(province, key, value):
    """The county's policy officer enters a rule, in a session of their own, from 3 March on."""
    with province.installation.sessions() as session:
        new = PolicyValue(
            key=key, place=GULOU, value=value, version="2026", from_=date(2026, 3, 3), basis="鼓楼区规定"
        )
        set_value(session, new)
        session.commit()


def another_student(province):
    """One of grade 5 at the same school."""
    with province.installation.sessions() as session:
        found = (
            select(Student)
            .join(Student.record)
            .where(
                StudentRecord.school_code == P1,
                StudentRecord.grade == 5,
                StudentRecord.status == "enrolled",
                Student.student_number != A,
            )
            .order_by(Student.student_number)
        )
        student = session.scalars(found).first()
        return student.student_number, student.name


def due(province, case, office, role):
    return province.task(case, office, role)["due_at"][:10]


def test_a_new_rule_judges_the_next_case_without_a_restart(province):
    before = ask(province, A, "林一航").json
    assert due(province, before, P1, "leader") == "2026-03-16"
    rule(province, "suspension.step_sla_workdays", 5)
    rule(province, "suspension.min_days", 180)
    province.on("2026-03-03")

    number, name = another_student(province)
    short = ask(province, number, name)
    assert [error["code"] for error in short.json["errors"]] == ["too_short"]
    after = ask(province, number, name, effective_to="2026-09-08").json
    assert due(province, after, P1, "leader") == "2026-03-10"

    province.approve(before, at=P1)
    assert due(province, before, GULOU, "registrar") == "2026-03-17"
    province.approve(after, at=P1)
    assert due(province, after, GULOU, "registrar") == "2026-03-10"
    assert province.approve(before, at=GULOU)["status"] == "completed"


def test_a_provinces_rule_refuses_in_that_province_with_its_own_basis(province):
    with province.installation.sessions() as session:
        student = session.scalars(select(Student).where(Student.student_number == A)).one()
        student.record.grade = 6
        session.commit()
    refused = ask(province, A, "林一航")
    (violation,) = refused.json["violations"]
    assert violation["code"] == "R04"
    assert "福建省" in violation["basis"]
    province.on("2026-09-01")
    assert [v["code"] for v in ask(province, A, "林一航").json.get("violations", [])] == []
