"""What stands on the pages is said in plain words: a machine reads every text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from webapp.translations import catalogue

ROOT = Path(__file__).parents[2]
JISUI = "{urn:jisui:bpmn:1}"

# Whose pages show the texts of a file. What stands in neither list is shown to both.
OFFICIALS = (
    "webapp/templates/bench",
    "webapp/templates/inbox",
    "webapp/templates/office",
    "webapp/templates/register",
    "webapp/templates/sign_in",
    "webapp/templates/macros/bench",
    "webapp/inbox",
    "webapp/office",
    "webapp/officials",
    "webapp/register",
    "webapp/sign_in",
    "registry/people",
    "documents/",
    "jisui/",
)
# Banned anywhere on parents' pages, and the worse half of “say, not”.
NEVER_TO_PARENTS = (
    "系统 用户 操作 成功 失败 异常 非法 无效输入 请勿 贵 予以 相关 进行 及时 务必 流转 节点 实例 审批流 "
    "驳回 审核未通过 拒绝受理 温馨提示 挂起 密钥 校验串 附件 编辑 确定 该生 生源 服务器 请输入有效 亲爱"
).split()
NEVER_TO_OFFICIALS = "实例 节点 流程变量 异常 认领 挂起 审核未通过 请输入有效 温馨提示".split()

# Half-width marks after a Chinese character. A gateway's name ends in “?” by the house style of diagrams.
HALF_WIDTH = re.compile(r"[一-鿿”）》][,.;:?!()]")
# What law or policy sets: dates, articles, numbers of days. They come from data.
SET_BY_POLICY = re.compile(
    r"[0-9一二三四五六七八九十]+ ?(?:个)?(?:工作日|天|日|月|年(?!级))|第[0-9一二三四五六七八九十百]+条|〔|《"
)
OF_NO_POLICY = {
    "2 天内": "how urgent a task looks, webapp.wording.SOON_DAYS",
    "2 天内截止": "the same",
    "今天已试 3 次，请明天再试，或打电话问原学校": "a limit against guessing, not a term of the law",
    "查询码只显示一天。忘了可以用手机号找回。": "how long a secret stays on a page",
    "撤回由%(school)s确认，一般一个工作日。": "what families may expect; nobody is bound to it",
    "%(day)s收到，第二天起算。": "how terms are counted everywhere, whatever their length",
    "%(day)s上班，算一天。": "the same",
    "%(year)d年%(month)s%(day)d日": "a form of dates",
    "%(month)s%(day)d日": "a form of dates",
    "%(month)s%(day)d日（%(weekday)s）": "a form of dates",
    "%(first)s—%(day)d日": "a form of dates",
    **{f"{n}月": "names of the months" for n in range(1, 13)},
}


@cache
def texts() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every text with the files that say it."""
    return tuple(
        (m.id if isinstance(m.id, str) else m.id[0], tuple(name for name, _line in m.locations))
        for m in catalogue.collected()
        if m.id
    )


def to_parents() -> Iterator[str]:
    for text, files in texts():
        if not all(name.startswith(OFFICIALS) for name in files):
            yield text
    yield from diagram_words("parentLabel", "parentHelp")


def to_officials() -> Iterator[str]:
    for text, files in texts():
        if any(name.startswith(OFFICIALS) for name in files):
            yield text
    yield from step_names()


def diagram_words(*attributes: str) -> Iterator[str]:
    """What diagrams say to parents."""
    for drawing in (ROOT / "bpmn").glob("*.bpmn"):
        for node in etree.parse(drawing).iter():
            yield from (node.get(JISUI + name) for name in attributes if node.get(JISUI + name))


def step_names() -> Iterator[str]:
    """Names of steps as they stand in an inbox."""
    for drawing in (ROOT / "bpmn").glob("*.bpmn"):
        for node in etree.parse(drawing).iter("{*}userTask", "{*}callActivity"):
            yield node.get("name")


@pytest.mark.parametrize("word", NEVER_TO_PARENTS)
def test_parents_never_read(word):
    assert not [text for text in to_parents() if word in text]


@pytest.mark.parametrize("word", NEVER_TO_OFFICIALS)
def test_officials_never_read(word):
    assert not [text for text in to_officials() if word in text]


def test_chinese_has_chinese_marks():
    said = [*to_parents(), *to_officials()]
    assert not [text for text in said if HALF_WIDTH.search(text)]


def test_nobody_is_shouted_at():
    assert not [text for text, _files in texts() if "！" in text or "!" in text]


def test_what_policy_sets_stands_in_no_text():
    ours = [(t, files) for t, files in texts() if not files[0].startswith("registry/policies")]
    fixed = {t: files for t, files in ours if SET_BY_POLICY.search(t) and t not in OF_NO_POLICY}
    assert not fixed, "fill it in from policy or the diagram"


def test_no_exception_outlives_its_text():
    known = {text for text, _files in texts()}
    assert not set(OF_NO_POLICY) - known


def test_templates_hold_no_chinese_outside_the_catalogue():
    """Chinese beside `_()` would stay Chinese for every reader."""
    bare: dict[str, list[str]] = {}
    for template in sorted((ROOT / "webapp/templates").rglob("*.html")):
        source = re.sub(r"\{#.*?#\}", "", template.read_text("utf-8"), flags=re.S)
        source = re.sub(r"_\(\s*(\"[^\"]*\"|'[^']*')", "", source)
        if found := re.findall(r"[一-鿿、。，；：？！（）]+", source):
            bare[template.relative_to(ROOT).as_posix()] = found
    assert bare == {"webapp/templates/macros/language.html": ["中文"]}


def test_scripts_say_nothing_of_their_own():
    """A script says what the page hands it, or a reader of English reads Chinese."""
    speaking = {
        script.name: found
        for script in (ROOT / "webapp/assets/scripts").rglob("*.js")
        if (found := re.findall(r"^(?!\s*//).*[\"'`][^\"'`]*[一-鿿]{2}.*$", script.read_text("utf-8"), re.M))
    }
    assert not speaking
