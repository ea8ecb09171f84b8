"""What is not an office's own is not there: 404, the same as for what does not exist.

Every address that names somebody or something, asked for by each kind of stranger.
"""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from sqlalchemy import select

from jisui.database import EVERYTHING, belongs_to
from registry.evidence import Evidence
from registry.students import Student
from tests.support.province import GULOU, JINJIANG, NANSHAN, P1, P2, P3, P4, A
from tests.support.provinces import copied
from tests.webapp.browser import Browser, Page
from webapp.office import bp as office_pages
from webapp.register.views import bp as register_pages
from workflows.model import Task

NOBODY = UUID(int=0)
STRANGERS = (f"registrar.{P4}", f"leader.{P4}", f"leader.{NANSHAN}", f"registrar.{P3}", f"leader.{JINJIANG}")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def town(request, tmp_path_factory):
    """A has moved from P1 to P2, with a letter; all of it concerns GULOU and its schools, nobody else."""
    template = request.getfixturevalue(f"{request.param}_province")
    with copied(*template, tmp_path_factory.mktemp("strangers") / "data") as province:
        yield province, _moved(province)


def _moved(province):
    case = province.transfer(A, P2)
    for office in (P2, P1, GULOU):
        province.approve(case, office)
    province.installation.worker().make_certificates()
    (letter,) = province.case(case, f"registrar.{P2}")["certificates"]
    with province.installation.sessions() as session:
        belongs_to(session, EVERYTHING)
        student = session.scalars(select(Student.id).where(Student.student_number == A)).one()
        task = session.scalars(select(Task.id).where(Task.office == GULOU).limit(1)).one()
        file = session.scalars(select(Evidence.id).where(Evidence.case_id.is_not(None))).first()
    return {
        "student_id": student,
        "number": letter["number"],
        "case": case["number"],
        "task_id": task,
        "evidence_id": file,
        "code": P2,
    }


def browser(province, username):
    one = Browser(province.client.application)
    assert one.sign_in(username).status == 303
    return one


def addresses(app, names):
    """Every address of these pages and of the desk that names somebody, with real names filled in."""
    found = set()
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or not rule.arguments:
            continue
        if rule.endpoint.partition(".")[0] not in (register_pages.name, office_pages.name, "inbox"):
            continue
        values = dict(names)
        if rule.rule.startswith("/cases/"):
            values["number"] = names["case"]
        elif rule.endpoint == "inbox.evidence_page":
            values["number"] = 1
        if rule.arguments <= values.keys():
            plain = re.sub(r"<(?:[^<>:]+:)?(\w+)>", r"{\1}", rule.rule)
            found.add(plain.format(**values))
    return sorted(found)


def test_the_battery_is_complete(town):
    province, names = town
    found = addresses(province.client.application, names)
    assert {f"/students/{names['student_id']}", f"/office/{P2}", f"/cases/{names['case']}"} <= set(found)
    assert len(found) >= 9


@pytest.mark.parametrize("who", STRANGERS)
def test_to_a_stranger_nothing_of_it_is_there(town, who):
    province, names = town
    someone = browser(province, who)
    answers = {path: someone.get(path) for path in addresses(province.client.application, names)}
    there = {path: page.status for path, page in answers.items() if page.status != 404}
    assert there == {}
    assert not any("林一航" in page.text or A in page.text for page in answers.values())


@pytest.mark.parametrize("who", [f"registrar.{P2}", f"leader.{GULOU}", f"registrar.{P1}"])
def test_its_own_offices_find_its_letter_and_papers(town, who):
    """The new school and the authority on the student's page, the old school on its copy."""
    province, names = town
    someone = browser(province, who)
    page = someone.get(f"/students/{names['student_id']}")
    assert page.says("转学联系函") and page.says("有效") and page.says(names["case"])
    letter = someone.get(page.find("a[download]")[0].get("href")).answer
    assert letter.data.startswith(b"%PDF-") and letter.headers["Cache-Control"] == "no-store"
    if who == f"registrar.{P1}":
        assert page.says("只读副本")
        return
    assert page.says("材料 1") and page.says("房产证.jpg") and page.says("证书 1")
    picture = page.find("a[href*='/evidence/']")[0].get("href")
    assert someone.get(picture).answer.mimetype == "image/jpeg"


def test_what_is_hidden_answers_like_what_does_not_exist(town):
    province, names = town
    someone = browser(province, STRANGERS[0])
    for real, none in (
        (f"/students/{names['student_id']}", f"/students/{NOBODY}"),
        (f"/students/{names['student_id']}/reveal", f"/students/{NOBODY}/reveal"),
        (f"/office/{P2}", "/office/2135999999"),
    ):
        hidden, unknown = someone.get(real), someone.get(none)
        assert (hidden.status, _same(hidden, real)) == (unknown.status, _same(unknown, none))


def test_a_stranger_cannot_have_numbers_shown_by_asking_straight(town):
    province, names = town
    own = browser(province, f"registrar.{P2}")
    before = looks_at(own.get(f"/students/{names['student_id']}"))
    someone = browser(province, STRANGERS[0])
    token = someone.get("/students").find("input[name=csrf_token]")[0].get("value")
    answer = someone.post(f"/students/{names['student_id']}/reveal", token, reason="ich bin's")
    assert answer.status == 404 and A not in answer.text
    after = looks_at(own.get(f"/students/{names['student_id']}"))
    assert after == before, "a look that was refused is no look"


def looks_at(page: Page) -> str:
    """谁看过 and how often, as its tab says."""
    return re.findall(r"谁看过 [0-9]+", page.text)[0]


def test_lists_and_searches_of_strangers_are_empty_of_it(town):
    province, _names = town
    for who in STRANGERS:
        someone = browser(province, who)
        for path in ("/students?q=lyh", f"/students?q={A}", "/inbox?q=lyh", "/inbox?list=done&who=all"):
            assert not someone.get(path).says("林一航")


def test_a_role_without_the_right_is_told_so_wherever_it_asks(town):
    province, names = town
    policy = browser(province, "policy.350000")
    for path in ("/students", f"/students/{names['student_id']}", f"/students/{NOBODY}", "/office"):
        assert policy.get(path).status == 403


@pytest.mark.parametrize("word", ["%00", "a%00b", "%ED%A0%80", "%F0%9F%98%80", "%25", "_", "x" * 5000, "'--"])
def test_odd_words_are_only_words(town, word):
    province, _names = town
    someone = browser(province, f"registrar.{P2}")
    for path in (f"/students?q={word}", f"/students?cursor={word}", f"/office/{P2}?cursor={word}"):
        assert someone.get(path).status in (200, 400)
    for path in (f"/office/{word[:200]}", f"/students/{word[:200]}", f"/c/{word[:200]}-0000000000"):
        assert someone.get(path).status in (400, 404)


def test_an_odd_reason_is_no_error(town):
    province, names = town
    someone = browser(province, f"registrar.{P2}")
    page = someone.get(f"/students/{names['student_id']}/reveal")
    for reason in ("a\0b", "x" * 201, "   ", "\u202e倒"):
        assert someone.send(page, "form.stack", reason=reason).status in (200, 422)


def _same(page, path):
    """The page without what differs by request."""
    shown = page.text.replace(path, "")
    return re.sub(r"\b[0-9A-Z]{4}-[0-9A-Z]{2}\b", "", shown)
