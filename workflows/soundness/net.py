"""A process laid out for exploration: called processes and subprocesses expanded in place.

A state is one whole number. Each flow that may hold a waiting token, each step
that can wait and each box that can be open owns a bit of it; the bits of what
lies inside a box are neighbours, so cancelling a box is one mask.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.diagram import SCOPES, Flow, Node, Process

MAX_STEPS = 5_000

_WAITS = frozenset({"userTask", "intermediateCatchEvent", "task", "manualTask", "receiveTask"})


class TooLarge(Exception):
    """More steps or states than can be looked at: nothing may be concluded."""


@dataclass(eq=False)
class Edge:
    """A flow in its place."""

    flow: Flow
    id: str
    bit: int
    source: Step
    target: Step


@dataclass(eq=False)
class Scope:
    """The inside of the process or of one box; `mask` covers every bit within."""

    box: Step | None
    mask: int = 0
    starts: list[Step] = field(default_factory=list)


@dataclass(eq=False)
class Step:
    """A node in its place: `path` is its id, behind those of the boxes it lies in."""

    node: Node
    path: str
    scope: Scope
    acts: str
    """What it does: pass, choose, split, merge, include, wait, race, box, end, stop or refuse."""
    calls: tuple[str, ...]
    """The call activities it lies in, outermost first."""
    bit: int = 0
    armed: int = 0
    """Bits of the non-interrupting boundary events that have not fired yet."""
    incoming: list[Edge] = field(default_factory=list)
    outgoing: list[Edge] = field(default_factory=list)
    boundaries: list[Step] = field(default_factory=list)
    inside: Scope | None = None
    host: Step | None = None
    """The step a boundary event sits on."""

    @property
    def inner_mask(self) -> int:
        return self.inside.mask if self.inside else 0

    @property
    def arrivals(self) -> int:
        """The bits of the flows into a join."""
        return sum(edge.bit for edge in self.incoming)


@dataclass(eq=False)
class Net:
    """The whole process, ready to be explored."""

    root: Scope
    steps: list[Step] = field(default_factory=list)
    ended: dict[Step, int] = field(default_factory=dict)
    """The bit that remembers that an end of the case was reached."""
    tokens: int = 0
    """Every bit that stands for work not done."""
    bits: int = 0

    def new_bit(self) -> int:
        self.bits += 1
        return 1 << (self.bits - 1)


def expand(process: Process, processes: Mapping[str, Process]) -> Net:
    """Lay out `process`. Raises `TooLarge`."""
    net = Net(Scope(None))
    _fill(net, net.root, processes, _Place(process, None, "", ()))
    net.tokens = (1 << net.bits) - 1
    for step in net.steps:
        if step.scope is net.root and step.acts in ("end", "stop", "refuse"):
            net.ended[step] = net.new_bit()
    return net


@dataclass(frozen=True)
class _Place:
    """What is being laid out: a process or one of its subprocesses, and where it lies."""

    process: Process
    within: Node | None
    prefix: str
    calls: tuple[str, ...]


def _fill(net: Net, scope: Scope, processes: Mapping[str, Process], place: _Place) -> None:
    """Lay out what is drawn directly in a process or subprocess, then the boxes among it."""
    first = net.bits
    steps: dict[Node, Step] = {}
    for node in place.process.within(place.within):
        step = Step(node, place.prefix + node.id, scope, _acts(node), place.calls)
        if step.acts in ("wait", "race", "box"):
            step.bit = net.new_bit()
        steps[node] = step
        net.steps.append(step)
        if len(net.steps) > MAX_STEPS:
            raise TooLarge
    for node, step in steps.items():
        _attach(net, node, step, steps)
        for flow in node.outgoing:
            edge = Edge(flow, place.prefix + flow.id, net.new_bit(), step, steps[flow.target])
            step.outgoing.append(edge)
            edge.target.incoming.append(edge)
    scope.starts = [step for node, step in steps.items() if node.kind == "startEvent"]
    for step in steps.values():
        if step.acts == "box":
            step.inside = Scope(step)
            _fill(net, step.inside, processes, _inside(place, step, processes))
    scope.mask = ((1 << net.bits) - 1) ^ ((1 << first) - 1)


def _inside(place: _Place, box: Step, processes: Mapping[str, Process]) -> _Place:
    if box.node.kind in SCOPES:
        return _Place(place.process, box.node, place.prefix, place.calls)
    return _Place(processes[box.node.called], None, f"{box.path}.", (*place.calls, box.path))


def _attach(net: Net, node: Node, step: Step, steps: Mapping[Node, Step]) -> None:
    for boundary in node.boundaries:
        attached = steps[boundary]
        attached.host = step
        step.boundaries.append(attached)
        if not boundary.interrupting:
            attached.bit = net.new_bit()
            step.armed |= attached.bit


def _acts(node: Node) -> str:
    kind = node.kind
    if kind in SCOPES or kind == "callActivity":
        return "box"
    if kind in _WAITS:
        return "wait"
    if kind == "endEvent":
        return {"terminate": "stop", "error": "refuse"}.get(node.event or "", "end")
    joins = len(node.incoming) > 1
    return {
        "exclusiveGateway": "choose" if len(node.outgoing) > 1 else "pass",
        "parallelGateway": "merge" if joins else "pass",
        "inclusiveGateway": "include",
        "eventBasedGateway": "race",
    }.get(kind, "pass")
