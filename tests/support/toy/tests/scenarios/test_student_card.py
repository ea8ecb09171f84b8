"""A further process, from application to certificate, where only its files were added."""

from __future__ import annotations

from tests.scenarios.test_suspension import filed
from tests.support.province import GULOU, P1


def test_a_student_card_is_replaced(province):
    case = filed(province, "student-card", ground="lost")
    assert case["number"].startswith("XZ350102-")
    province.approve(case, at=P1)
    assert province.approve(case, at=GULOU)["status"] == "completed"
    province.installation.worker().run_once()
    (paper,) = province.case(case, f"registrar.{P1}")["certificates"]
    assert paper["kind"] == "student-card" and paper["number"].startswith("B")
