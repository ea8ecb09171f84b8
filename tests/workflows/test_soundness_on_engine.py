"""What the exploration says is what the engine does: runs are replayed, sound diagrams walked at random."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

import pytest

from tests.workflows.drawing import draw
from workflows.diagram import processes_of
from workflows.soundness import Problem, explore
from workflows.spiff import Compiled, Execution, compile_process
from workflows.untrusted import parse

SOMEWHEN = datetime(2026, 3, 2, tzinfo=timezone(timedelta(hours=8)))


class World:
    """Answers conditions of the form `flow`: by a list for each gateway, then by chance."""

    def __init__(self, chance: random.Random, answers: Mapping[str, list[str]] | None = None) -> None:
        self.chance = chance
        self.answers = dict(answers or {})

    def evaluate(self, expression: str, data: Mapping[str, object]) -> object:
        flow = expression.split("'")[1]
        waiting = self.answers.get(flow.split("__")[0])
        if waiting:
            return waiting.pop(0) == flow
        return self.chance.random() < 0.5

    def effect(self, name: str, element: str, data: Mapping[str, object]) -> None:
        return None

    def decide(self, table: str, data: Mapping[str, object]) -> Mapping[str, object]:
        return {}

    def due(self, expression: str, data: Mapping[str, object]) -> datetime:
        return SOMEWHEN


class Drawer:
    """Random diagrams: blocks within blocks, with joins now and then of the wrong kind."""

    def __init__(self, chance: random.Random, slips: float) -> None:
        self.chance = chance
        self.slips = slips
        self.nodes: list[str] = []
        self.flows: list[str] = []

    def diagram(self) -> str:
        self.nodes.append("start s")
        last = self.block("s", 3)
        self.nodes.append("end e outcome=completed")
        self.flows.append(f"{last} -> e")
        return "\n".join([*self.nodes, *self.flows])

    def block(self, before: str, depth: int) -> str:
        """Draw something behind `before`; the id of its last step."""
        kinds = ["user", "user", "service", "wait"]
        if depth:
            kinds += ["row", "row", "xor", "and", "loop", "sub"]
        return getattr(self, f"_{self.chance.choice(kinds)}")(before, depth)

    def _new(self, kind: str, more: str = "") -> str:
        key = f"{kind}{len(self.nodes)}"
        self.nodes.append(f"{kind} {key} {more}".strip())
        return key

    def _after(self, before: str, key: str) -> str:
        self.flows.append(f"{before} -> {key}")
        return key

    def _user(self, before: str, _depth: int) -> str:
        return self._after(before, self._new("user"))

    def _service(self, before: str, _depth: int) -> str:
        return self._after(before, self._new("service", "effect=x"))

    def _wait(self, before: str, _depth: int) -> str:
        return self._after(before, self._new("catch", "timer=days(3)"))

    def _row(self, before: str, depth: int) -> str:
        return self.block(self.block(before, depth - 1), depth - 1)

    def _join(self, kind: str) -> str:
        other = {"xor": "and", "and": "xor"}[kind]
        return self._new(other if self.chance.random() < self.slips else kind)

    def _split(self, kind: str, before: str, depth: int) -> str:
        split = self._after(before, self._new(kind))
        join = self._join(kind)
        heads = []
        for _ in range(2):
            head = self._new("service", "effect=x")
            heads.append(head)
            self._after(self.block(head, depth - 1), join)
        self._answers(split, heads, kind)
        return join

    def _answers(self, split: str, heads: list[str], kind: str) -> None:
        first, second = heads
        chosen = f" : ja if flow == '{split}__{first}'" if kind == "xor" else ""
        self.flows.append(f"{split} -> {first}{chosen}")
        self.flows.append(f"{split} -> {second}{' : nein default' if chosen else ''}")

    def _xor(self, before: str, depth: int) -> str:
        return self._split("xor", before, depth)

    def _and(self, before: str, depth: int) -> str:
        return self._split("and", before, depth)

    def _loop(self, before: str, depth: int) -> str:
        entry = self._after(before, self._new("xor"))
        step = self._after(self.block(entry, depth - 1), self._new("user"))
        question = self._after(step, self._new("xor"))
        out = self._new("service", "effect=x")
        self._answers(question, [entry, out], "xor")
        return out

    def _sub(self, before: str, depth: int) -> str:
        nodes, flows = self.nodes, self.flows
        inner = Drawer(self.chance, self.slips)
        inner.nodes = [f"user skip{n}" for n in range(len(nodes))]  # ids stay unique across the file
        count = len(inner.nodes)
        inner.nodes.append(f"start in{count}")
        last = inner.block(f"in{count}", depth - 1)
        inner.nodes.append(f"end out{count}")
        inner.flows.append(f"{last} -> out{count}")
        key = f"sub{len(inner.nodes)}"
        nodes.append("\n".join([f"sub {key}", *inner.nodes[count:], *inner.flows, "close"]))
        nodes.extend("" for _ in range(len(inner.nodes) - count))
        flows.append(f"{before} -> {key}")
        return key


def drawn(seed: int, slips: float) -> bytes:
    return draw(Drawer(random.Random(seed), slips).diagram(), positions=False)


def walked(compiled: Compiled, chance: random.Random) -> str | None:
    """One random walk to its end; its outcome. Fails where a step is open twice or the walk gets stuck."""
    case = Execution.start(compiled, {}, World(chance))
    for _ in range(300):
        waits = [*case.open_steps(), *case.open_timers()]
        if not waits:
            break
        assert max(Counter(wait.path for wait in waits).values()) == 1
        wait = chance.choice(waits)
        if wait in case.open_timers():
            case.fire(wait.id)
        else:
            case.complete(wait.id, {})
    return case.outcome


def bare(path: str) -> str:
    """The id of a step: the engine puts those of the subprocesses around it before."""
    return path.rpartition(".")[2]


def replayed(compiled: Compiled, problem: Problem, sources: Mapping[str, str]) -> Execution:
    """The engine after the run of a problem."""
    answers: dict[str, list[str]] = {}
    for name in problem.run:
        if sources.get(name, "").startswith("xor"):
            answers.setdefault(sources[name], []).append(name)
    case = Execution.start(compiled, {}, World(random.Random(0), answers))
    for name in problem.run:
        source = sources.get(name, "")
        for wait in [one for one in case.open_steps() if bare(one.path) == source][:1]:
            case.complete(wait.id, {})
        for timer in [one for one in case.open_timers() if bare(one.path) == source][:1]:
            case.fire(timer.id)
    return case


@pytest.mark.parametrize("seed", range(60))
def test_a_sound_diagram_always_ends_on_the_engine(seed):
    data = drawn(seed, slips=0)
    process = processes_of("leave", parse(data))[0]
    assert explore(process, {}).sound
    compiled = compile_process("leave", {"leave": data})
    for walk in range(4):
        assert walked(compiled, random.Random(walk)) == "completed"


def test_a_run_to_a_fault_ends_in_the_same_place_on_the_engine():
    seen: Counter[str] = Counter()
    for seed in range(1000, 1400):
        data = drawn(seed, slips=0.3)
        process = processes_of("leave", parse(data))[0]
        answer = explore(process, {})
        compiled = compile_process("leave", {"leave": data})
        sources = {flow.id: flow.source.id for flow in process.flows.values()}
        for problem in answer.problems:
            seen[problem.rule] += 1
            case = None if problem.rule in ("S03", "S04") else replayed(compiled, problem, sources)
            if problem.rule == "S01" and case:
                assert (case.open_steps(), case.open_timers(), case.outcome) == ([], [], None)
            if problem.rule == "S06" and case and problem.node.kind == "userTask":
                paths = [bare(step.path) for step in case.open_steps()]
                assert paths.count(problem.node.id) == 2
        if answer.sound:
            assert walked(compiled, random.Random(seed)) == "completed"
    assert min(seen[rule] for rule in ("S01", "S03", "S06")) >= 5, seen
