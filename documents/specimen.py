"""A certificate of nobody: for warming up a press, for checking an installation."""

from __future__ import annotations

from datetime import date, datetime

from documents.facts import Approval, Paper, School, TransferFacts
from registry.calendar import CHINA

_ON = date(2026, 3, 2)

SPECIMEN = Paper(
    kind="transfer",
    number="Z000000202600000000",
    code="0000000000",
    case_number="ZX000000-2026-00000",
    issuer_code="0000000000",
    issuer_name="样张学校",
    issued_at=datetime(2026, 3, 2, 9, 0, tzinfo=CHINA),
    valid_until=_ON,
    facts=TransferFacts(
        place="样张",
        student_name="样张",
        sex="男",
        birth_date=date(2015, 1, 1),
        student_number="G000000201501010000",
        sending=School("样张学校", "0000000000", 5),
        receiving=School("样张学校", "0000000000", 5),
        ground="样张",
        effective_on=_ON,
        approvals=tuple(Approval("样张学校", "同意", "样张", _ON) for _ in range(4)),
        basis="《中小学生学籍管理办法》（样张）",
    ),
)
