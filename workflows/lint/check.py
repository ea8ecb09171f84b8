"""The lint: files in, findings out. One implementation for editor, command line and release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from workflows.diagram import Process
from workflows.lint import attributes, calls, conditions, events, flows, layout, people, structure, texts
from workflows.lint.catalogue import Catalogue
from workflows.lint.context import Context
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


def lint(files: Mapping[str, bytes], catalogue: Catalogue) -> list[Finding]:
    """All findings in `files` (name to content), errors first within each file.

    Called processes and decision tables are looked up among the files given.
    Never raises for what a file holds.
    """
    read = [opened(name, data) for name, data in files.items()]
    processes = {process.id: process for file in read for process in file.processes}
    found = []
    for file in read:
        findings = file.findings + _of_file(file, processes, catalogue)
        found.extend(sorted(dict.fromkeys(findings), key=lambda each: each.severity != "error"))
    return found


def _of_file(file: Opened, processes: Mapping[str, Process], catalogue: Catalogue) -> list[Finding]:
    if file.root is None or is_table(file.root):
        return []
    found: list[Finding] = []
    for process in file.processes:
        context = Context(process, file.root, processes, catalogue, frozenset())
        for check in _CHECKS:
            found.extend(check(context))
    return found


def counted(findings: list[Finding]) -> Counter[str]:
    return Counter(each.severity for each in findings)
