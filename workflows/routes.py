"""The route of a process as text: one line a step, kept beside its drawing.

A change to a drawing is read in review as changed lines. Columns:
step, name, office (lane), who acts, deadline, basis, what comes next.
`python -m workflows.routes bpmn/*.bpmn` writes the tables anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from workflows.diagram import Flow, Node, Process, children, processes_of, text_of
from workflows.untrusted import parse

COLUMNS = ("step", "name", "office", "who", "deadline", "basis", "next")
NOTHING = "-"


def table(data: bytes) -> str:
    """The route table of the processes in a BPMN file. Raises `FileRefused` for an unsafe file."""
    lines = []
    for process in processes_of("", parse(data)):
        lines.append(f"# {process.id} {_one_line(process.name)}")
        lines += [f"# {name}: {value}" for name, value in sorted(process.attributes.items())]
        lines.append(" | ".join(COLUMNS))
        lines += [" | ".join(_row(node)) for node in _in_order(process) if _is_step(node)]
    return "\n".join(lines) + "\n"


def beside(drawing: Path) -> Path:
    """Where the table of a drawing is kept: `transfer.bpmn` has `transfer.routes.txt`."""
    return drawing.with_suffix(".routes.txt")


def _row(node: Node) -> tuple[str, ...]:
    cells = (
        node.id,
        node.name,
        node.lane.id if node.lane else "",
        _who(node),
        node.attributes.get("deadline", ""),
        basis(node),
        _next(node),
    )
    return tuple(_one_line(cell) or NOTHING for cell in cells)


def basis(node: Node) -> str:
    """The source that a step cites: the first line of its documentation."""
    words = next((text_of(part) for part in children(node.xml, "documentation")), "")
    return words.partition("\n")[0].rstrip("。 ")


def _who(node: Node) -> str:
    """The role of a human step, the process of a review, the effect of an automatic step."""
    attributes = node.attributes
    if node.kind == "callActivity":
        return f"{node.called}: {_choices(node)}"
    if node.kind == "userTask":
        return f"{attributes.get('role', '')}: {_choices(node)}"
    if node.kind == "serviceTask":
        return f"effect {attributes.get('effect', '')}"
    if node.kind == "businessRuleTask":
        return f"table {attributes.get('decisionTable', '')}"
    return ""


def _choices(node: Node) -> str:
    """What may be decided here, with the reasons of a refusal: `approve refuse(R13 R15)`."""
    reasons = node.attributes.get("reasons", "")
    decisions = node.attributes.get("decisions", "").split()
    return " ".join(f"refuse({reasons})" if word == "refuse" and reasons else word for word in decisions)


def _next(node: Node) -> str:
    if node.kind == "endEvent":
        return f"end {node.attributes.get('outcome') or node.event or ''}"
    ways = [f"{_answer(flow, node)}{_target(flow)}" for flow in node.outgoing]
    ways += [
        f"{event.name or event.event}: {_target(flow)}"
        for event in node.boundaries
        for flow in event.outgoing
    ]
    return "; ".join(ways)


def _answer(flow: Flow, node: Node) -> str:
    if len(node.outgoing) < 2:
        return ""
    condition = f" [{flow.condition}]" if flow.condition else ""
    return f"{flow.name}{condition}: "


def _target(flow: Flow) -> str:
    """Where a flow leads; merges, which decide nothing, are read over."""
    node, seen = flow.target, {flow.source.id}
    while not _is_step(node) and node.outgoing and node.id not in seen:
        seen.add(node.id)
        node = node.outgoing[0].target
    return node.id


def _is_step(node: Node) -> bool:
    is_merge = node.kind == "exclusiveGateway" and len(node.outgoing) == 1
    return node.host is None and not is_merge


def _in_order(process: Process) -> list[Node]:
    """From the start on, each step after those that lead to it; what cannot be reached stands last."""
    order: list[Node] = []
    seen: set[str] = set()
    for root in [*process.starts(None), *process.nodes.values()]:
        if root.id not in seen:
            order += reversed(_finished(root, seen))
    return order


def _finished(root: Node, seen: set[str]) -> list[Node]:
    """What can be reached from `root` and was not seen before, deepest first."""
    finished = []
    seen.add(root.id)
    path = [(root, _onward(root))]
    while path:
        following = next((step for step in path[-1][1] if step.id not in seen), None)
        if following is None:
            finished.append(path.pop()[0])
        else:
            seen.add(following.id)
            path.append((following, _onward(following)))
    return finished


def _onward(node: Node) -> Iterator[Node]:
    yield from (flow.target for flow in node.outgoing)
    yield from node.boundaries


def _one_line(text: str) -> str:
    return " ".join(text.replace("|", "/").split())


def main(drawings: list[str]) -> None:
    """Write the table beside each drawing."""
    for drawing in map(Path, drawings):
        beside(drawing).write_text(table(drawing.read_bytes()), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
