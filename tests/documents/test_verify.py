"""Does this file count? And what may a stranger with the paper in hand read?"""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from documents import model, register
from documents.errors import AlreadyRevoked, CertificateNotFound
from documents.model import Certificate, CertificateOrder
from documents.signing.base import OrgRef
from documents.signing.dev_ca import DevAuthority
from documents.verify import verify
from tests.documents.desk import DECIDED, issue, place
from tests.documents.papers import CHINA, paper

OFFICER = uuid.uuid4()


@pytest.fixture(scope="module")
def archive(press) -> bytes:
    """A register with one certificate, in memory: nothing here depends on the database."""
    engine = create_engine("sqlite://")
    tables = [table for name, table in model.Base.metadata.tables.items() if name.startswith("certificate")]
    model.Base.metadata.create_all(engine, tables=tables)
    with Session(engine) as session:
        issue(session, press)
        session.commit()
        written: bytes = session.connection().connection.driver_connection.serialize()
    engine.dispose()
    return written


@pytest.fixture
def session(archive) -> Iterator[Session]:
    engine = create_engine("sqlite://")
    with Session(engine) as session:
        session.connection().connection.driver_connection.deserialize(archive)
        yield session
    engine.dispose()


@pytest.fixture
def certificate(session):
    return session.scalars(select(Certificate)).one()


@pytest.fixture
def pdf(press, certificate):
    return press.store.get(certificate.storage_key)


def code_of(session, certificate) -> str:
    return session.get_one(CertificateOrder, certificate.order_id).verify_code


def test_a_changed_byte_is_tampered(session, authority, pdf):
    altered = pdf[:30000] + bytes([pdf[30000] ^ 1]) + pdf[30001:]
    verdict = verify(session, altered, authority.trust(), DECIDED)
    assert not verdict.valid
    assert verdict.reasons == ("tampered",)


def test_a_change_the_signature_cannot_see_is_tampered(session, authority, pdf):
    gap = pdf.rindex(b"00000000>")  # the zero padding of the signature; identifiers end otherwise
    verdict = verify(session, pdf[:gap] + b"7" + pdf[gap + 1 :], authority.trust(), DECIDED)
    assert verdict.reasons == ("tampered", "unknown")


def test_bytes_after_the_end_are_not_valid(session, authority, pdf):
    verdict = verify(session, pdf + b"\n", authority.trust(), DECIDED)
    assert not verdict.valid
    assert verdict.reasons == ("tampered", "unknown")


def test_a_good_signature_that_was_never_registered_is_unknown(session, authority, press):
    made = press.make(paper())
    verdict = verify(session, press.store.get(made.storage_key), authority.trust(), DECIDED)
    assert verdict.reasons == ("unknown",)


def test_a_forgery_under_another_authority_is_unknown(session, authority, renderer, tmp_path, certificate):
    page = renderer.pdf(paper(number=certificate.number))
    forger = DevAuthority(tmp_path).signer()
    forged = forger.seal(
        page.pdf, org=OrgRef("2135000001", "福州市榕城小学"), reason="x", box=page.seal, idempotency_key="1"
    )
    verdict = verify(session, forged.data, authority.trust(), DECIDED)
    assert verdict.reasons == ("unknown",)
    assert verdict.signer is None


@pytest.mark.parametrize("junk", [b"", b"not a pdf", b"%PDF-1.7\n%%EOF"])
def test_anything_else_is_not_a_certificate(session, authority, junk):
    assert verify(session, junk, authority.trust(), DECIDED).reasons == ("not_a_certificate",)


def test_an_unsigned_page_is_not_a_certificate(session, authority, renderer):
    verdict = verify(session, renderer.pdf(paper()).pdf, authority.trust(), DECIDED)
    assert verdict.reasons == ("not_a_certificate",)


def test_a_file_that_unpacks_without_end_is_refused_at_once(session, authority):
    bomb = zlib.compress(zlib.compress(bytes(50_000_000), 9), 9)
    head = b"%PDF-1.7\n/ByteRange\n"
    body = b"1 0 obj\n<</Type/XRef/Size 9/W[1 2 1]/Root 2 0 R/Filter[/FlateDecode/FlateDecode]/Length %d>>\n"
    pdf = head + body % len(bomb) + b"stream\n" + bomb + b"\nendstream\nendobj\n"
    pdf += b"startxref\n%d\n%%%%EOF\n" % len(head)
    assert verify(session, pdf, authority.trust(), DECIDED).reasons == ("not_a_certificate",)


