"""Called processes: there, without end in each other, and every refusal caught."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.diagram import Node, Process
from workflows.lint.context import Context
from workflows.lint.finding import Finding

MAX_CALLS = 5


def check(context: Context) -> Iterator[Finding]:
    process, processes = context.process, context.processes
    for node in context.of_kind("callActivity"):
        called = processes.get(node.called)
        if called is None:
            yield context.at("L31", node, x=node.called)
        elif process.id in _all_called(called, processes):
            yield context.at("L32", node, a=process.name or process.id, b=called.name or called.id)
        elif any(not _caught(node, code) for code in _refusals(called)):
            yield context.at("L16", node)
    if not context.is_part:
        for end in context.of_kind("endEvent"):
            if end.event == "error" and not _caught(end.parent, end.error_code):
                yield context.at("L16", end)
    if _depth(process, processes, {}) > MAX_CALLS:
        yield context.here("L32/deep", a=process.name or process.id)


def _called(process: Process, processes: Mapping[str, Process]) -> list[Process]:
    keys = {node.called for node in process.nodes.values() if node.kind == "callActivity"}
    return [processes[key] for key in sorted(keys) if key in processes]


def _all_called(process: Process, processes: Mapping[str, Process]) -> set[str]:
    """The keys of a process and of all it calls, directly or not."""
    found: set[str] = set()
    queue = [process]
    while queue:
        part = queue.pop()
        if part.id not in found:
            found.add(part.id)
            queue.extend(_called(part, processes))
    return found


def _depth(process: Process, processes: Mapping[str, Process], known: dict[str, int]) -> int:
    """How many calls lie within each other; calls in a circle (L32) count once."""
    if process.id not in known:
        known[process.id] = 0
        inside = [_depth(part, processes, known) for part in _called(process, processes)]
        known[process.id] = 1 + max(inside) if inside else 0
    return known[process.id]


def _refusals(process: Process) -> set[str | None]:
    """The errors in which a process can end: those nothing inside it catches."""
    return {
        node.error_code
        for node in process.nodes.values()
        if node.kind == "endEvent" and node.event == "error" and not _caught(node.parent, node.error_code)
    }


def _caught(node: Node | None, code: str | None) -> bool:
    """Whether an error out of `node` meets a boundary event there or on a subprocess around it."""
    while node is not None:
        for boundary in node.boundaries:
            if boundary.event == "error" and boundary.error_code in (None, code):
                return True
        node = node.parent
    return False
