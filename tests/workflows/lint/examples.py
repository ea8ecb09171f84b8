"""A diagram without a fault, the review it calls, and the catalogue both are judged by."""

from __future__ import annotations

from tests.workflows.drawing import draw
from workflows.lint import Catalogue, Finding, lint

CATALOGUE = Catalogue(
    effects=frozenset({"move_record", "order_certificate"}),
    forms={"leave": frozenset({"leave"}), "other": frozenset({"transfer"})},
    lanes={"school": "学校", "authority": "主管部门"},
    roles={"registrar": "学籍管理员", "leader": "学籍主管领导"},
    tables=frozenset({"leave_rules"}),
    variables={"leave": frozenset({"stage", "compulsory", "effective_to"})},
    reasons={"R01": frozenset({"primary"}), "R13": frozenset({"primary", "senior"}), "R17": frozenset()},
    policies={"leave.workdays": 10, "leave.months": 2},
)

HUMAN = "deadline=working_days(policy('leave.workdays')) reminders='5 8 10' parentLabel=正在办理 basis=第一条"
HUMAN = HUMAN.replace("working_days(policy('leave.workdays'))", "\"working_days(policy('leave.workdays'))\"")
CHECK = f"user check 核对 role=registrar decisions='approve refuse' reasons=R13 form=leave {HUMAN}"
REVIEW_BOX = (
    f"call review 学校核办 calledElement=office-review decisions='approve refuse' reasons=R13 {HUMAN}"
)

GOOD = f"""
lane school 学校
start filed 提交
{CHECK}
xor agreed 同意? basis=第一条
service move 改学籍 effect=move_record
end done 办结 outcome=completed
end refused 不予 outcome=refused
filed -> check -> agreed
agreed -> move : 是 if decision == 'approve'
agreed -> refused : 否 default
move -> done
"""

CALLING = f"""
lane school 学校
start filed 提交
{REVIEW_BOX}
boundary disagreed 不同意 on=review error=refused
end done 办结 outcome=completed
end refused 不予 outcome=refused
filed -> review -> done
disagreed -> refused
"""

REVIEW = """
lane desk 办理单位
start received 收到
user prepare 初核 role=registrar decisions='approve refuse' basis=第二条
user decide 核办 role=leader decisions='approve refuse' notSameAs=prepare basis=第二条
xor agreed 同意? basis=第二条
end approved 同意
end refused 不同意 error=refused
received -> prepare -> decide -> agreed
agreed -> approved : 是 if decision == 'approve'
agreed -> refused : 否 default
"""


def review(text: str = REVIEW) -> bytes:
    return draw(text, key="office-review", name="单位核办")


def found(text: str, **attributes: str) -> list[Finding]:
    """What the lint says about one diagram given beside the good review."""
    files = {"leave.bpmn": draw(text, **attributes), "office-review.bpmn": review()}
    return [finding for finding in lint(files, CATALOGUE) if finding.file == "leave.bpmn"]


def changed(old: str, new: str, text: str = GOOD) -> str:
    """The text with one thing put differently; what is to be replaced must be there."""
    assert old in text, old
    return text.replace(old, new)
