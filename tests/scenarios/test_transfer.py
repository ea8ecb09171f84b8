"""转学 (教基〔2025〕1号 art. 15): scenarios 1-10.

The receiving school starts; then its authority, the sending school and that
school's authority decide in turn, each within ten working days.
"""

from __future__ import annotations

from tests.support.province import GULOU, JINJIANG, NANSHAN, P1, P2, P3, P4, S1, A, D, due_days


def test_1_one_authority_three_approvals_and_the_record_moves(province):
    case = province.transfer(A, to=P2)
    assert case["tracking_code"]
    assert case["status"] == "in_review"
    province.decide(case, P2, "leader", "approve")
    province.on("2026-03-04")
    province.approve(case, at=P1)
    province.on("2026-03-05")
    done = province.approve(case, at=GULOU)

    assert done["status"] == "completed"
    student = province.student(A, f"registrar.{P2}")
    assert (student["school"]["code"], student["status"], student["grade"]) == (P2, "enrolled", 5)
    assert province.movements(A, f"registrar.{P2}") == [("21", P1), ("22", P2)]
    assert province.call(f"registrar.{P1}", "GET", f"/students/{A}").status_code == 404
    handover = province.follow_up(case, "archive-handover", P1)
    assert handover["due_at"][:10] == "2026-04-05"
    assert province.track(case).json["status"] == "completed"


def test_1_registrar_and_leader_decide_at_each_other_office(province):
    case = province.transfer(A, to=P2)
    province.approve(case, at=P2)
    province.approve(case, at=P1)
    done = province.approve(case, at=GULOU)
    approvals = [(s["office"]["code"], s["role"]) for s in done["steps"] if s["decision"] == "approve"]
    assert approvals == [
        (P2, "leader"),
        (P1, "registrar"),
        (P1, "leader"),
        (GULOU, "registrar"),
        (GULOU, "leader"),
    ]


def test_2_each_party_has_its_own_ten_working_days(province):
    case = province.transfer(A, to=P3)
    province.approve(case, at=P3)
    assert province.task(case, JINJIANG, "registrar")["due_at"] == "2026-03-16T23:59:59+08:00"
    province.on("2026-03-16")
    province.approve(case, at=JINJIANG)
    assert province.task(case, P1, "registrar")["due_at"][:10] == "2026-03-30"
    province.approve(case, at=P1)
    done = province.approve(case, at=GULOU)
    assert done["status"] == "completed"
    assert due_days(done) == {
        P3: "2026-03-16",
        JINJIANG: "2026-03-16",
        P1: "2026-03-30",
        GULOU: "2026-03-30",
    }


def test_3_across_provinces_the_record_moves_on_arrival(province):
    case = province.transfer(A, to=P4)
    for office in (P4, NANSHAN, P1):
        province.approve(case, at=office)
    agreed = province.approve(case, at=GULOU)
    assert agreed["status"] == "awaiting_arrival"
    assert province.student(A, f"registrar.{P1}")["school"]["code"] == P1

    done = province.decide(case, P4, "registrar", "arrived", fields={"arrived_on": "2026-03-02"})
    assert done["status"] == "completed"
    assert province.student(A, f"registrar.{P4}")["school"]["code"] == P4
    assert province.movements(A, f"registrar.{P4}") == [("21", P1), ("22", P4)]


def test_3_the_platforms_answer_stands_in_the_history(province):
    case = province.transfer(A, to=P4)
    for office in (P4, NANSHAN):
        province.approve(case, at=office)
    assert province.history(case, "effect")[0] | {"element": None} == {
        "effect": "validate_platform",
        "element": None,
        "validation": "passed",
    }


def test_4_a_full_school_says_how_full_and_the_authority_finds_a_place(province):
    case = province.transfer(A, to=P2)
    refusal = {"reason_code": "R01", "opinion": "五年级满员。"}
    assert province.answer(case, P2, "leader", "refuse", **refusal).status_code == 422
    ended = province.decide(case, P2, "leader", "refuse", fields={"vacancies": 0}, **refusal)
    assert ended["status"] == "refused"
    placement = province.follow_up(case, "placement", GULOU)
    assert placement["student"]["name"] == "林一航"
    assert province.student(A, f"registrar.{P1}")["open_case"] is None


