"""What the exploration finds, in words."""

from __future__ import annotations

import pytest

from tests.workflows.drawing import draw
from tests.workflows.lint.examples import CALLING, CATALOGUE, CHECK, REVIEW, changed, found, review
from workflows.diagram import processes_of
from workflows.lint import lint
from workflows.lint.endings import endings
from workflows.untrusted import parse

CHECK_ATTRIBUTES = CHECK.removeprefix("user check 核对 ")
TWO = "service one 通知甲 effect=order_certificate\nservice two 通知乙 effect=order_certificate"
SIDE_BY_SIDE = changed(
    "move -> done",
    "move -> split\nsplit -> one -> join\nsplit -> two -> join\njoin -> done",
    changed("end done", f"and split 同时办\n{TWO}\nand join\nend done"),
)
ONE_OF_TWO = changed("and split 同时办", "xor split 哪一路? basis=甲", SIDE_BY_SIDE)
ONE_OF_TWO = changed("split -> one", "split -> one : 甲 default\none", ONE_OF_TWO)
ONE_OF_TWO = changed("split -> two", "split -> two : 乙 if compulsory\ntwo", ONE_OF_TWO)


def only(text: str):
    (one,) = found(text)
    return one


def test_a_good_join_is_no_finding():
    assert found(SIDE_BY_SIDE) == []


def test_a_deadlock_is_said_with_its_run():
    one = only(ONE_OF_TWO)
    assert (one.rule, one.element) == ("S01", "join")
    assert one.message == "办到这里会卡住：这里要等 2 路都到齐，但前面每次只走 1 路。"
    assert one.fix == ("改成“任一路到即继续”",)
    assert one.run[:5] == ("filed", "check", "check__agreed", "agreed", "agreed__move")
    assert one.run[-1] == "join"


def test_work_left_behind_is_said_with_the_step():
    more = (
        f"and split 同时办\nuser later 存档 {CHECK_ATTRIBUTES}\nend kept 已存 outcome=completed\nend refused"
    )
    text = changed("move -> done", "move -> split\nsplit -> done\nsplit -> later -> kept")
    first = found(changed("end refused", more, text))[0]
    assert (first.rule, first.element) == ("S02", "done")
    assert first.message == "已经办结，还有 1 路没有办完（“存档”的待办会留在单位手里）。"


def test_an_end_reached_twice_is_said():
    one = only(changed("and join", "xor join", SIDE_BY_SIDE))
    assert one.message == "会办结两次：“办结”可能到达 2 次（证明会出两份）。"


def test_a_step_opened_twice_is_said():
    text = changed("join -> done", "join -> later -> done", changed("and join", "xor join", SIDE_BY_SIDE))
    one = only(changed("end done", f"user later 存档 {CHECK_ATTRIBUTES}\nend done", text))
    assert one.message == "同一步会同时打开 2 次（同一单位收到 2 份相同的待办）。"


def test_a_step_never_reached_is_said():
    text = changed("end refused", "boundary failed 不同意 on=move error=refused\nend refused")
    one = only(text + "failed -> refused")
    assert (one.rule, one.message) == ("S04", "“不同意”永远轮不到：没有一种走法会到这里。")


def test_a_way_without_an_end_is_said():
    text = changed(
        "end done 办结 outcome=completed\nend refused 不予 outcome=refused",
        f"user again 再核 {CHECK_ATTRIBUTES}",
    )
    text = changed("agreed -> refused : 否 default", "agreed -> again : 否 default", text)
    text = changed("move -> done", "move -> again -> again", text)
    assert {finding.rule for finding in found(text)} == {"S05"}


def test_a_fault_of_a_called_process_is_said_at_the_call_too():
    text = changed("agreed -> approved : 是", "agreed -> both : 是", REVIEW)
    text = changed("agreed -> refused : 否 default", "agreed -> either : 否 default", text)
    more = "\neither -> both : 是 if reason == ''\neither -> refused : 否 default\nboth -> approved"
    stuck = changed("end approved", "and both 都到\nxor either 算了? basis=甲\nend approved", text) + more
    answers = lint({"leave.bpmn": draw(CALLING), "office-review.bpmn": review(stuck)}, CATALOGUE)
    said = {(one.file, one.rule, one.element) for one in answers}
    assert said == {("office-review.bpmn", "S01", "both"), ("leave.bpmn", "S08", "review")}
    (outer,) = [one for one in answers if one.rule == "S08"]
    assert outer.message.startswith("“学校核办”里的问题：办到这里会卡住")


def test_a_drawing_with_faults_is_not_explored():
    lost = ONE_OF_TWO + "service lost 白画 effect=move_record\nlost -> done"
    assert {finding.rule for finding in found(lost)} == {"L09"}


@pytest.mark.parametrize(
    ("limits", "rule", "words"),
    [
        ({"max_states": 5}, "S09", "状态太多（超过 200,000），没有查完：不能判定。"),
        ({"max_seconds": -1}, "F12", "检查超过 5 秒，已停止，不能判定。"),
    ],
)
def test_what_was_not_looked_at_is_said(limits, rule, words):
    split = "\n".join(f"user u{n}\nsplit -> u{n} -> join" for n in range(4))
    wide = f"start s\nand split\nand join\nend e\ns -> split\njoin -> e\n{split}"
    processes = {one.id: one for one in processes_of("leave.bpmn", parse(draw(wide)))}
    (one,) = endings(processes, frozenset(), **limits)["leave"].findings
    assert (one.rule, one.message) == (rule, words)
