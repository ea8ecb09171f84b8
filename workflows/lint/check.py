"""The lint: files in, findings out. One implementation for editor, command line and release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from workflows.diagram import Process
from workflows.lint import attributes, calls, conditions, events, flows, layout, people, structure, texts
from workflows.lint.catalogue import Catalogue
from workflows.lint.context import Context
from workflows.lint.endings import endings
from workflows.lint.files import Opened, is_table, opened
from workflows.lint.finding import Finding, finding

_CHECKS: tuple[Callable[[Context], Iterator[Finding]], ...] = (
    structure.check,
    events.check,
    flows.check,
    people.check,
    attributes.check,
    calls.check,
    conditions.check,
    texts.check,
    layout.check,
)


_EXPLORABLE = frozenset({"F14", "L08", "L13", "L17", "L19", "L24", "L25", "L26", "L28", "L29", "L33"})
_EXPLORABLE |= {"L37", "L38", "L40", "L45", "L47", "L53", "L56", "L57"}
"""Errors about words and values. Any other error spoils the drawing: its states would mean nothing."""


def lint(
    files: Mapping[str, bytes], catalogue: Catalogue, *, called: Mapping[str, bytes] | None = None
) -> list[Finding]:
    """All findings in `files` (name to content), errors first within each file.

    Called processes are looked for among the files given, then among `called`
    (such as those shipped), which get no findings themselves. Never raises for
    what a file holds.
    """
    given = [opened(name, data) for name, data in files.items()]
    keys = {process.id for file in given for process in file.processes}
    others = [opened(name, data) for name, data in (called or {}).items()]
    others = [file for file in others if not keys & {process.id for process in file.processes}]
    read = given + others
    processes = {process.id: process for file in read for process in file.processes}
    _name_twins(given)
    judged = {id(file): file.findings + _of_file(file, processes, catalogue) for file in read}
    faulty = frozenset(
        process.id
        for file in read
        for process in file.processes
        if any(each.severity == "error" and each.rule not in _EXPLORABLE for each in judged[id(file)])
    )
    ends = endings(processes, faulty)
    found: list[Finding] = []
    for file in given:
        more = (ends[process.id].findings for process in file.processes if processes[process.id] is process)
        findings = dict.fromkeys(chain(judged[id(file)], *more))
        found.extend(sorted(findings, key=lambda each: each.severity != "error"))
    return found


def _name_twins(files: list[Opened]) -> None:
    """Two files with the same process: nobody could say which one is called."""
    count = Counter(process.id for file in files for process in file.processes)
    for file in files:
        for process in file.processes:
            if count[process.id] > 1:
                file.findings.append(
                    finding(file.name, "F05", process.id, "process", x=process.id, n=count[process.id])
                )


def _of_file(file: Opened, processes: Mapping[str, Process], catalogue: Catalogue) -> list[Finding]:
    if file.root is None or is_table(file.root):
        return []
    found: list[Finding] = []
    for process in file.processes:
        context = Context(process, file.root, processes, catalogue, frozenset())
        large = list(structure.too_large(context))
        for check in () if large else _CHECKS:
            found.extend(check(context))
        found.extend(large)
    return found
