"""One move of a process: resolve a wait, then run what is automatic until all is quiet again.

This is how the engine works, and it keeps the states few. Every
choice is taken as open, whatever the data.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from workflows.soundness.net import Edge, Net, Scope, Step, TooLarge

MAX_AUTOMATIC = 5_000
MAX_ANSWERS = 8

Trace = tuple[str, ...]


@dataclass(frozen=True)
class Fault:
    """What went wrong inside a move: a step opened twice (S06) or an end reached twice (S03)."""

    rule: str
    step: Step


@dataclass(frozen=True)
class Outcome:
    """A quiet state, with the ids passed on the way; with a fault the way ends there.

    The ids are those of steps as they are reached, of the flow by which a wait is left, and of
    the answer taken at a choice: enough to walk the same way on the engine.
    """

    state: int
    trace: Trace
    fault: Fault | None = None


@dataclass(frozen=True)
class _Running:
    state: int
    pending: tuple[Edge, ...]
    trace: Trace


class Moves:
    """The moves of one net; `visited` collects every step that ever had its turn."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.visited: set[Step] = set()
        self._boxes = [step for step in net.steps if step.acts == "box"]
        self._waits = [step for step in net.steps if step.acts in ("wait", "race")]
        self._hosts = [step for step in net.steps if step.boundaries]
        self._joins = [step for step in net.steps if step.acts == "include" and len(step.incoming) > 1]
        self._before = {step: _before(step) for step in self._joins}

    def begin(self) -> list[Outcome]:
        return self._settle(_Running(0, self._started(self.net.root), self._names(self.net.root)))

    def after(self, state: int) -> list[Outcome]:
        """All that can happen next in a quiet state; nothing, when nobody and no timer is waited for."""
        return [outcome for move in self._resolved(state) for outcome in self._settle(move)]

    def open_steps(self, state: int) -> list[Step]:
        return [step for step in self._waits if state & step.bit]

    # --- waits ---

    def _resolved(self, state: int) -> Iterator[_Running]:
        for step in self._waits:
            if not state & step.bit:
                continue
            left = state & ~(step.bit | step.armed)
            if step.acts == "wait":
                yield _Running(left, tuple(step.outgoing), tuple(edge.id for edge in step.outgoing))
            else:
                for edge in step.outgoing:
                    self.visited.add(edge.target)
                    yield _Running(left, tuple(edge.target.outgoing), (edge.id, edge.target.path))
        for host in self._hosts:
            if state & host.bit and host.bit:
                yield from self._boundaries(state, host)

    def _boundaries(self, state: int, host: Step) -> Iterator[_Running]:
        for boundary in host.boundaries:
            if boundary.node.event == "error":
                continue
            if boundary.node.interrupting:
                left = state & ~(host.bit | host.armed | host.inner_mask)
            elif state & boundary.bit:
                left = state & ~boundary.bit
            else:
                continue
            self.visited.add(boundary)
            yield _Running(left, tuple(boundary.outgoing), (boundary.path,))

    # --- automatic steps ---

    def _settle(self, first: _Running) -> list[Outcome]:
        """All quiet states that follow, the shortest way to each; ways that meet again are walked once."""
        outcomes: list[Outcome] = []
        branches = deque([first])
        seen: set[tuple[int, tuple[Edge, ...]]] = set()
        while branches:
            running = branches.popleft()
            if (running.state, running.pending) in seen:
                continue
            seen.add((running.state, running.pending))
            if len(seen) > MAX_AUTOMATIC:
                raise TooLarge
            if running.pending:
                result = self._arrive(running, running.pending[0], running.pending[1:])
            else:
                result = self._quiet(running)
            if isinstance(result, Outcome):
                outcomes.append(result)
            else:
                branches.extend(result)
        if not outcomes:
            raise TooLarge  # automatic steps in a circle that nothing ever leaves
        return sorted(outcomes, key=lambda outcome: len(outcome.trace))

    def _arrive(self, running: _Running, edge: Edge, rest: tuple[Edge, ...]) -> Outcome | list[_Running]:
        """A token comes along `edge`."""
        step = edge.target
        self.visited.add(step)
        state, trace = running.state, (*running.trace, step.path)
        if step.acts == "pass":
            return [_Running(state, rest + tuple(step.outgoing), trace)]
        if step.acts == "choose":
            return [_Running(state, (*rest, out), (*trace, out.id)) for out in step.outgoing]
        if step.acts in ("merge", "include"):
            return self._join(step, edge, _Running(state, rest, trace))
        if step.bit:
            return self._open(step, _Running(state, rest, trace))
        return self._end(step, _Running(state, rest, trace))

    def _open(self, step: Step, running: _Running) -> Outcome | list[_Running]:
        """A step that waits, or a box, opens; twice at once is a fault."""
        if running.state & step.bit:
            return Outcome(running.state, running.trace, Fault("S06", step))
        state, pending, trace = running.state | step.bit | step.armed, running.pending, running.trace
        if step.inside is not None:
            pending += self._started(step.inside)
            trace += self._names(step.inside)
        return [_Running(state, pending, trace)]

    def _join(self, step: Step, edge: Edge, running: _Running) -> Outcome | list[_Running]:
        if len(step.incoming) < 2:
            return self._answers(step, running.state, running.pending, running.trace)
        if running.state & edge.bit:
            return Outcome(running.state, running.trace, Fault("S06", step))
        state = running.state | edge.bit
        if step.acts == "merge" and state & step.arrivals == step.arrivals:
            state &= ~step.arrivals
            return [_Running(state, running.pending + tuple(step.outgoing), running.trace)]
        return [_Running(state, running.pending, running.trace)]

    def _answers(self, step: Step, state: int, rest: tuple[Edge, ...], trace: Trace) -> list[_Running]:
        """An inclusive choice takes any of its answers, or else its default."""
        default = [out for out in step.outgoing if out.flow is step.node.default]
        others = [out for out in step.outgoing if out not in default]
        if len(others) > MAX_ANSWERS:
            raise TooLarge
        sets = [list(some) for n in range(1, len(others) + 1) for some in combinations(others, n)]
        return [
            _Running(state, (*rest, *some), (*trace, *(out.id for out in some)))
            for some in (*sets, *([default] if default else []))
        ]

    def _end(self, step: Step, running: _Running) -> Outcome | list[_Running]:
        state, rest = running.state, running.pending
        if step.acts == "refuse":
            return self._refuse(step, running)
        if step.acts == "stop":
            state &= ~step.scope.mask
            rest = tuple(edge for edge in rest if not edge.bit & step.scope.mask)
        return self._ended(step, _Running(state, rest, running.trace))

    def _ended(self, step: Step, running: _Running) -> Outcome | list[_Running]:
        """Ends of the case are remembered; those of a box only let it close."""
        bit = self.net.ended.get(step, 0)
        if running.state & bit:
            return Outcome(running.state, running.trace, Fault("S03", step))
        return [_Running(running.state | bit, running.pending, running.trace)]

    def _refuse(self, step: Step, running: _Running) -> Outcome | list[_Running]:
        """An error end closes its box and goes on at the boundary event that catches it."""
        scope, state, rest = step.scope, running.state, running.pending
        while scope.box is not None:
            box = scope.box
            state &= ~(box.bit | box.armed | scope.mask)
            rest = tuple(edge for edge in rest if not edge.bit & scope.mask)
            for boundary in box.boundaries:
                if boundary.node.event == "error" and boundary.node.error_code in (
                    None,
                    step.node.error_code,
                ):
                    self.visited.add(boundary)
                    trace = (*running.trace, boundary.path)
                    return [_Running(state, rest + tuple(boundary.outgoing), trace)]
            scope = box.scope
        state &= ~self.net.tokens
        return self._ended(step, _Running(state, (), running.trace))

    def _quiet(self, running: _Running) -> Outcome | list[_Running]:
        """Nothing is on its way: close boxes that have become empty, fire joins nobody else can reach."""
        state, trace = running.state, running.trace
        for box in self._boxes:
            if state & box.bit and not state & box.inner_mask:
                left = state & ~(box.bit | box.armed)
                return [_Running(left, tuple(box.outgoing), trace)]
        for join in self._joins:
            arrived = state & join.arrivals
            if arrived and not state & self._before[join] & ~arrived:
                return self._answers(join, state & ~arrived, (), (*trace, join.path))
        return Outcome(state, trace)

    def _started(self, scope: Scope) -> tuple[Edge, ...]:
        self.visited.update(scope.starts)
        return tuple(edge for start in scope.starts for edge in start.outgoing)

    def _names(self, scope: Scope) -> Trace:
        return tuple(start.path for start in scope.starts)


def _before(join: Step) -> int:
    """The bits of one scope from which a token may still come to `join`."""
    bits, seen, queue = 0, {join}, [edge.source for edge in join.incoming]
    while queue:
        step = queue.pop()
        if step in seen:
            continue
        seen.add(step)
        bits |= step.bit | step.armed
        if step.acts in ("merge", "include"):
            bits |= step.arrivals
        if step.host is not None:
            queue.append(step.host)
        queue.extend(edge.source for edge in step.incoming)
    return bits
