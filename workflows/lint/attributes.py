"""Values of our own attributes: deadlines, reminders, effects, outcomes, withdrawal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from workflows.diagram import Node
from workflows.expressions import Refused, parse_duration
from workflows.lint.catalogue import RESERVED_LANES
from workflows.lint.context import Context
from workflows.lint.events import deadline
from workflows.lint.finding import Finding
from workflows.lint.names import listed
from workflows.lint.people import HUMAN

OUTCOMES = ("completed", "refused", "terminated")
_WORDS = {
    "clock": ("pause", "run"),
    "caseStatus": ("in_review", "returned", "awaiting_arrival"),
    "lock": ("record", "none"),
}
_DECISION = re.compile(r"[a-z][a-z_]{0,29}")
_DAYS = re.compile(r"[1-9][0-9]{0,3}( [1-9][0-9]{0,3}){0,9}")


def check(context: Context) -> Iterator[Finding]:
    yield from _of_process(context)
    for node in context.process.nodes.values():
        for name, words in _WORDS.items():
            yield from _one_of(context, node, name, words)
        if "deadline" in node.attributes:
            yield from deadline(context, node, node.attributes["deadline"])
    for node in context.of_kind(*HUMAN):
        yield from _human(context, node)
    for node in context.of_kind("serviceTask"):
        effect = node.attributes.get("effect", "")
        if effect not in context.catalogue.effects:
            yield context.at("L29", node, x=effect, names=listed(context.catalogue.effects))
    for node in context.of_kind("businessRuleTask"):
        table = node.attributes.get("decisionTable", "")
        if table not in context.catalogue.tables:
            yield context.at("L31", node, x=table)
    for node in context.of_kind("endEvent"):
        yield from _outcome(context, node)


def _one_of(context: Context, node: Node, name: str, words: Iterable[str]) -> Iterator[Finding]:
    value = node.attributes.get(name)
    if value is not None and value not in words:
        yield context.at("L53", node, attribute=name, x=value, names=listed(words))


def _of_process(context: Context) -> Iterator[Finding]:
    process = context.process
    lanes = process.lanes.keys()
    for name in ("startedBy", "withdrawBy"):
        for lane in process.attributes.get(name, "").split():
            if lane not in lanes:
                yield context.here("L53", attribute=name, x=lane, names=listed(lanes))
    lock = process.attributes.get("lock")
    if lock is not None and lock not in _WORDS["lock"]:
        yield context.here("L53", attribute="lock", x=lock, names=listed(_WORDS["lock"]))
    until = process.attributes.get("withdrawUntil")
    if until is not None and until not in process.nodes and until not in lanes:
        yield context.here("L38", x=until)


def _human(context: Context, node: Node) -> Iterator[Finding]:
    decisions = node.attributes.get("decisions", "").split()
    odd = [word for word in decisions if not _DECISION.fullmatch(word)]
    if odd or len(set(decisions)) < len(decisions) or (node.kind == "userTask" and not decisions):
        yield context.at(
            "L53",
            node,
            attribute="decisions",
            x=" ".join(decisions),
            names="approve refuse return 等不重复的英文小写词",
        )
    offices = {**context.catalogue.lanes, **RESERVED_LANES}
    for name in node.attributes.get("overdueTo", "").split():
        if name not in offices:
            yield context.at("L53", node, attribute="overdueTo", x=name, names=listed(offices))
    tasks = [task.id for task in context.of_kind("userTask") if task is not node]
    for name in node.attributes.get("notSameAs", "").split():
        if name not in tasks:
            yield context.at("L53", node, attribute="notSameAs", x=name, names=listed(tasks))
    yield from _clock(context, node)


def _clock(context: Context, node: Node) -> Iterator[Finding]:
    """Every step that waits for a person has a deadline and reminders within it."""
    if "deadline" not in node.attributes:
        if _wants_deadline(context, node):
            yield context.at("L43", node)
        return
    reminders = node.attributes.get("reminders", "")
    days = _days(context, node.attributes["deadline"])
    if reminders and not _DAYS.fullmatch(reminders):
        yield context.at("L53", node, attribute="reminders", x=reminders, names="5 8 10 这样的天数")
    elif reminders:
        last = max(int(day) for day in reminders.split())
        if days is not None and last > days:
            yield context.at("L44", node, a=last, b=days)
    elif days is None or days >= 5:
        yield context.at("L44/none", node)


def _wants_deadline(context: Context, node: Node) -> bool:
    """A step inside a review may leave the clock to the box; the box may leave it to its steps."""
    if node.kind == "userTask":
        return not context.is_part
    called = context.processes.get(node.called)
    steps = called.nodes.values() if called else ()
    return any(step.kind == "userTask" and "deadline" not in step.attributes for step in steps)


def _days(context: Context, source: str) -> int | None:
    """Days of a deadline, where the diagram or the catalogue tells; calendar months have no fixed number."""
    try:
        duration = parse_duration(source)
    except Refused:
        return None
    if duration.unit not in ("days", "working_days"):
        return None
    amount = context.catalogue.policies.get(duration.policy) if duration.policy else duration.amount
    return amount if isinstance(amount, int) and not isinstance(amount, bool) else None


def _outcome(context: Context, node: Node) -> Iterator[Finding]:
    """Every end of a case says how it ended; the ends of a called process need not."""
    outcome = node.attributes.get("outcome")
    if outcome is None and (context.is_part or node.parent is not None or node.event == "error"):
        return
    if outcome not in OUTCOMES:
        yield context.at("L33", node)
