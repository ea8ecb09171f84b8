"""POST /track: number and code are the key. Nobody finds a child, or a child's school, by trying."""

from __future__ import annotations

import io
import json
import re
from uuid import uuid4

import pytest
from PIL import Image

from forms.transfer import TransferApplication
from registry.evidence_intake import take_in
from registry.organisations import get
from tests.contract.test_filing import GUARDIAN, errors, is_problem
from tests.support.province import GULOU, NAMES, P1, P2, P3, A, B
from webapp import filing
from webapp.processes import Applicant

WRONG = "0000-0000"


def track(province, number, code, address="192.0.2.1"):
    return province.client.post(
        "/api/v1/track",
        data=json.dumps({"number": number, "code": code}),
        content_type="application/json",
        environ_base={"REMOTE_ADDR": address},
    )


@pytest.fixture(scope="module")
def tracked(each_province):
    """Two cases that schools filed."""
    return each_province, each_province.transfer(A, to=P2), each_province.transfer(B, to=P2)


def test_number_and_code_open_the_case(tracked):
    province, case, _other = tracked
    seen = track(province, case["number"], case["tracking_code"])
    assert seen.status_code == 200
    assert seen.json["number"] == case["number"]
    assert seen.json["status"] == "in_review"
    assert seen.json["student"] == "林*航"
    for member in ("state", "process", "opened_at", "closed_at", "stops", "deadline"):
        assert member in seen.json
    assert re.fullmatch(r"2026-03-02T09:\d\d:\d\d\+08:00", seen.json["opened_at"])


def test_a_portal_reads_words_without_the_marks_of_a_page(tracked):
    province, case, _other = tracked
    answer = track(province, case["number"], case["tracking_code"])
    assert "<" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "])
def test_a_code_may_be_typed_as_people_type(tracked, typed):
    province, case, _other = tracked
    assert track(province, case["number"].lower(), typed(case["tracking_code"])).status_code == 200


def test_another_cases_code_and_an_unknown_number_get_one_answer(tracked, unchanged):
    province, case, other = tracked
    with unchanged(province):
        crossed = is_problem(track(province, case["number"], other["tracking_code"]), 404)
        unknown = is_problem(track(province, "ZX350102-2026-99999", case["tracking_code"]), 404)
    assert crossed | {"request_id": ""} == unknown | {"request_id": ""}


def test_five_wrong_codes_close_the_case_for_ten_minutes(tracked, unchanged):
    province, case, _other = tracked
    here, elsewhere = "192.0.2.7", "192.0.2.8"
    with unchanged(province):
        tries = [track(province, case["number"], WRONG, here).status_code for _ in range(5)]
        assert tries == [404] * 5
        closed = track(province, case["number"], case["tracking_code"], here)
        is_problem(closed, 429)
        assert closed.headers["Retry-After"] == "600"
        assert track(province, case["number"], case["tracking_code"], elsewhere).status_code == 200
        unknown = [track(province, "ZX350102-2026-88888", WRONG, here).status_code for _ in range(6)]
    assert unknown == [404] * 5 + [429], "nor does the limit tell which numbers exist"


@pytest.mark.parametrize(
    ("number", "code", "pointer"),
    [
        ("", WRONG, "/number"),
        ("x" * 61, WRONG, "/number"),
        ("ZX\0", WRONG, "/number"),
        ("ZX\ud800", WRONG, "/number"),
        (7, WRONG, "/number"),
        ("ZX350102-2026-00001", "", "/code"),
        ("ZX350102-2026-00001", "\0" * 8, "/code"),
        ("ZX350102-2026-00001", None, "/code"),
    ],
)
def test_what_is_no_number_and_no_code_is_named(tracked, unchanged, number, code, pointer):
    province, _case, _other = tracked
    with unchanged(province):
        assert [found for found, _code in errors(track(province, number, code))] == [pointer]


@pytest.mark.parametrize("number", ["ZX'; DROP TABLE cases --", "%", "\uff3a\uff38350102", "..", "\u202e"])
def test_a_number_of_another_shape_is_not_there(tracked, number):
    province, _case, _other = tracked
    is_problem(track(province, number, WRONG, "192.0.2.9"), 404)


def test_a_family_that_confirmed_no_telephone_reads_nothing_of_the_present_school(province):
    """The school that filed knows it; who only knows name and number must not learn it here."""
    services, now = province.installation.services, province.clock.now()
    asker = str(uuid4())
    with services.sessions() as session:
        application = TransferApplication.model_validate(
            {
                "student_number": A,
                "student_name": NAMES[A],
                "receiving_school": P3,
                "ground": "home_moved",
                "guardian": GUARDIAN | {"phone": "13811112222"},
                "evidence": [filed_by(province, asker)],
            }
        )
        filed = filing.file_application(
            services, session, "transfer", application, Applicant("guardian", asker), now=now
        )
        names = [get(session, code) for code in (P1, GULOU)]
        session.commit()
    secret = [
        text
        for office in names
        for text in (office.name, office.short_name, office.code, office.phone)
        if text
    ]
    seen = track(province, filed.number, filed.tracking_code).text
    assert not [text for text in secret if text in seen]
    assert A not in seen and NAMES[A] not in seen and "13811112222" not in seen


def filed_by(province, asker):
    """One file of this asker."""

    picture = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(picture, "JPEG")
    services = province.installation.services
    with services.sessions() as session:
        clean = take_in(picture.getvalue(), "a.jpg", "image/jpeg")
        kept = services.evidence.keep(session, clean, kind="", uploaded_by=asker, now=province.clock.now())
        session.commit()
        return str(kept.id)