def test_5_the_receiving_authority_refuses_and_the_lock_is_released(province):
    case = province.transfer(A, to=P3)
    province.approve(case, at=P3)
    ended = province.refuse(case, JINJIANG, "R13", opinion="租房合同已过期。")
    assert ended["status"] == "refused"
    assert province.student(A, f"registrar.{P1}")["open_case"] is None
    assert province.movements(A, f"registrar.{P1}") == []
    shown = province.track(case).json
    assert shown["refusal"]["code"] == "R13"
    assert province.try_transfer(A, to=P3).status_code == 201


def test_6_another_reason_needs_a_file_and_goes_to_the_authority(province):
    case = province.transfer(A, to=P2)
    province.approve(case, at=P2)
    unlawful = province.answer(case, P1, "registrar", "refuse", reason_code="R17", opinion="考核名额。")
    assert unlawful.status_code == 422
    without_file = province.answer(case, P1, "registrar", "refuse", reason_code="R99", opinion="考核名额。")
    assert without_file.status_code == 422
    for role in ("registrar", "leader"):
        file = province.upload(f"{role}.{P1}", colour="red" if role == "registrar" else "blue")
        fields = {"evidence": [file]}
        shown = province.decide(
            case, P1, role, "refuse", reason_code="R99", opinion="考核名额。", fields=fields
        )
    assert shown["status"] == "in_review"
    review = province.task(case, GULOU, "leader")
    assert review["due_at"][:10] == "2026-03-03"
    assert (
        province.decide(case, GULOU, "leader", "refuse", reason_code="R99", opinion="维持。")["status"]
        == "refused"
    )


def test_7_the_sending_authority_refuses_and_the_receiving_side_sees_no_details(province):
    case = province.transfer(A, to=P3)
    for office in (P3, JINJIANG, P1):
        province.approve(case, at=office)
    ended = province.refuse(case, GULOU, "R15", opinion="法院有监护权争议的通知。")
    assert ended["status"] == "refused"
    seen_there = province.case(case, f"registrar.{P3}")
    refusal = next(s for s in seen_there["steps"] if s["decision"] == "refuse")
    assert refusal["reason_code"] == "R15"
    assert refusal["opinion"] is None
    assert [s["decision"] for s in seen_there["steps"]].count("approve") >= 5


def test_8_only_the_starting_school_withdraws_while_open(province):
    case = province.transfer(A, to=P3)
    for office in (P3, JINJIANG):
        province.approve(case, at=office)
    path, body = f"/cases/{case['number']}/withdraw", {"reason": "家里不搬了"}
    assert province.call(f"registrar.{P1}", "POST", path, body).status_code == 403
    assert province.call(f"registrar.{JINJIANG}", "POST", path, body).status_code == 403
    assert province.call(f"registrar.{GULOU}", "POST", path, body).status_code == 404
    ended = province.call(f"registrar.{P3}", "POST", path, body)
    assert (ended.status_code, ended.json["status"]) == (200, "withdrawn")
    assert not province.has_task(case, P1, "registrar")
    assert province.movements(A, f"registrar.{P1}") == []
    assert province.student(A, f"registrar.{P1}")["open_case"] is None
    assert province.call(f"registrar.{P3}", "POST", path, body).status_code == 409


def test_9_silence_reminds_and_escalates_and_never_decides(province):
    case = province.transfer(A, to=P2)
    province.approve(case, at=P2)
    province.days_pass(until="2026-03-17")
    reminded = province.history(case, "reminder")
    assert [(r["day"], r["office"]) for r in reminded] == [(5, P1), (8, P1), (10, P1)]
    assert province.moments(case, "reminder") == ["2026-03-09", "2026-03-12", "2026-03-16"]
    (escalated,) = province.history(case, "overdue")
    assert (escalated["office"], escalated["told"]) == (P1, GULOU)
    assert province.moments(case, "overdue") == ["2026-03-17"]
    assert province.case(case, f"registrar.{P2}")["status"] == "in_review"
    province.days_pass(until="2026-05-06")
    assert province.case(case, f"registrar.{P2}")["status"] == "in_review"


def test_10_a_second_application_is_told_of_the_first(province):
    first = province.transfer(A, to=P2)
    second = province.try_transfer(A, to=P4)
    assert second.status_code == 422
    (violation,) = second.json["violations"]
    assert violation["code"] == "R10"
    assert violation["message"] and violation["remedy"]
    province.refuse(first, P2, "R13")
    assert province.try_transfer(A, to=P4).status_code == 201


def test_a_senior_student_moves_to_a_school_of_the_same_level_or_below(province):
    answer = province.try_transfer(D, to=S1)
    assert [v["code"] for v in answer.json["violations"]] == ["R08"]
