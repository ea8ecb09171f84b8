"""What a registrar found about a file is seen by the leader of the same office, and by nobody else."""

from __future__ import annotations

import pytest

from tests.support.province import JINJIANG, P1, P3, A
from tests.webapp.test_inbox import decide, open_task

SAID = ".viewer-said"


@pytest.fixture
def case(province):
    """It lies with the registrar of 晋江市教育局."""
    case = province.transfer(A, P3)
    province.approve(case, P3)
    return case


def said(page):
    return "".join(one.text_content() for one in page.find(SAID))


def test_the_leader_sees_what_the_registrar_found(case, signed_in, province):
    registrar, leader = signed_in(f"registrar.{JINJIANG}"), signed_in(f"leader.{JINJIANG}")
    page = open_task(registrar, case["number"])
    file = page.find(".tabs a")[0].get("data-id")
    posted = {f"verdict:{file}": "bad", "verdict:x": "bad", f"verdict:{file[::-1]}": "maybe"}
    assert decide(registrar, page, "approve", opinion="材料齐全。", **posted).status == 303
    page = open_task(leader, case["number"])
    name = page.find(".opinions li .hint")[0].text_content()
    assert said(page) == f"{name}：有问题"
    assert page.find(".tabs a")[0].get("data-said") == said(page)
    assert decide(leader, page, "approve").status == 303
    assert not said(open_task(signed_in(f"leader.{P1}"), case["number"], "all"))


def test_nothing_is_said_of_what_nobody_judged(case, signed_in):
    registrar = signed_in(f"registrar.{JINJIANG}")
    decide(registrar, open_task(registrar, case["number"]), "approve")
    assert not said(open_task(signed_in(f"leader.{JINJIANG}"), case["number"]))
