"""From order to verified certificate: the way a worker goes."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from documents import fonts, numbering, orders, register
from documents.errors import OrderNotOpen
from documents.model import Certificate, CertificateEvent, CertificateOrder
from documents.verify import verify
from tests.documents.desk import AT, DECIDED, issue, place
from tests.documents.papers import CHINA, transfer_facts


def test_a_decision_leads_to_one_valid_certificate(session, press, authority):
    order = place(session)
    certificate = issue(session, press, order)

    assert certificate.number == "Z350102202600000001"
    assert certificate.issued_at == DECIDED
    assert certificate.valid_until == date(2027, 1, 18)
    pdf = press.store.get(certificate.storage_key)
    verdict = verify(session, pdf, authority.trust(), DECIDED)
    assert verdict.valid
    assert (verdict.number, verdict.kind) == (certificate.number, "transfer")
    assert verdict.signer == "福州市榕城小学电子印章"
    assert verdict.reasons == ()
    assert not verdict.revoked


def test_the_signature_keeps_real_time_and_the_paper_business_time(session, press, authority):
    before = datetime.now(UTC)
    certificate = issue(session, press, place(session))
    assert certificate.signed_at >= before
    assert certificate.stamped_at >= before - timedelta(seconds=2)
    assert certificate.issued_at < before


def test_each_kind_division_and_year_counts_for_itself(session):
    first, second = place(session), place(session)
    elsewhere = place(session, division="350582")
    next_year = place(session, now=datetime(2027, 1, 1, 0, 30, tzinfo=CHINA))
    assert [o.number for o in (first, second, elsewhere, next_year)] == [
        "Z350102202600000001",
        "Z350102202600000002",
        "Z350582202600000001",
        "Z350102202700000001",
    ]


def test_the_same_order_twice_is_one_order(session):
    case_id = uuid.uuid4()
    assert place(session, case_id=case_id) is place(session, case_id=case_id)


def test_a_name_that_cannot_be_printed_blocks_the_order(session):
    order = place(session, transfer_facts(student_name="张𠮷"))
    assert order.state == "blocked"
    assert order.last_error == "glyph U+20BB7"
    assert orders.claim(session, at=AT) is None


def test_a_private_character_of_an_old_system_blocks_the_order(session):
    assert place(session, transfer_facts(student_name="张\ue863")).last_error == "glyph U+E863"


def test_two_workers_never_hold_the_same_order(session):
    place(session)
    assert orders.claim(session, at=AT) is not None
    assert orders.claim(session, at=AT) is None


def test_two_processes_on_one_order_make_one_certificate(engine, press):
    with Session(engine) as one, Session(engine) as other:
        order_id = place(one).id
        one.commit()
        work = orders.claim(one, at=AT)
        one.commit()
        assert orders.claim(other, at=AT, order_id=order_id) is None
        other.commit()
        orders.record(one, work, press.make(work.paper), now=DECIDED)
        one.commit()
        assert orders.claim(other, at=AT + orders.LEASE) is None
        assert len(other.scalars(select(Certificate)).all()) == 1


def test_workers_at_the_same_moment_share_the_orders_out(engine):
    with Session(engine) as session:
        numbers = {place(session).number for _ in range(12)}
        session.commit()

    def work() -> list[str]:
        taken = []
        with Session(engine) as session:
            while claimed := orders.claim(session, at=AT):
                session.commit()
                taken.append(claimed.paper.number)
        return taken

    with ThreadPoolExecutor(4) as pool:
        lists = [future.result() for future in [pool.submit(work) for _ in range(4)]]
    taken = [number for part in lists for number in part]
    assert sorted(taken) == sorted(numbers)


def test_decisions_at_the_same_moment_get_different_numbers(engine):
    def decide() -> str:
        with Session(engine) as session:
            number = numbering.allocate(session, "transfer", "350102", 2026)
            session.commit()
            return number

    with ThreadPoolExecutor(4) as pool:
        numbers = [future.result() for future in [pool.submit(decide) for _ in range(20)]]
    assert sorted(numbers) == [f"Z3501022026{serial:08d}" for serial in range(1, 21)]


def test_a_decision_undone_leaves_no_gap(engine):
    with Session(engine) as session:
        place(session)
        session.rollback()
        assert place(session).number == "Z350102202600000001"


def test_the_database_keeps_one_certificate_an_order(session, press):
    first = issue(session, press)
    twin = {c.key: getattr(first, c.key) for c in Certificate.__table__.columns}
    session.add(Certificate(**(twin | {"number": "Z350102202600000099", "sha256": "0" * 64})))
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_dead_workers_order_goes_to_another_after_the_lease(session, press):
    order = place(session)
    slow = orders.claim(session, at=AT)
    fast = orders.claim(session, at=AT + orders.LEASE)
    made = press.make(fast.paper)
    certificate = orders.record(session, fast, made, now=DECIDED)

    assert orders.record(session, slow, press.make(slow.paper), now=DECIDED) is None
    assert session.scalars(select(Certificate)).all() == [certificate]
    assert order.state == "done"
    known = {certificate.storage_key}
    assert made.storage_key not in set(press.store.orphans(known))


def test_a_failure_is_tried_again_later_and_in_the_end_left_to_a_person(session):
    order = place(session)
    at = AT
    for _ in range(orders.TRIES):
        work = orders.claim(session, at=at)
        state = orders.put_back(session, work, OSError("no token"), at=at)
        assert orders.claim(session, at=at) is None
        at += timedelta(hours=1)
    assert state == "failed"
    session.refresh(order)
    assert order.last_error == "OSError: no token"

    orders.retry(session, order.id)
    assert orders.claim(session, at=at) is not None


def test_a_glyph_missed_by_the_renderer_blocks_at_once(session):
    place(session)
    work = orders.claim(session, at=AT)
    assert orders.put_back(session, work, fonts.GlyphMissing(["U+20BB7"]), at=AT) == "blocked"


def test_a_void_number_is_never_used_again(session):
    order = place(session)
    orders.void(session, order.id, reason="mistake", now=DECIDED)
    assert place(session).number == "Z350102202600000002"
    with pytest.raises(OrderNotOpen):
        orders.void(session, order.id, reason="mistake", now=DECIDED)


def test_events_tell_what_happened_without_code_or_name(session, press):
    order = place(session)
    issue(session, press, order)
    told = session.scalars(select(CertificateEvent).order_by(CertificateEvent.id)).all()
    assert [event.event for event in told] == ["ordered", "issued"]
    assert {event.number for event in told} == {order.number}


def test_the_order_keeps_the_facts_as_they_were(session):
    order = place(session)
    session.expire_all()
    stored = session.get_one(CertificateOrder, order.id)
    assert orders.paper_of(stored).facts == transfer_facts()
    assert orders.paper_of(stored).issued_at == DECIDED
    assert register.get(session, order.number) is None
