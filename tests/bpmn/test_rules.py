"""What a shipped diagram must be, whatever it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from lxml import etree

from forms.process import declared
from tests.bpmn.drawings import FILES, FOLDER, Drawing, elements
from workflows import routes
from workflows.diagram import local, own_attributes
from workflows.expressions import compile_expression, parse_duration
from workflows.untrusted import BPMN, JISUI

DECLARED = json.loads((FOLDER / "jisui.json").read_text(encoding="utf-8"))
WORDS = re.compile(r"[a-z]+([_-]{1,2}[a-z]+)*")
CITES = re.compile(r".*[\u3015》法）]\d*号?( 第[一二三四五六七八九十]+条)?。")
JARGON = re.compile(
    "系统|用户|操作|成功|失败|异常|非法|无效输入|请勿|贵|予以|相关|进行|及时|务必|流转|节点|实例|审批流"
    "|学籍主体|该生|生源|附件|佐证|资料|挂起|审核|驳回|核办|初核|转入|转出|办结"
)  # words that parents never read, and words of the offices
WITH_BASIS = ("userTask", "callActivity", "serviceTask", "exclusiveGateway")


def test_every_process_is_drawn():
    assert [path.stem for path in FILES] == [
        "abroad", "archive-handover", "death", "dropout", "extension", "key-data-change", "office-review",
        "placement", "repeat", "resumption", "return", "skip", "suspension", "transfer", "withdrawal",
    ]  # fmt: skip


def test_the_process_is_named_like_its_file(path: Path, drawing: Drawing):
    assert drawing.process.id == path.stem
    assert drawing.process.name


def test_ids_are_plain_english_words(drawing: Drawing):
    ids = [element.get("id", "") for element in elements(drawing.root) if element.get("id")]
    assert [key for key in ids if not WORDS.fullmatch(key)] == []
    assert len(ids) == len(set(ids))


def test_a_flow_is_named_for_its_two_ends(drawing: Drawing):
    for flow in drawing.process.flows.values():
        assert flow.id == f"{flow.source.id}__{flow.target.id}"


def test_every_step_stands_in_exactly_one_lane(drawing: Drawing):
    for node in drawing.process.nodes.values():
        assert len(node.lanes) == 1, node.id
    references = [element.text for element in drawing.root.iter(f"{{{BPMN}}}flowNodeRef")]
    assert sorted(references) == sorted(drawing.process.nodes)


def test_a_boundary_event_stands_in_the_lane_of_its_box(drawing: Drawing):
    for node in drawing.process.nodes.values():
        assert node.host is None or node.lanes == node.host.lanes


def test_names_have_at_most_ten_characters(drawing: Drawing):
    for node in drawing.process.nodes.values():
        assert len(node.name) <= 10, node.name


def test_a_choice_asks_a_question_and_every_answer_is_written(drawing: Drawing):
    for node in drawing.process.nodes.values():
        if node.kind != "exclusiveGateway":
            continue
        if len(node.outgoing) == 1:
            assert not node.name, f"{node.id} decides nothing: it stays unnamed"
            continue
        assert node.name.endswith("?"), node.id
        assert sorted(flow.name for flow in node.outgoing) == ["否", "是"]


def test_every_choice_says_where_it_goes_otherwise(drawing: Drawing):
    for node in drawing.process.nodes.values():
        if node.kind == "exclusiveGateway" and len(node.outgoing) > 1:
            assert node.default is not None, node.id
            assert node.default.name == "否"
            assert [flow.condition is None for flow in node.outgoing if flow is not node.default] == [False]
            assert node.default.condition is None


def test_a_review_always_shows_where_a_refusal_goes(drawing: Drawing):
    for node in drawing.process.nodes.values():
        if node.kind == "callActivity":
            (boundary,) = node.boundaries
            assert (boundary.name, boundary.event, boundary.error_code) == ("不同意", "error", "refused")
            assert boundary.interrupting
            assert node.called in {path.stem for path in FILES}


def test_each_review_has_a_refused_end_of_its_own(drawing: Drawing):
    ends = []
    for node in drawing.process.nodes.values():
        if node.kind == "callActivity":
            reached = node.boundaries[0]
            while reached.kind != "endEvent":
                (flow,) = reached.outgoing
                reached = flow.target
            assert reached.attributes["outcome"] == "refused"
            ends.append(reached.id)
    assert len(ends) == len(set(ends))


def test_only_declared_attributes_are_written(drawing: Drawing):
    declared: dict[str, dict[str, str]] = {}
    for kind in DECLARED["types"]:
        for extended in kind["extends"]:
            properties = {p["name"]: p["type"] for p in kind["properties"]}
            declared.setdefault(extended.removeprefix("bpmn:").casefold(), {}).update(properties)
    words = {e["name"]: {v["name"] for v in e["literalValues"]} for e in DECLARED["enumerations"]}
    for element in elements(drawing.root):
        for name, value in own_attributes(element).items():
            allowed = declared.get(local(element).casefold(), {})
            assert name in allowed, f"{local(element)} {element.get('id')}: {name}"
            assert value in words.get(allowed[name], {value}), f"{element.get('id')}: {name}={value}"


def test_nothing_of_another_namespace_stands_in_the_model(drawing: Drawing):
    foreign = {
        etree.QName(str(name)).namespace for element in elements(drawing.root) for name in element.attrib
    } - {None, JISUI, "http://www.w3.org/2001/XMLSchema-instance"}
    assert foreign == set()
    assert not list(drawing.root.iter(f"{{{BPMN}}}extensionElements"))


def test_steps_and_choices_cite_the_law_and_say_a_sentence(drawing: Drawing):
    for node in drawing.process.nodes.values():
        if node.kind in WITH_BASIS:
            source, _, sentence = (node.xml.findtext(f"{{{BPMN}}}documentation") or "").partition("\n")
            assert CITES.fullmatch(source), f"{node.id}: {source}"
            assert sentence.endswith("。")
            assert node.attributes["basis"] == routes.basis(node)


def test_what_the_family_reads_is_short_and_in_its_words(drawing: Drawing):
    for node in drawing.process.nodes.values():
        label, help_text = node.attributes.get("parentLabel", ""), node.attributes.get("parentHelp", "")
        assert len(label) <= 20, label
        assert len(help_text) <= 60, help_text
        assert JARGON.findall(label + help_text) == [], node.id
        if node.kind in ("userTask", "callActivity"):
            assert label, node.id
            assert help_text, node.id


def test_unlawful_reasons_are_not_offered(drawing: Drawing):
    for node in drawing.process.nodes.values():
        assert "R17" not in node.attributes.get("reasons", "").split()
        if node.kind == "callActivity" and "refuse" in node.attributes.get("decisions", "").split():
            assert "R99" in node.attributes["reasons"].split(), (
                "scenario 6: other reasons go to the authority"
            )


def test_every_human_step_says_who_decides_what_by_when(drawing: Drawing):
    inside_a_review = drawing.process.id == "office-review"
    for node in drawing.process.nodes.values():
        if node.kind not in ("userTask", "callActivity"):
            continue
        assert node.attributes["decisions"]
        if node.kind == "userTask":
            assert node.attributes["role"] in ("registrar", "leader")
        if not inside_a_review or node.id not in ("prepare", "decide"):
            parse_duration(node.attributes["deadline"])
            assert node.attributes["reminders"]
            assert node.attributes["overdueTo"]


def test_conditions_are_expressions_of_the_whitelist(drawing: Drawing):
    for flow in drawing.process.flows.values():
        if flow.condition is not None:
            compile_expression(flow.condition, None)
            assert '"' not in flow.condition


def test_every_end_of_a_case_says_how_it_ended(drawing: Drawing):
    for node in drawing.process.nodes.values():
        if node.kind == "endEvent" and drawing.process.id != "office-review":
            assert node.attributes["outcome"] in ("completed", "refused", "terminated")


def test_silence_never_decides(drawing: Drawing):
    assert not list(drawing.root.iter(f"{{{BPMN}}}timerEventDefinition"))


def test_what_follows_a_case_holds_no_lock_and_nobody_starts_it_by_hand(drawing: Drawing):
    if drawing.process.id in ("archive-handover", "placement"):
        assert drawing.process.attributes.get("lock") == "none"
        assert "startedBy" not in drawing.process.attributes


def test_only_what_may_run_beside_other_cases_holds_no_lock(drawing: Drawing):
    process = declared().get(drawing.process.id)
    if process is not None:
        assert (drawing.process.attributes.get("lock") == "none") == process.beside_others


@pytest.mark.parametrize("kind", DECLARED["types"], ids=lambda kind: kind["name"])
def test_declared_attributes_are_written_as_attributes(kind):
    assert all(declared["isAttr"] for declared in kind["properties"])
