"""关键信息变更: scenario 30, and what stands in its way."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, text

from registry import key_data
from registry.students import Student, StudentRecord, by_number
from tests.support.province import FUZHOU, GULOU, NAMES, P1, P2, QUANZHOU, S2, A, D

OTHER_ID = "350102201503150035"
NEW_NAME = "林亦航"


def ask(province, changes, student=A, school=P1, **members):
    application = {
        "student_number": student,
        "student_name": NAMES[student],
        "changes": changes,
        "guardian": {"name": "林建国", "relation": "father", "phone": "13800006021"},
        "evidence": [province.upload(f"registrar.{school}")],
        **members,
    }
    body = {"process": "key-data-change", "application": application}
    return province.call(f"registrar.{school}", "POST", "/cases", body)


def filed(province, changes, **members):
    answer = ask(province, changes, **members)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def agreed(province, changes, by=(P1, GULOU)):
    case = filed(province, changes)
    for office in by:
        case = province.approve(case, at=office)
    return case


def errors(answer):
    assert answer.status_code == 422, answer.text
    return [(error["pointer"], error["code"]) for error in answer.json["errors"]]


def of_register(province, read):
    with province.installation.sessions() as session:
        return read(session, by_number(session, A))


def test_30_a_new_name_needs_the_school_and_the_county(province):
    case = agreed(province, {"name": NEW_NAME})
    assert case["status"] == "completed"
    assert province.student(A, f"registrar.{P1}")["name"] == NEW_NAME
    assert of_register(province, lambda _session, student: student.name_initials) == "lyh"


def test_30_a_new_id_number_leaves_the_student_number_as_it_is(province):
    agreed(province, {"id_number": OTHER_ID})
    assert province.student(A, f"registrar.{P1}")["student_number"] == A
    assert of_register(province, lambda _session, student: student.id_number) == OTHER_ID


def test_30_the_former_values_are_kept_and_found(province):
    agreed(province, {"name": NEW_NAME})
    assert of_register(province, _found("林一航")) == [A]
    kept = of_register(province, key_data.former)
    assert [(one.name, one.id_number, one.sex) for one in kept] == [("林一航", None, None)]


def test_30_a_former_id_number_finds_the_student_and_is_stored_sealed(province):
    agreed(province, {"id_number": OTHER_ID})
    old = A[1:]
    for number in (old, OTHER_ID):
        assert of_register(province, _found(number)) == [A]
    with province.installation.sessions() as session:
        stored = session.execute(text("SELECT id_number FROM former_data")).scalar_one()
    assert old.encode() not in bytes(stored)


def test_30_the_search_of_officials_knows_the_former_values(province):
    agreed(province, {"name": NEW_NAME})
    found = province.get(f"registrar.{P1}", "/students?q=林一航")["items"]
    assert [one["student_number"] for one in found] == [A]
    assert province.get(f"registrar.{P2}", "/students?q=林一航")["items"] == []


def _found(typed):
    def search(session, _student):
        return session.scalars(select(Student.student_number).where(key_data.found_by(typed))).all()

    return search


def test_30_name_and_id_number_together_add_the_prefecture(province):
    case = agreed(province, {"name": NEW_NAME, "id_number": OTHER_ID})
    assert case["status"] == "in_review"
    case = province.approve(case, at=FUZHOU)
    assert case["status"] == "completed"
    assert province.student(A, f"registrar.{P1}")["name"] == NEW_NAME


def test_where_the_prefecture_decides_it_does_not_look_twice(province):
    changes = {"name": "赵启光", "id_type": "A", "id_number": "E12345678"}
    case = filed(province, changes, student=D, school=S2)
    case = province.approve(case, at=S2)
    assert province.approve(case, at=QUANZHOU)["status"] == "completed"


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({}, "/changes", "missing"),
        ({"name": None}, "/changes", "missing"),
        ({"name": "林一航"}, "/changes", "nothing_changed"),
        ({"name": "林一航", "id_number": A[1:], "sex": "1"}, "/changes", "nothing_changed"),
        ({"name": "林\u202e航"}, "/changes/name", "forbidden_characters"),
        ({"name": "林" * 61}, "/changes/name", "too_long"),
        ({"id_number": "350102201503150018"}, "/changes/id_number", "check_digit"),
        ({"id_number": "350102150315001"}, "/changes/id_number", "old_15_digits"),
        ({"id_number": "35010220150229001X"}, "/changes/id_number", "no_such_date"),
        ({"id_number": "350102201503150027"}, "/changes/id_number", "other_sex"),
        ({"id_number": "350583201209090019"}, "/changes/id_number", "other_birth_date"),
        ({"id_number": "３５０１０２<b>"}, "/changes/id_number", "wrong_characters"),
        ({"sex": "2"}, "/changes/sex", "other_sex"),
        ({"sex": "3"}, "/changes/sex", "literal_error"),
        ({"birth_date": "2015-03-16"}, "/changes/birth_date", "other_birth_date"),
        ({"birth_date": "2015-02-29"}, "/changes/birth_date", "date_from_datetime_parsing"),
        ({"birth_date": "2027-03-15"}, "/changes/birth_date", "age"),
        ({"id_type": "A"}, "/changes/id_number", "missing"),
        ({"id_type": "Q", "id_number": "E1234567"}, "/changes/id_type", "literal_error"),
        ({"student_number": "G350102201503150027"}, "/changes/student_number", "extra_forbidden"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(province, changes, pointer, code):
    assert (f"/application{pointer}", code) in errors(ask(province, changes))


def test_22_twins_are_told_apart_by_the_digit_for_sex(province):
    assert agreed(province, {"id_number": "350102201503150027", "sex": "2"})["status"] == "completed"


def test_a_document_of_another_student_is_refused_and_nobody_is_named(province):
    with province.installation.sessions() as session:
        other = session.scalars(
            select(Student).join(Student.record).where(StudentRecord.grade == 5, Student.student_number != A)
        ).first()
        assert other is not None
        changes = {"id_number": other.id_number, "sex": other.sex, "birth_date": other.birth_date.isoformat()}
        told = (other.name, other.student_number, other.id_number)
    refused = ask(province, changes)
    assert errors(refused) == [("/application/changes/id_number", "id_number_duplicated")]
    assert not any(fact in refused.text for fact in told)


def test_the_history_names_the_members_and_no_number(province):
    case = agreed(province, {"name": NEW_NAME, "id_number": OTHER_ID}, by=(P1, GULOU, FUZHOU))
    (entry,) = province.history(case, "effect")
    assert entry["changed"] == "name id_number"
    with province.installation.sessions() as session:
        written = session.execute(text("SELECT body FROM history")).scalars().all()
        kept = session.execute(text("SELECT state, summary, search FROM cases")).all()
    assert OTHER_ID not in json.dumps([str(one) for one in [*written, *kept]])


def test_what_a_correction_makes_wrong_changes_nothing(province):
    case = filed(province, {"id_number": OTHER_ID})
    items = [{"pointer": "/changes/id_number", "text": "和户口簿不一样"}]
    province.decide(case, P1, "leader", "return", opinion="请改证件号", fields={"items": items})
    wrong = {"changes": {"id_number": "350102201503150027"}}
    province.decide(case, P1, "registrar", "resubmit", fields=wrong)
    province.approve(case, at=P1)
    assert province.approve(case, at=GULOU)["status"] == "refused"
    assert of_register(province, lambda _session, student: student.id_number) == A[1:]


def test_a_correction_cannot_slip_past_the_prefecture(province):
    case = filed(province, {"id_number": OTHER_ID})
    items = [{"pointer": "/changes", "text": "请改"}]
    province.decide(case, P1, "leader", "return", opinion="请改", fields={"items": items})
    province.decide(case, P1, "registrar", "resubmit", fields={"changes": {"name": NEW_NAME}})
    province.approve(case, at=P1)
    assert province.approve(case, at=GULOU)["status"] == "refused"
    assert province.student(A, f"registrar.{P1}")["name"] == "林一航"


def test_later_papers_ask_for_and_bear_the_new_name(province):
    agreed(province, {"name": NEW_NAME})
    old = province.try_transfer(A, to=P2)
    assert [rule["code"] for rule in old.json["violations"]] == ["R12"]
    case = province.transfer(A, to=P2, student_name=NEW_NAME)
    assert case["status"] == "in_review"


@pytest.mark.parametrize(
    ("status", "codes"),
    [("suspended", []), ("graduated", []), ("missing", []), ("deceased", ["R16"]), ("void", ["R16"])],
)
def test_every_record_but_a_closed_one_may_be_put_right(province, status, codes):
    with province.installation.sessions() as session:
        student = by_number(session, A)
        assert student is not None
        student.record.status = status
        session.commit()
    answer = ask(province, {"name": NEW_NAME})
    assert answer.status_code == (422 if codes else 201)
    assert [rule["code"] for rule in answer.json.get("violations", [])] == codes


def test_one_case_at_a_time(province):
    filed(province, {"name": NEW_NAME})
    again = ask(province, {"name": NEW_NAME})
    assert [rule["code"] for rule in again.json["violations"]] == ["R10"]


def test_another_school_may_not_start_it(province):
    assert ask(province, {"name": NEW_NAME}, school=P2).status_code in (403, 404)
