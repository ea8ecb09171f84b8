"""Who gets English: a reader who chose it, and a machine that asks for it."""

from __future__ import annotations

import pytest

from tests.support.province import P1, P3, A
from tests.webapp.browser import Browser
from tests.webapp.family import STRANGER, Family
from webapp.translations import catalogue
from webapp.translations.extraction import texts

pytestmark = pytest.mark.parametrize("province", ["sqlite"], indirect=True)  # the database speaks no language

ENGLISH = {"Accept-Language": "en-GB,en;q=0.9,zh-CN;q=0.5"}


@pytest.fixture(scope="module", autouse=True)
def compiled():
    catalogue.build()


def titles(answer):
    body = answer.json
    return [
        body["title"],
        *(e["message"] for e in body.get("errors", [])),
        *texts_of(body.get("violations", [])),
    ]


def texts_of(violations):
    return [text for one in violations for text in (one["message"], one["remedy"])]


def test_a_page_is_chinese_whatever_the_browser_asks_for(province):
    page = Browser(province.client.application).get("/", headers=ENGLISH)
    assert page.tree.get("lang") == "zh-Hans"
    assert page.says("孩子到哪里上学，学籍就跟到哪里")


def test_a_reader_switches_to_english_and_back_on_the_same_page(province):
    reader = Browser(province.client.application)
    page = reader.get("/apply/transfer")
    english = reader.follow(reader.send(page, "form[action$=language]", language="en"))
    assert english.answer.request.path == "/apply/transfer"
    assert english.tree.get("lang") == "en"
    assert english.says("Transfer your child to another school")
    chinese = reader.follow(reader.send(english, "form[action$=language]", language="zh"))
    assert chinese.says("给孩子办理转学")


def test_the_choice_is_no_way_to_another_site(province):
    reader = Browser(province.client.application)
    answer = reader.client.post("/language", data={"language": "en", "back": "//evil.example"})
    assert (answer.status_code, answer.location) == (303, "/")


def test_officials_switch_too(province, signed_in):
    leader = signed_in(f"leader.{P3}")
    page = leader.get("/inbox")
    english = leader.follow(leader.send(page, "form[action$=language]", language="en"))
    assert english.says("Nothing to do.")


def test_the_interface_speaks_chinese_by_default(province):
    answer = province.call(f"registrar.{P3}", "POST", "/cases", {"process": "transfer", "application": {}})
    assert answer.status_code == 422
    assert titles(answer)[:2] == ["有几项要改，请看 errors", "还没填这一项，请补上"]


@pytest.mark.parametrize(
    ("ask", "status", "said"),
    [
        ({"student_name": "王小明"}, 422, "The name and the student number do not match."),
        ({"evidence": []}, 422, "This is missing. Fill it in"),
        ({"student_number": "G35010220150315001"}, 422, "The student number is too short by 1"),
        ({"ground": "other"}, 422, "You chose “Other”. Explain in a sentence or two"),
    ],
)
def test_the_interface_refuses_in_english_where_asked(province, ask, status, said):
    body = {"process": "transfer", "application": province.application(A, P3, **ask)}
    answer = province.call(f"registrar.{P3}", "POST", "/cases", body, **ENGLISH)
    assert answer.status_code == status
    assert any(said in text for text in titles(answer)), titles(answer)


def test_rules_are_told_in_english_with_their_facts(province):
    province.on("2026-07-20")
    body = {"process": "transfer", "application": province.application(A, P3)}
    answer = province.call(f"registrar.{P3}", "POST", "/cases", body, **ENGLISH)
    assert "The next period starts on Sat 15 August." in titles(answer)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/tasks/00000000-0000-7000-8000-000000000000/claim", 404, "There is no such case"),
        ("/nothing", 404, ""),
    ],
)
def test_what_is_not_there_is_told_in_english(province, path, status, said):
    answer = province.call(f"registrar.{P1}", "POST", path, **ENGLISH)
    assert answer.status_code == status
    assert answer.json["title"].isascii()
    assert said in answer.json["title"]


def test_a_family_that_made_a_mistake_is_told_in_english(province):
    family = Family(province.client.application)
    page = family.get("/apply/transfer/student")
    family.client.set_cookie("language", "en")
    wrong = family.send(page, "form[data-draft]", student_name="", student_number="G35010220150315001")
    assert wrong.status == 422
    assert wrong.says("Enter your child’s name")
    assert wrong.says("The student number is too short by 1: it is 1 letter and 18 characters")
    assert wrong.find("title")[0].text.startswith("Error: ")


def test_a_date_and_a_grade_are_said_as_english_has_them(province):
    family = Family(province.client.application)
    slip = family.apply(phone=STRANGER)
    family.open_case(slip)
    family.client.set_cookie("language", "en")
    page = family.case(slip)
    assert page.says("10 working days left, due Mon 16 March")
    assert page.says("Grade 5")


def test_every_chinese_string_of_a_module_is_a_text(province, tmp_path):
    source = tmp_path / "example.py"
    source.write_text(
        '"""文档。"""\n'
        'NAMES = {"a": "在读"}\n'
        'SURNAMES = ["王", "林"]\n'
        "def told(n):\n"
        '    """说明。"""\n'
        '    return counted("还剩 %(num)s 天", n), words("姓名"), Field(examples=["林一航"]), "ascii"\n'
    )
    with source.open("rb") as file:
        found = [(line, text) for line, _kind, text, _c in texts(file, [], [], {"data": "SURNAMES examples"})]
    assert found == [(2, "在读"), (6, ("还剩 %(num)s 天", "还剩 %(num)s 天")), (6, "姓名")]