def test_a_revoked_certificate_says_so(session, authority, certificate, pdf):
    register.revoke(session, certificate.number, by=OFFICER, reason="wrong_facts", now=DECIDED)
    verdict = verify(session, pdf, authority.trust(), DECIDED)
    assert (verdict.valid, verdict.revoked, verdict.reasons) == (False, True, ("revoked",))
    assert verdict.number == certificate.number


def test_a_replaced_certificate_says_so(session, press, authority, certificate, pdf):
    order = session.get_one(CertificateOrder, certificate.order_id)
    corrected = issue(session, press, place(session, case_id=order.case_id, revision=2))
    register.supersede(session, certificate.number, corrected.number, now=DECIDED)
    assert verify(session, pdf, authority.trust(), DECIDED).reasons == ("superseded",)
    new_pdf = press.store.get(corrected.storage_key)
    assert verify(session, new_pdf, authority.trust(), DECIDED).valid


def test_the_last_day_still_counts(session, authority, pdf):
    last_minute = datetime(2027, 1, 18, 23, 59, tzinfo=CHINA)
    assert verify(session, pdf, authority.trust(), last_minute).valid
    verdict = verify(session, pdf, authority.trust(), last_minute + timedelta(minutes=1))
    assert verdict.reasons == ("expired",)


def test_withdrawing_twice_or_nothing_is_refused(session, certificate):
    register.revoke(session, certificate.number, by=OFFICER, reason="wrong_facts", now=DECIDED)
    with pytest.raises(AlreadyRevoked):
        register.revoke(session, certificate.number, by=OFFICER, reason="wrong_facts", now=DECIDED)
    with pytest.raises(CertificateNotFound):
        register.revoke(session, "Z350102202699999999", by=OFFICER, reason="x", now=DECIDED)


def test_the_public_page_confirms_and_masks(session, certificate):
    view = register.public_view(session, certificate.number, code_of(session, certificate), DECIDED)
    assert (view.title, view.student, view.issuer_name) == ("转学联系函", "林*航", "福州市榕城小学")
    assert (view.issued_on, view.valid_until) == (date(2026, 10, 20), date(2027, 1, 18))
    assert (view.state, view.signer) == ("valid", "福州市榕城小学电子印章")


def test_the_public_page_tells_nothing_else(session, certificate):
    view = register.public_view(session, certificate.number, code_of(session, certificate), DECIDED)
    told = str(asdict(view))
    for secret in ("林一航", "G350102201503150019", "2015", "晋江", "五年级", "家庭", "许志强"):
        assert secret not in told


def test_number_and_code_are_read_as_people_type_them(session, certificate):
    number, code = certificate.number, code_of(session, certificate)
    typed = f"{code[:5]} {code[5:]}".lower().replace("0", "o").replace("1", "l")
    assert register.public_view(session, f"{number[:11]} {number[11:]}".lower(), typed, DECIDED)


def test_a_wrong_code_and_an_unknown_number_are_answered_alike(session, certificate):
    code = code_of(session, certificate)
    assert register.public_view(session, certificate.number, "0000000000", DECIDED) is None
    assert register.public_view(session, "Z350102202699999999", code, DECIDED) is None
    assert register.public_view(session, certificate.number, "", DECIDED) is None
    assert register.public_view(session, certificate.number, "----------", DECIDED) is None


def test_an_ordered_certificate_is_not_shown_before_it_is_issued(session):
    order = place(session)
    assert register.public_view(session, order.number, order.verify_code, DECIDED) is None


def test_the_public_page_knows_every_state(session, press, certificate):
    code = code_of(session, certificate)

    def state(now=DECIDED):
        return register.public_view(session, certificate.number, code, now)

    assert state(datetime(2027, 1, 19, tzinfo=CHINA)).state == "expired"
    corrected = issue(session, press)
    register.supersede(session, certificate.number, corrected.number, now=datetime(2026, 11, 3, tzinfo=CHINA))
    assert (state().state, state().changed_on) == ("superseded", date(2026, 11, 3))
