"""Pages and interface in English: nothing of ours stays Chinese but names, drawings and the law."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from lxml import html
from sqlalchemy import select

from registry.organisations import Organisation
from registry.people import Person
from registry.students import Guardian, Student
from tests.support.province import GULOU, JINJIANG, P1, P3, A
from tests.webapp.browser import Browser
from tests.webapp.family import Family
from webapp.translations import catalogue

pytestmark = pytest.mark.parametrize("province", ["sqlite"], indirect=True)  # the database speaks no language

ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[一-鿿，。；：？！（）、《》]+")
ORGANISATION = (Organisation.name, Organisation.short_name)
# What the people of these tests wrote, masked names, and the way back to Chinese.
TYPED = (
    "林*航 林建国 林 户口簿-1.jpg 租房合同.jpg 房产证.jpg 看不清签字，请重拍。 材料齐全。 同意。 中文".split()
)


@pytest.fixture(scope="module", autouse=True)
def compiled():
    catalogue.build()


def legal_bases(policies: dict[str, Any]) -> set[str]:
    """Every basis of a policy file: the law speaks Chinese."""
    of_rules = [v["value"] for v in policies["values"] if v["key"].endswith(".rule_basis")]
    named = {policies["basis"], *(v["basis"] for v in policies["values"] if "basis" in v)}
    return named | {basis for rules in of_rules for basis in rules.values()}


@pytest.fixture
def data(province):
    """What is Chinese because it is a name, a drawing, a policy or something somebody wrote."""
    found: set[str] = set()
    for policy in (ROOT / "registry/policies").glob("*.toml"):
        found |= legal_bases(tomllib.loads(policy.read_text("utf-8")))
    for drawing in (ROOT / "bpmn").glob("*.bpmn"):
        for node in ElementTree.parse(drawing).iter():
            found |= set(node.attrib.values()) | {node.text or ""}
    with province.installation.sessions() as session:
        for column in (*ORGANISATION, Person.name, Student.name, Guardian.name):
            found |= set(session.scalars(select(column)))
    settings = province.client.application.extensions["jisui"].settings
    found |= {settings.place, settings.service, *TYPED}
    return sorted((text for text in found if CHINESE.search(text)), key=len, reverse=True)


@pytest.fixture
def left(data):
    """The Chinese that is left of a page when its data are taken out."""

    def chinese_of(answer) -> set[str]:
        tree = html.fromstring(answer.get_data(as_text=True))
        for node in tree.xpath("//script | //style"):
            node.drop_tree()
        shown = [*tree.itertext()]
        for name in ("title", "aria-label", "alt", "placeholder", "content", "summary"):
            shown += tree.xpath(f"//@{name}")
        shown += [value for node in tree.iter() for n, value in node.attrib.items() if n.startswith("data-")]
        return {piece for text in shown for piece in CHINESE.findall(without(text, data))}

    return chinese_of


def without(text: str, data: list[str]) -> str:
    for known in data:
        text = text.replace(known, " ")
    return text


def in_english(browser: Browser, path: str):
    browser.client.set_cookie("language", "en")
    answer = browser.client.get(path)
    browser.client.delete_cookie("language")
    return answer


def test_pages_for_everybody(province, left):
    visitor = Browser(province.client.application)
    paths = ["/", "/track", "/track/recover", "/verify", "/c/Z3501022026-AAAAA", "/sign-in", "/nowhere"]
    paths += [f"/apply/transfer{page}" for page in ("", "/not-possible", "/resume", "/elsewhere")]
    chinese = {path: found for path in paths if (found := left(in_english(visitor, path)))}
    assert not chinese


def test_the_questions_of_an_application(province, left):
    family = Family(province.client.application)
    family.fill_in()
    steps = ["student", "school", "school?q=jj", "reason", "evidence", "guardian", "phone", "check"]
    paths = ["/apply/transfer", "/apply/transfer/resume", *(f"/apply/transfer/{step}" for step in steps)]
    chinese = {path: found for path in paths if (found := left(in_english(family, path)))}
    family.send_in()
    for path in ("/apply/transfer/done", "/apply/transfer/slip"):
        if found := left(in_english(family, path)):
            chinese[path] = found
    assert not chinese


def test_the_pages_of_a_case(province, left):
    family = Family(province.client.application)
    slip = family.apply()
    family.open_case(slip)
    case = {"number": slip.number, "tracking_code": slip.code}
    pages = ["", "/record", "/counting", "/withdraw", "/correct", "/again"]
    chinese: dict[str, set[str]] = {}

    def look(at: str) -> None:
        for page in pages[:4]:
            found = left(in_english(family, f"/track/{slip.number}{page}"))
            if found:
                chinese[f"{at} {page}"] = found

    look("in review")
    items = [{"pointer": "/evidence/1", "text": "看不清签字，请重拍。"}]
    province.decide(case, P3, "registrar", "return", fields={"items": items})
    look("returned")
    chinese["correct"] = left(in_english(family, f"/track/{slip.number}/correct"))
    assert not {at: found for at, found in chinese.items() if found}


def test_a_completed_case(province, left):
    family = Family(province.client.application)
    slip = family.apply()
    family.open_case(slip)
    case = {"number": slip.number, "tracking_code": slip.code}
    for office in (P3, JINJIANG, P1, GULOU):
        province.approve(case, office)
    province.installation.worker().make_certificates()
    chinese = {p: left(in_english(family, f"/track/{slip.number}{p}")) for p in ("", "/record", "/withdraw")}
    assert not {at: found for at, found in chinese.items() if found}


def test_a_refused_case(province, left):
    family = Family(province.client.application)
    slip = family.apply()
    family.open_case(slip)
    province.refuse({"number": slip.number}, P3, "R13", opinion="材料齐全。")
    assert not left(in_english(family, f"/track/{slip.number}"))


def test_the_pages_of_officials(province, signed_in, left):
    case = province.transfer(A, P3)
    registrar, leader = signed_in(f"registrar.{JINJIANG}"), signed_in(f"leader.{JINJIANG}")
    task = province.task(case, P3, "leader")
    chinese: dict[str, set[str]] = {}
    school = signed_in(f"leader.{P3}")
    paths = ["/inbox", "/inbox?which=done", "/inbox?which=started", "/office", "/students"]
    paths += [f"/tasks/{task['id']}", f"/tasks/{task['id']}/return", f"/cases/{case['number']}"]
    paths += [f"/cases/{case['number']}/diagram", f"/cases/{case['number']}/withdraw", "/sign-in/appointment"]
    for path in paths:
        chinese[path] = left(in_english(school, path))
    for browser in (registrar, leader):
        chinese["/inbox empty"] = left(in_english(browser, "/inbox"))
    students = in_english(school, "/students")
    for link in html.fromstring(students.get_data(as_text=True)).xpath("//table//a/@href")[:1]:
        chinese["student"] = left(in_english(school, link))
        chinese["reveal"] = left(in_english(school, f"{link}/reveal"))
    assert not {at: found for at, found in chinese.items() if found}
