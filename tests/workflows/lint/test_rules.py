"""Each rule has a diagram that breaks just that rule."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.workflows.drawing import draw
from tests.workflows.lint.examples import CALLING, CATALOGUE, GOOD, REVIEW, changed, found, review
from workflows.lint import lint
from workflows.lint.rules import RULES
from workflows.lint.whitelist import OWN_ATTRIBUTES

WAIT = "catch later 等待 timer=days(3)"


def after_check(lines: str, entry: str, leave: str) -> str:
    """The good diagram with something between the check and the question."""
    text = changed("filed -> check -> agreed", f"filed -> check -> {entry}\n{leave} -> agreed")
    return changed("service move", f"{lines}\nservice move", text)


def before_check(line: str, key: str) -> str:
    text = changed("filed -> check -> agreed", f"filed -> {key} -> check -> agreed")
    return changed("service move", f"{line}\nservice move", text)


def beside_check(lines: str, flows: str = "") -> str:
    """The good diagram with something more on the check itself."""
    return changed("service move", f"{lines}\nservice move", GOOD) + flows


LOOP_OF_AUTOMATS = changed(
    "more -> agreed",
    "round -> again -> more\nmore -> round : 是 if compulsory\nmore -> agreed : 否 default",
    after_check(
        "xor round\nservice again 再做 effect=order_certificate\nxor more 再来? basis=甲",
        "round",
        "more",
    ),
)

BROKEN = {
    "L01": GOOD + "sub urge 催办 triggeredByEvent=true\nstart urged\nend told\nurged -> told\nclose",
    "L02 end": changed("end refused 不予", "end refused 不予 signal=x"),
    "L02 throw": after_check("throw call_out 通知 compensate=x", "call_out", "call_out"),
    "L03": after_check("catch jump 跳 link=x", "jump", "jump"),
    "L04 boundary": beside_check("boundary undo 撤销 on=check compensate=x"),
    "L04 task": GOOD + "service undo 撤销 effect=move_record isForCompensation=true",
    "L05": after_check("complex both 汇合", "both", "both"),
    "L06": changed(
        "xor agreed 同意?",
        "or some 选几条? basis=甲\nxor agreed 同意?",
        changed(
            "filed -> check -> agreed",
            "filed -> check -> some\nsome -> agreed : 去 default\nsome -> check : 回 if compulsory",
        ),
    ),
    "L07 task": changed("filed -> check -> agreed", "filed -> check\ncheck -> agreed : 去 if compulsory"),
    "L07 default": changed("agreed -> refused : 否 default", "agreed -> refused : 否 default if compulsory"),
    "L08": changed("refused : 否 default", "refused : 否 if decision == 'refuse'"),
    "L09": GOOD + "service lost 白画 effect=move_record\nlost -> done",
    "L10": after_check("task something 办一下", "something", "something"),
    "L13 ISO": before_check("catch later 等待 timer=P3D", "later"),
    "L13 six years": before_check("catch later 等待 timer=days(2200)", "later"),
    "L13 unknown policy": changed("leave.workdays", "leave.nothing"),
    "L13 cycle": before_check("catch later 等待 timer=timeCycle:days(3)", "later"),
    "L13 unknown field": before_check("catch later 等待 timer=\"date('nothing')\"", "later"),
    "L14": LOOP_OF_AUTOMATS,
    "L15": GOOD + "end other 另一头 outcome=terminated\ncheck -> other",
    "L16": changed("boundary disagreed 不同意 on=review error=refused\n", "", CALLING)
    .replace("disagreed -> refused", "")
    .replace("end refused 不予 outcome=refused\n", ""),
    "L16 other code": changed("error=refused", "error=other", CALLING),
    "L16 own end": changed("end refused 不予 outcome=refused", "end refused 不予 error=refused"),
    "L17 lane": changed("lane school 学校", "lane kitchen 厨房"),
    "L17 reserved": changed("lane school 学校", "lane somewhere 别处"),
    "L19 none": changed("role=registrar ", ""),
    "L19 unknown": changed("role=registrar", "role=cook"),
    "L20": GOOD.replace("move -> done", "").replace("end done 办结 outcome=completed\n", ""),
    "L21": beside_check("boundary moved 变了 on=check conditional=x", "moved -> refused"),
    "L24": beside_check("boundary late 超期 on=check timer=working_days(10)", "late -> refused"),
    "L25": changed("decision == 'approve'", "desicion == 'approve'"),
    "L25 never offered": changed("decision == 'approve'", "decision == 'aprove'"),
    "L26 call": changed("decision == 'approve'", "open('x') == 1"),
    "L26 attribute": changed("decision == 'approve'", "decision.upper == 'A'"),
    "L26 double quotes": changed("decision == 'approve'", 'decision == "approve"'),
    "L26 no answer": changed("decision == 'approve'", "len(decision)"),
    "L26 missing": changed(" if decision == 'approve'", ""),
    "L27": beside_check("boundary told 来信 on=check message=letter calm=yes", "told -> refused"),
    "L28 script": after_check("script run 脚本", "run", "run"),
    "L28 implementation": changed("effect=move_record", "effect=move_record implementation=python"),
    "L29 unknown": changed("effect=move_record", "effect=delete_all"),
    "L29 none": changed("effect=move_record", ""),
    "L31 process": changed("calledElement=office-review", "calledElement=missing", CALLING)
    .replace("boundary disagreed 不同意 on=review error=refused\n", "")
    .replace("end refused 不予 outcome=refused\n", "")
    .replace("disagreed -> refused", ""),
    "L31 table": after_check("rule decide_by 查表 decisionTable=missing basis=甲", "decide_by", "decide_by"),
    "L33 none": changed("outcome=completed", ""),
    "L33 unknown": changed("outcome=completed", "outcome=won"),
    "L34 two": GOOD + "start again 又一个\nagain -> check",
    "L34 none": changed("filed -> check -> agreed", "check -> agreed").replace("start filed 提交\n", ""),
    "L36": after_check("sub part 小流程\nclose", "part", "part"),
    "L40": changed("decision == 'approve'", "typename == 'approve'"),
    "L45 unlawful": changed("reasons=R13", "reasons='R13 R17'"),
    "L45 unknown": changed("reasons=R13", "reasons=R88"),
    "L47 missing": changed("form=leave", "form=nothing"),
    "L47 other process": changed("form=leave", "form=other"),
    "L52": before_check(f"race first 先到的 basis=甲\n{WAIT}", "first -> later") + "first -> refused",
    "L52 direction": changed("xor agreed 同意?", "xor agreed 同意? gatewayDirection=Converging"),
    "L53 clock": changed("form=leave", "form=leave clock=stop"),
    "L53 status": changed("form=leave", "form=leave caseStatus=resting"),
    "L53 overdue": changed("form=leave", "form=leave overdueTo=kitchen"),
    "L53 not same": changed("form=leave", "form=leave notSameAs=nobody"),
    "L53 reminders": changed("reminders='5 8 10'", "reminders='soon'"),
    "L53 decisions": changed("decisions='approve refuse'", "decisions='approve refuse APPROVE'"),
    "L54": after_check("sub part 小流程\nstart in\nend out\nin -> out\nclose", "part", "part")
    + "check -> out",
    "L55": after_check(
        "\n".join(f"service s{n} 做 effect=move_record" for n in range(300)),
        " -> ".join(f"s{n}" for n in range(300)),
        "s299",
    ),
    "L57": changed("agreed", "agr.eed"),
    "F14": changed("核对", "核<b>对"),
    "F15 message": before_check("catch letter 来信 message=letter", "letter"),
    "F15 event": beside_check("boundary sent 发 on=check signal=x", "sent -> refused"),
    "F15 end goes on": GOOD + "done -> check",
    "F16": changed("form=leave", "form=leave effect=move_record"),
    "L22": changed("basis=第一条\nxor", "\nxor"),
    "L41": changed("parentLabel=正在办理", ""),
    "L42": changed("parentLabel=正在办理", "parentLabel=" + "很" * 21),
    "L42 jargon": changed("parentLabel=正在办理", "parentLabel=下一个节点"),
    "L43": changed("deadline=\"working_days(policy('leave.workdays'))\" reminders='5 8 10'", ""),
    "L44": changed("reminders='5 8 10'", "reminders='5 8 12'"),
    "L44 none": changed("reminders='5 8 10'", ""),
    "L46": changed("reasons=R13", ""),
    "L46 box": changed("reasons=R13", "", CALLING),
    "L48 long": changed("核对", "核对申请人提交的全部材料"),
    "L48 question": changed("同意?", "同意"),
    "L48 answer": changed("move : 是 if", "move :  if"),
    "L51": changed("agreed", "Activity_0k3xyz1"),
}
ALSO = {case: {"F15"} for case in ("L06", "L27", "L52")}
"""What the engine does not run at all is said beside the rule that explains the trap."""

WITH_ATTRIBUTES = {
    "L38": {"withdrawUntil": "nowhere"},
    "L53 starter": {"startedBy": "nobody"},
    "L53 lock": {"lock": "maybe"},
}


@pytest.mark.parametrize("case", BROKEN)
def test_each_rule_finds_its_fault_and_no_other(case):
    assert {finding.rule for finding in found(BROKEN[case])} == {case.split()[0], *ALSO.get(case, ())}


@pytest.mark.parametrize("case", WITH_ATTRIBUTES)
def test_attributes_of_the_process_are_checked(case):
    assert {finding.rule for finding in found(GOOD, **WITH_ATTRIBUTES[case])} == {case.split()[0]}


@pytest.mark.parametrize("text", [GOOD, CALLING])
def test_a_good_diagram_has_no_finding(text):
    assert found(text) == []
    assert lint({"office-review.bpmn": review()}, CATALOGUE) == []


def test_a_process_has_known_words_for_start_and_withdrawal():
    assert found(GOOD, startedBy="school", withdrawBy="school", withdrawUntil="move", lock="none") == []


def rules(data: bytes) -> set[str]:
    return {finding.rule for finding in lint({"leave.bpmn": data}, CATALOGUE)}


def test_a_leader_who_may_have_prepared_is_found():
    alone = review(changed("notSameAs=prepare ", "", REVIEW))
    assert rules(alone) == {"L37"}


def test_positions_may_be_missing_but_are_asked_for():
    assert rules(draw(GOOD, positions=False)) == {"F11"}


def test_horizontal_columns_are_found():
    assert rules(draw(GOOD).replace(b'isHorizontal="false"', b"")) == {"L49"}


def test_a_ninth_column_is_found():
    text = GOOD + "\n".join(f"lane l{n} 列" for n in range(8))
    assert {finding.rule for finding in found(text)} == {"L49", "L17"}


def test_a_box_in_another_column_is_found():
    text = changed("end refused", "lane authority 主管部门\nend refused")
    moved = draw(text).replace(
        b'bpmnElement="refused"><dc:Bounds x="250"', b'bpmnElement="refused"><dc:Bounds x="50"'
    )
    assert rules(moved) == {"L50"}
    upon = draw(text).replace(b'y="350" width="100"', b'y="300" width="100"')
    assert rules(upon) == {"L50"}


def test_lanes_within_a_subprocess_are_found():
    text = after_check("sub part 小流程\nstart in\nend out\nin -> out\nclose", "part", "part")
    start, lanes = (
        b'<bpmn:startEvent id="in"',
        b'<bpmn:laneSet id="inner"><bpmn:lane id="authority"/></bpmn:laneSet>',
    )
    assert "L35" in rules(draw(text).replace(start, lanes + start))


def test_a_step_in_two_lanes_is_found():
    twice = draw(changed("end refused", "lane authority 主管部门\nend refused")).replace(
        b"<bpmn:flowNodeRef>refused", b"<bpmn:flowNodeRef>check</bpmn:flowNodeRef><bpmn:flowNodeRef>refused"
    )
    assert rules(twice) == {"L17"}


def test_a_completion_condition_is_found():
    loop = "<{0}><bpmn:completionCondition/></{0}>".format("bpmn:multiInstanceLoopCharacteristics")
    many = draw(GOOD).replace(b"</bpmn:userTask>", loop.encode() + b"</bpmn:userTask>")
    assert rules(many) == {"L11", "F15"}


def test_code_of_other_tools_is_named_beside_the_warning():
    other = b'<bpmn:extensionElements><x:preScript xmlns:x="urn:x">1</x:preScript></bpmn:extensionElements>'
    assert rules(draw(GOOD).replace(b"</bpmn:userTask>", other + b"</bpmn:userTask>")) == {"L28", "F13"}
    worker = draw(GOOD).replace(b"<bpmn:serviceTask ", b'<bpmn:serviceTask xmlns:c="urn:c" c:class="A" ')
    assert rules(worker) == {"L28", "F13"}


def test_an_operator_named_like_a_step_is_found():
    other = b'<bpmn:extensionElements><x:note xmlns:x="urn:x" id="check"/></bpmn:extensionElements>'
    assert rules(draw(GOOD).replace(b"</bpmn:serviceTask>", other + b"</bpmn:serviceTask>")) == {"L12", "F13"}


def test_calls_in_a_circle_are_found():
    a = changed("calledElement=office-review", "calledElement=b", CALLING)
    b = changed("calledElement=office-review", "calledElement=a", CALLING)
    found_rules = {f.rule for f in lint({"a.bpmn": draw(a, key="a"), "b.bpmn": draw(b, key="b")}, CATALOGUE)}
    assert "L32" in found_rules
    own = changed("calledElement=office-review", "calledElement=leave", CALLING)
    assert "L32" in {finding.rule for finding in found(own)}


def test_called_processes_may_be_given_aside_and_get_no_findings():
    trap = review(changed("notSameAs=prepare ", "", REVIEW))
    assert lint({"leave.bpmn": draw(CALLING)}, CATALOGUE, called={"office-review": trap}) == []
    assert "L31" in rules(draw(CALLING))
    files = {"leave.bpmn": draw(CALLING), "mine.bpmn": review()}
    assert lint(files, CATALOGUE, called={"office-review": b"<broken"}) == []


def test_calls_six_deep_are_found():
    text = "lane desk\nstart s 开始\ncall c 办 calledElement={} basis=甲\nend e 完\ns -> c -> e"
    files = {f"p{n}.bpmn": draw(text.format(f"p{n + 1}"), key=f"p{n}") for n in range(6)}
    files["p6.bpmn"] = draw("lane desk\nstart s 开始\nend e 完\ns -> e", key="p6")
    assert {(f.file, f.rule) for f in lint(files, CATALOGUE) if f.severity == "error"} == {("p0.bpmn", "L32")}


@pytest.mark.parametrize(
    "attribute", ["<bpmn:ioSpecification/>", "<bpmn:property id='p'/>", "<bpmn:dataInputAssociation/>"]
)
def test_what_is_not_listed_is_refused(attribute):
    assert rules(draw(GOOD).replace(b"</bpmn:userTask>", attribute.encode() + b"</bpmn:userTask>")) == {"F15"}


@pytest.mark.parametrize(
    "kind", ["manualTask", "sendTask", "receiveTask", "transaction", "adHocSubProcess", "dataObject"]
)
def test_kinds_of_steps_not_listed_are_refused(kind):
    more = f'<bpmn:{kind} id="more" name="多"/></bpmn:process>'.encode()
    assert "F15" in rules(draw(GOOD).replace(b"</bpmn:process>", more))


@pytest.mark.parametrize("text", ["\u202e倒过来", "看\u200b不见", "a" * 201])
def test_names_are_plain_and_short(text):
    odd = draw(GOOD).replace("提交".encode(), text.encode())
    assert rules(odd) == {"L56"}


def test_messages_are_filled_in_word_for_word():
    (one,) = found(BROKEN["L25"])
    assert one.message == "条件用到“desicion”，这里没有这项数据。"
    assert one.remedy.startswith("可用的有：compulsory、decision、effective_to、")
    assert one.fix == ("选一项",)
    assert (one.severity, one.element, one.kind) == ("error", "agreed__move", "sequenceFlow")
    (two,) = found(BROKEN["L24"])
    assert two.message == "到期后会自动“不同意”。到期不能代替人作决定。"
    (three,) = found(BROKEN["L13 ISO"])
    assert three.message == "“等待”的时间“P3D”不是允许的写法（或超过 5 年）。"
    (four,) = found(BROKEN["L44"])
    assert four.message == "催办在第 12 日，时限只有 10 日。"


def test_facts_from_the_file_are_never_read_as_a_template():
    (one,) = found(changed("effect=move_record", "effect={x.__class__}"))
    assert one.message == "没有叫“{x.__class__}”的自动办理。"


def test_things_without_a_name_are_called_by_their_place():
    unnamed = changed("user check 核对", "user check ''")
    (one,) = found(changed("role=registrar ", "", unnamed))
    assert one.message == "“一人办（学校列）”没有写谁来办。"


def test_every_rule_has_words_and_codes_are_known():
    for rule, (message, remedy) in RULES.items():
        assert rule[0] in "FLS"
        assert message.endswith(("。", "？", "}"))
        assert remedy


def test_our_attributes_are_those_the_editor_declares():
    declared = json.loads((Path(__file__).parents[3] / "bpmn" / "jisui.json").read_text(encoding="utf-8"))
    found: dict[str, set[str]] = {}
    for kind in declared["types"]:
        for element in kind["extends"]:
            name = element.removeprefix("bpmn:")
            found[name[0].lower() + name[1:]] = {each["name"] for each in kind["properties"]}
    assert found == OWN_ATTRIBUTES
