"""Walking a drawing: what follows what, cycles, and what passes without anybody waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from workflows.diagram import SCOPES, Node, Process

WAITS = frozenset(
    {"userTask", "task", "manualTask", "receiveTask", "intermediateCatchEvent", "eventBasedGateway"}
)
PERSONS = frozenset({"userTask", "task", "manualTask"})


def followers(node: Node) -> list[Node]:
    """Where work goes on: along the flows and through the boundary events."""
    return [flow.target for flow in node.outgoing] + node.boundaries


def reachable(starts: Iterable[Node]) -> set[Node]:
    found: set[Node] = set()
    queue = list(starts)
    while queue:
        node = queue.pop()
        if node not in found:
            found.add(node)
            queue.extend(followers(node))
    return found


class Passage:
    """Whether work can run through a node, or a whole process, without meeting a stop."""

    def __init__(self, processes: Mapping[str, Process], stops: frozenset[str]) -> None:
        self._processes = processes
        self._stops = stops
        self._known: dict[tuple[str, str], bool] = {}

    def through(self, process: Process, node: Node) -> bool:
        if node.kind in SCOPES:
            return self._inside(process, node)
        if node.kind == "callActivity":
            called = self._processes.get(node.called)
            return called is not None and self._inside(called, None)
        return node.kind not in self._stops

    def _inside(self, process: Process, scope: Node | None) -> bool:
        key = (process.id, scope.id if scope else "")
        if key not in self._known:
            self._known[key] = False  # a process that calls itself never gets through
            passed = self.walk(process, process.starts(scope))
            self._known[key] = any(node.kind == "endEvent" for node in passed)
        return self._known[key]

    def walk(self, process: Process, starts: Iterable[Node]) -> set[Node]:
        """All nodes reached from `starts` without passing a stop (a stop itself is not reached)."""
        found: set[Node] = set()
        queue = list(starts)
        while queue:
            node = queue.pop()
            if node in found or not self.through(process, node):
                continue
            found.add(node)
            queue.extend(followers(node))
        return found


def cycles(nodes: Iterable[Node], keep: Callable[[Node], bool]) -> list[list[Node]]:
    """The strongly connected parts with a cycle, among the nodes that `keep` (Tarjan, without recursion)."""
    kept = [node for node in nodes if keep(node)]
    allowed = set(kept)
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    stack: list[Node] = []
    on_stack: set[Node] = set()
    found: list[list[Node]] = []
    for first in kept:
        if first in index:
            continue
        work = [(first, iter(followers(first)))]
        index[first] = low[first] = len(index)
        stack.append(first)
        on_stack.add(first)
        while work:
            node, targets = work[-1]
            target = next(targets, None)
            if target is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    part = _popped(stack, on_stack, node)
                    if len(part) > 1 or node in followers(node):
                        found.append(part)
            elif target in allowed and target not in index:
                index[target] = low[target] = len(index)
                stack.append(target)
                on_stack.add(target)
                work.append((target, iter(followers(target))))
            elif target in on_stack:
                low[node] = min(low[node], index[target])
    return found


def _popped(stack: list[Node], on_stack: set[Node], until: Node) -> list[Node]:
    part = []
    while True:
        node = stack.pop()
        on_stack.discard(node)
        part.append(node)
        if node is until:
            return part[::-1]
