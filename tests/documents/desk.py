"""Ordering and issuing, as the effect and the worker do it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from documents import orders
from tests.documents.papers import CHINA, transfer_facts

DECIDED = datetime(2026, 10, 20, 15, 4, tzinfo=CHINA)  # business time
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # real time, later: the demo's clock stands in October


def place(session, facts=None, **changes):
    wanted = {
        "case_id": uuid.uuid4(),
        "case_number": "ZX350582-2026-00417",
        "kind": "transfer",
        "facts": facts or transfer_facts(),
        "division": "350102",
        "student_id": uuid.uuid4(),
        "issuer_code": "2135000001",
        "issuer_name": "福州市榕城小学",
        "now": DECIDED,
        "valid_days": 90,
    }
    return orders.order(session, **(wanted | changes))


def issue(session, press, order=None):
    order = order or place(session)
    work = orders.claim(session, at=AT, order_id=order.id)
    return orders.record(session, work, press.make(work.paper), now=DECIDED)
