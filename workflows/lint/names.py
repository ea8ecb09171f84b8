"""What the findings call a thing: its name, else its place."""

from __future__ import annotations

from collections.abc import Iterable

from workflows.diagram import Flow, Node

_KINDS = {
    "startEvent": "开始",
    "endEvent": "结束",
    "intermediateCatchEvent": "等待",
    "intermediateThrowEvent": "经过",
    "exclusiveGateway": "选一条",
    "parallelGateway": "同时走",
    "inclusiveGateway": "选几条",
    "eventBasedGateway": "等先到的",
    "complexGateway": "复杂汇合",
    "userTask": "一人办",
    "callActivity": "核办",
    "serviceTask": "自动",
    "businessRuleTask": "决策表",
    "subProcess": "子流程",
}
_EVENTS = {"error": "不同意", "timer": "到期", "message": "等消息"}


def label(node: Node) -> str:
    """The name of a node, or its kind and place."""
    if node.name.strip():
        return node.name.strip()
    if node.host is not None:
        return f"{label(node.host)}上的{_EVENTS.get(node.event or '', '边界')}"
    word = "汇合" if is_merge(node) else _KINDS.get(node.kind, "步骤")
    lane = node.lane
    return f"{word}（{lane.name or lane.id}列）" if lane else word


def flow_label(flow: Flow) -> str:
    """A flow by its source and answer."""
    answer = f"“{flow.name.strip()}”" if flow.name.strip() else "线"
    return f"从“{label(flow.source)}”出来的{answer}"


def is_merge(node: Node) -> bool:
    return node.kind.endswith("Gateway") and len(node.incoming) > 1 and len(node.outgoing) < 2


def listed(names: Iterable[str]) -> str:
    return "、".join(sorted(names)) or "（没有）"
