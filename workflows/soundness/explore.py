"""Does every way through a process come to an end? All states are looked at, breadth first.

Data are not looked at: what a condition would exclude still counts. Above
200,000 states or five seconds the answer is "not decided", never "sound".
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from workflows.diagram import Node, Process
from workflows.soundness.moves import Moves, Outcome, Trace
from workflows.soundness.net import Net, Step, TooLarge, expand

MAX_STATES = 200_000
MAX_SECONDS = 5.0


@dataclass(frozen=True)
class Problem:
    """One thing that can go wrong, with the shortest run that shows it."""

    rule: str
    node: Node
    calls: tuple[str, ...]
    """The call activities the node lies in; empty where it stands in the process itself."""
    run: Trace = ()
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Soundness:
    """The answer: `decided` is False where not every state was looked at, and `why` says what stopped it."""

    states: int
    problems: tuple[Problem, ...]
    why: str = ""

    @property
    def decided(self) -> bool:
        return not self.why

    @property
    def sound(self) -> bool:
        return self.decided and not self.problems


def explore(
    process: Process,
    processes: Mapping[str, Process],
    *,
    max_states: int = MAX_STATES,
    max_seconds: float = MAX_SECONDS,
) -> Soundness:
    """Look at every state of `process`, whose called processes are among `processes`."""
    try:
        search = _Search(expand(process, processes), max_states, max_seconds)
    except TooLarge:
        return Soundness(0, (), "states")
    try:
        search.run()
    except TooLarge:
        return Soundness(len(search.parents), (), "states")
    except _OutOfTime:
        return Soundness(len(search.parents), (), "time")
    return Soundness(len(search.parents), tuple(search.problems()))


class _OutOfTime(Exception):
    """The search took longer than anybody waits."""


class _Search:
    def __init__(self, net: Net, max_states: int, max_seconds: float) -> None:
        self.net = net
        self.moves = Moves(net)
        self.parents: dict[int, tuple[int | None, Trace]] = {}
        self._before: dict[int, list[int]] = {}
        self._terminal: set[int] = set()
        self._found: dict[tuple[str, Step], Problem] = {}
        self._cut = False
        self._max_states = max_states
        self._until = time.thread_time() + max_seconds

    def run(self) -> None:
        queue: deque[int] = deque()
        for outcome in self.moves.begin():
            self._add(None, outcome, queue)
        while queue:
            if time.thread_time() > self._until:
                raise _OutOfTime
            state = queue.popleft()
            outcomes = self.moves.after(state)
            if not outcomes:
                self._finished(state)
            for outcome in outcomes:
                self._add(state, outcome, queue)

    def _add(self, parent: int | None, outcome: Outcome, queue: deque[int]) -> None:
        if outcome.fault is not None:
            self._cut = True
            if parent is not None:
                self._terminal.add(parent)
            run = (*self._run(parent), *outcome.trace)
            facts = {"n": 2, "x": outcome.fault.step.node}
            self._report(outcome.fault.rule, outcome.fault.step, run, facts)
            return
        state = outcome.state
        if parent is not None:
            self._before.setdefault(state, []).append(parent)
        if state in self.parents:
            return
        if len(self.parents) >= self._max_states:
            raise TooLarge
        self.parents[state] = (parent, outcome.trace)
        queue.append(state)
        self._left_over(state)

    # --- what a state says ---

    def _left_over(self, state: int) -> None:
        """S02: the case has ended and somebody still holds work."""
        ends = [step for step, bit in self.net.ended.items() if state & bit]
        left = state & self.net.tokens
        if not ends or not left:
            return
        open_steps = self.moves.open_steps(state)
        joins = self._waiting_joins(state)
        step = (open_steps or joins or ends)[0]
        facts = {"n": max(1, len(open_steps) + len(joins)), "step": step.node}
        self._report("S02", ends[0], self._run(state), facts)

    def _finished(self, state: int) -> None:
        """Nothing can happen any more: the end, or a deadlock (S01)."""
        self._terminal.add(state)
        ended = any(state & bit for bit in self.net.ended.values())
        if ended:
            return
        joins = self._waiting_joins(state) or [step for step in self.net.steps if state & step.bit]
        for step in joins[:1]:
            arrived = sum(1 for edge in step.incoming if state & edge.bit)
            facts = {"n": len(step.incoming), "m": arrived}
            self._report("S01", step, self._run(state), facts)

    def _waiting_joins(self, state: int) -> list[Step]:
        return [step for step in self.net.steps if state & step.arrivals]

    def _report(self, rule: str, step: Step, run: Trace, facts: Mapping[str, object]) -> None:
        self._found.setdefault((rule, step), Problem(rule, step.node, step.calls, run, facts))

    def _run(self, state: int | None) -> Trace:
        traces: list[Trace] = []
        while state is not None:
            state, trace = self.parents[state]
            traces.append(trace)
        return tuple(name for trace in reversed(traces) for name in trace)

    # --- what all states together say ---

    def problems(self) -> Iterator[Problem]:
        """All problems, each once; consequences of a graver one are left out."""
        doubled = {step for rule, step in self._found if rule == "S03"}
        for (rule, step), problem in self._found.items():
            if rule != "S02" or step not in doubled:
                yield problem
        if self._cut or any(rule == "S01" for rule, _ in self._found):
            return
        yield from self._without_end()
        yield from self._never_reached()

    def _without_end(self) -> Iterator[Problem]:
        """S05: from here on no way leads to an end."""
        good = set(self._terminal)
        queue = list(good)
        while queue:
            for parent in self._before.get(queue.pop(), ()):
                if parent not in good:
                    good.add(parent)
                    queue.append(parent)
        for state in self.parents:
            if state not in good:
                step = (self.moves.open_steps(state) or self.net.steps)[0]
                yield Problem("S05", step.node, step.calls, self._run(state))
                return

    def _never_reached(self) -> Iterator[Problem]:
        """S04, for the steps of the process itself; those of a called process are its own affair."""
        for step in self.net.steps:
            if step not in self.moves.visited and not step.calls:
                yield Problem("S04", step.node, step.calls)
