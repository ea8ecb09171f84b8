"""Papers for the tests: one transfer, and how to vary it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from documents.facts import Approval, Paper, School, TransferFacts

CHINA = timezone(timedelta(hours=8))
LONG_SCHOOL = "福建省泉州市晋江市安海镇西边村侨联希望实验小学"[:22]
LONG_NAME = "买买提江·阿卜杜热合曼·吐尔逊"[:15]
OFFICES = (
    ("晋江实验小学", "许志强", date(2026, 9, 16)),
    ("晋江市教育局", "吴秀珍", date(2026, 9, 28)),
    ("榕城小学", "陈国华", date(2026, 10, 15)),
    ("鼓楼区教育局", "林淑芬", date(2026, 10, 20)),
    ("泉州市教育局", "黄建明", date(2026, 10, 9)),
    ("福建省教育厅", "郑美玲", date(2026, 10, 12)),
    ("福州市教育局", "陈晓东", date(2026, 10, 16)),
    ("广东省教育厅", "何伟文", date(2026, 10, 19)),
)


def transfer_facts(offices: int = 4, **changes: object) -> TransferFacts:
    facts = TransferFacts(
        place="福建省",
        student_name="林一航",
        sex="男",
        birth_date=date(2015, 3, 15),
        student_number="G350102201503150019",
        sending=School("榕城小学", "2135000001", 5),
        receiving=School("晋江实验小学", "2135000003", 5),
        ground="家庭住址变动",
        effective_on=date(2026, 10, 20),
        approvals=tuple(Approval(office, "同意", person, on) for office, person, on in OFFICES[:offices]),
        basis="《中小学生学籍管理办法》（教基〔2025〕1号）第十五条",
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def paper(facts: TransferFacts | None = None, **changes: object) -> Paper:
    made = Paper(
        kind="transfer",
        number="Z350102202600010042",
        code="7QK3M8XW2D",
        case_number="ZX350582-2026-00417",
        issuer_code="2135000001",
        issuer_name="榕城小学",
        issued_at=datetime(2026, 10, 20, 15, 4, tzinfo=CHINA),
        valid_until=date(2027, 1, 18),
        facts=facts or transfer_facts(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]
