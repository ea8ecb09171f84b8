"""GET /certificates/{number} for those who take part; POST /certificates/verify for anybody."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from documents.model import CertificateOrder
from jisui.database import EVERYTHING, belongs_to
from registry.students import Student
from tests.contract.test_filing import errors, is_problem
from tests.support.province import GULOU, JINJIANG, P1, P2, P3, P4, A, B
from workflows.incidents import Incident


@pytest.fixture(scope="module")
def certified(each_province):
    """A completed transfer, its certificate's number and the PDF."""
    case = each_province.transfer(A, to=P2)
    for office in (P2, P1, GULOU):
        each_province.approve(case, at=office)
    each_province.installation.worker().make_certificates()
    (paper,) = each_province.case(case, f"registrar.{P2}")["certificates"]
    pdf = each_province.call(f"registrar.{P2}", "GET", f"/certificates/{paper['number']}").data
    return each_province, paper, pdf


def verify(province, data, content_type="application/pdf"):
    return province.client.post("/api/v1/certificates/verify", data=data, content_type=content_type)


def test_a_case_names_its_certificates(certified):
    _province, paper, _pdf = certified
    assert set(paper) == {"number", "kind", "issued_at"}
    assert paper["issued_at"].endswith("+08:00")


@pytest.mark.parametrize("who", [f"registrar.{P2}", f"leader.{P2}", f"registrar.{P1}", f"leader.{GULOU}"])
def test_who_takes_part_gets_the_paper(certified, who):
    province, paper, pdf = certified
    answer = province.call(who, "GET", f"/certificates/{paper['number']}")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f"attachment; filename={paper['number']}.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.data == pdf
    assert pdf.startswith(b"%PDF-")


@pytest.mark.parametrize(
    "who", [f"registrar.{P3}", f"leader.{P4}", f"leader.{JINJIANG}", "registrar.350100", "leader.350000"]
)
def test_to_all_others_it_is_not_there(certified, who):
    province, paper, _pdf = certified
    unknown = is_problem(province.call(who, "GET", "/certificates/Z350102202600099999"), 404)
    hidden = is_problem(province.call(who, "GET", f"/certificates/{paper['number']}"), 404)
    assert hidden | {"request_id": ""} == unknown | {"request_id": ""}


@pytest.mark.parametrize("number", ["%00", "..", "%2e%2e%2fetc", "x" * 500, "字"])
def test_a_number_of_another_shape_is_not_there(certified, number):
    province, _paper, _pdf = certified
    is_problem(province.call(f"registrar.{P2}", "GET", f"/certificates/{number}"), 404)


@pytest.mark.parametrize(
    ("path", "methods"),
    [("verify", {"POST", "OPTIONS"}), ("Z350102202600099999", {"GET", "HEAD", "OPTIONS"})],
)
def test_each_address_names_its_own_methods(standing_province, path, methods):
    address = f"/api/v1/certificates/{path}"
    told = standing_province.client.options(address)
    assert {one.strip() for one in told.headers["Allow"].split(",")} == methods
    for method in {"GET", "POST", "PUT", "DELETE"} - methods:
        answer = standing_province.client.open(address, method=method)
        is_problem(answer, 405)
        assert {one.strip() for one in answer.headers["Allow"].split(",")} == methods


def test_anybody_may_verify_it(certified):
    province, paper, pdf = certified
    found = verify(province, pdf).json
    assert set(found) == {"valid", "number", "kind", "signer", "signed_at", "revoked", "reasons"}
    assert (found["valid"], found["number"], found["kind"]) == (True, paper["number"], paper["kind"])
    assert (found["revoked"], found["reasons"]) == (False, [])
    assert found["signer"] and found["signed_at"].endswith("+08:00")


@pytest.mark.parametrize(
    "content_type", ["", "application/octet-stream", "application/x-www-form-urlencoded"]
)
def test_the_file_counts_whatever_it_is_called(certified, content_type):
    province, _paper, pdf = certified
    assert verify(province, pdf, content_type).json["valid"] is True


def test_one_changed_byte_and_one_more_byte_are_seen(certified):
    province, _paper, pdf = certified
    changed = bytearray(pdf)
    changed[len(pdf) // 3] ^= 1
    assert verify(province, bytes(changed)).json["valid"] is False
    longer = verify(province, pdf + b"\n% more").json
    assert (longer["valid"], "tampered" in longer["reasons"]) == (False, True)


@pytest.mark.parametrize("data", [b"x", b"%PDF-1.7", b"%PDF-1.7\n" + b"\0" * 10_000, b"\xff" * 1000])
def test_what_is_no_certificate_is_told_so(standing_province, data):
    found = verify(standing_province, data)
    assert (found.status_code, found.json["reasons"]) == (200, ["not_a_certificate"])


def test_an_empty_body_and_a_huge_one_are_refused(standing_province):
    assert errors(verify(standing_province, b"")) == [("", "missing")]
    is_problem(verify(standing_province, b"%PDF" + b"\0" * 6_000_000), 413)


def test_a_name_that_cannot_be_printed_stops_as_an_incident(standing_province):
    """The record moves; the letter waits, and whoever looks after the system reads which character it is."""
    province = standing_province
    with province.installation.sessions() as session:
        belongs_to(session, EVERYTHING)
        session.scalars(select(Student).where(Student.student_number == B)).one().name = "陈小𠮷"
        session.commit()
    case = province.transfer(B, to=P2, student_name="陈小𠮷")
    for office in (P2, GULOU, P3, JINJIANG):
        case = province.approve(case, at=office)
    assert province.installation.worker().make_certificates() == 0
    assert (case["status"], case["certificates"]) == ("completed", [])
    assert province.student(B, f"registrar.{P2}")["school"]["code"] == P2
    with province.installation.sessions() as session:
        belongs_to(session, EVERYTHING)
        order = session.scalars(select(CertificateOrder)).one()
        incident = session.scalars(select(Incident)).one()
    assert (order.state, order.last_error) == ("blocked", "glyph U+20BB7")
    assert (incident.kind, incident.message) == ("glyph", "glyph U+20BB7")
    assert incident.resolved_at is None


def test_reading_and_verifying_never_wait_for_a_writer(certified):
    """SQLite has one writer at a time: whoever only reads goes past."""
    province, paper, pdf = certified
    who = f"registrar.{P2}"
    province.get(who, "/tasks")
    with province.installation.sessions() as writer:
        writer.connection()
        assert verify(province, pdf).json["valid"] is True
        assert province.get(who, "/tasks")["items"] is not None
        assert province.call(who, "GET", f"/certificates/{paper['number']}").status_code == 200
