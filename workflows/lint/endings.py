"""Does it come to an end? The exploration's answers as findings S01 to S09."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workflows.diagram import Node, Process
from workflows.lint.finding import Finding, finding
from workflows.lint.names import label
from workflows.soundness import Problem, Soundness, explore
from workflows.soundness.explore import MAX_STATES


@dataclass(frozen=True)
class Ending:
    """What the exploration of one process says."""

    findings: tuple[Finding, ...]
    soundness: Soundness | None = None


def endings(processes: Mapping[str, Process], faulty: frozenset[str], **limits: float) -> dict[str, Ending]:
    """Explore every process, called ones first.

    A process whose drawing has faults of its own (`faulty`), or calls one that has, is not explored.
    """
    done: dict[str, Ending] = {}
    for key in processes:
        _explore(key, processes, faulty, done, limits)
    return done


def _explore(
    key: str,
    processes: Mapping[str, Process],
    faulty: frozenset[str],
    done: dict[str, Ending],
    limits: Mapping[str, float],
) -> bool:
    """Whether the process comes to an end; `done` gets its findings."""
    if key in done:
        ending = done[key].soundness
        return ending is not None and ending.sound
    done[key] = Ending(())
    if key not in processes or key in faulty:
        return False
    process = processes[key]
    calls = [node for node in process.nodes.values() if node.kind == "callActivity"]
    unsound = [node for node in calls if not _explore(node.called, processes, faulty, done, limits)]
    if unsound:
        done[key] = Ending(
            tuple(_inside(process, node, done) for node in unsound if done[node.called].findings)
        )
        return False
    found = explore(process, processes, **limits)  # type: ignore[arg-type]
    done[key] = Ending(tuple(_findings(process, found)), found)
    return found.sound


def _inside(process: Process, node: Node, done: Mapping[str, Ending]) -> Finding:
    """S08: the called process has the problem; say it where it is called, too."""
    first = done[node.called].findings[0]
    return finding(process.file, "S08", node.id, node.kind, n=label(node), problem=first.message)


def _findings(process: Process, found: Soundness) -> list[Finding]:
    if found.why:
        rule = "F12" if found.why == "time" else "S09"
        return [finding(process.file, rule, process.id, "process", n=MAX_STATES)]
    return [_finding(process, problem) for problem in found.problems]


def _finding(process: Process, problem: Problem) -> Finding:
    node = problem.node
    facts = {
        key: label(value) if isinstance(value, Node) else value
        for key, value in {"n": label(node), **problem.facts}.items()
    }
    inner = finding(process.file, problem.rule, node.id, node.kind, **facts)
    if not problem.calls:
        return replace(inner, run=problem.run)
    box = process.nodes[problem.calls[0]]
    outer = finding(process.file, "S08", box.id, box.kind, n=label(box), problem=inner.message)
    return replace(outer, run=problem.run)
