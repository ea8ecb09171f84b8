"""The lint: files in, findings out. One implementation for editor, command line and release."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from workflows.diagram import Process
from workflows.lint import attributes, calls, conditions, events, flows, layout, people, structure, texts
from workflows.lint.catalogue import Catalogue
from workflows.lint.context import Context
from workflows.lint.endings import endings
from workflows.lint.files import Opened, is_table, opened
from workflows.lint.finding import Finding

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


def lint(files: Mapping[str, bytes], catalogue: Catalogue) -> list[Finding]:
    """All findings in `files` (name to content), errors first within each file.

    Called processes and decision tables are looked up among the files given.
    Never raises for what a file holds.
    """
    read = [opened(name, data) for name, data in files.items()]
    processes = {process.id: process for file in read for process in file.processes}
    judged = {file.name: file.findings + _of_file(file, processes, catalogue) for file in read}
    faulty = frozenset(
        process.id
        for file in read
        for process in file.processes
        if any(each.severity == "error" and each.rule not in _EXPLORABLE for each in judged[file.name])
    )
    for key, ending in endings(processes, faulty).items():
        if key in processes:
            judged[processes[key].file].extend(ending.findings)
    return [
        each
        for findings in judged.values()
        for each in sorted(dict.fromkeys(findings), key=lambda one: one.severity != "error")
    ]


def _of_file(file: Opened, processes: Mapping[str, Process], catalogue: Catalogue) -> list[Finding]:
    if file.root is None or is_table(file.root):
        return []
    found: list[Finding] = []
    for process in file.processes:
        context = Context(process, file.root, processes, catalogue, frozenset())
        for check in _CHECKS:
            found.extend(check(context))
    return found
