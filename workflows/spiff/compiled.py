"""A definition, parsed once: what is drawn, and the library's specs that run it."""

# The library carries no types.
# mypy: allow-untyped-calls

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from lxml import etree
from SpiffWorkflow.exceptions import SpiffWorkflowException

from workflows.spiff.elements import Drawn, Element, read_process
from workflows.spiff.errors import NotRunnable
from workflows.spiff.parser import Parser
from workflows.untrusted import DMN, parse

MOST_CALLS = 5
"""How deep processes may call each other."""


@dataclass(frozen=True, eq=False)
class Compiled:
    """One definition ready to run. Shared by all its cases and all threads, so read-only.

    `hash` is over every file handed in; a state carries it and is refused by any other.
    """

    key: str
    hash: str
    attributes: Mapping[str, str]
    lanes: Mapping[str, str]
    elements: Mapping[tuple[str, str], Element]
    called: tuple[str, ...]
    top: Any = field(repr=False)
    """The library's spec of the process itself."""
    inner: Mapping[str, Any] = field(repr=False)
    """The library's specs of called processes and embedded subprocesses, by id."""
    drawn: Mapping[tuple[str, str], Element] = field(repr=False)
    """As `elements`, but by the spec that runs them: an embedded subprocess has its own."""

    @property
    def starter(self) -> str:
        """The lane of the side that files."""
        return self.attributes.get("startedBy", "")

    def element_of(self, task_spec: Any) -> Element:
        return self.drawn[task_spec._wf_spec.name, task_spec.bpmn_id]


def compile_process(key: str, files: Mapping[str, bytes]) -> Compiled:
    """Parse process `key` with all it calls; the same content is parsed once (the last 200 are kept).

    `files` holds BPMN by process key, and decision tables: they count in the hash, others
    evaluate them. Raises `FileRefused` (unsafe file) and `NotRunnable` (unsafe drawing).
    """
    if key not in files:
        raise NotRunnable(missing=key)
    return _compile(key, tuple(sorted(files.items())))


@lru_cache(maxsize=200)
def _compile(key: str, files: tuple[tuple[str, bytes], ...]) -> Compiled:
    roots = {name: parse(data) for name, data in files}
    bpmn = {name: root for name, root in roots.items() if etree.QName(root).namespace != DMN}
    drawn = {name: read_process(root, name) for name, root in bpmn.items()}
    if drawn[key].id != key:
        raise NotRunnable(file=key, process=drawn[key].id)
    processes = {process.id: process for process in drawn.values()}
    called = _called(key, processes)
    top, inner = _specs(key, bpmn)
    elements = {(name, e.id): e for name in (key, *called) for e in processes[name].elements.values()}
    return Compiled(
        key=key,
        hash=_hash(key, files),
        attributes=processes[key].attributes,
        lanes=processes[key].lanes,
        elements=MappingProxyType(elements),
        called=called,
        top=top,
        inner=MappingProxyType(inner),
        drawn=MappingProxyType(_by_spec(top, inner, processes)),
    )


def _hash(key: str, files: tuple[tuple[str, bytes], ...]) -> str:
    total = hashlib.sha256(key.encode())
    for name, data in files:
        total.update(name.encode() + b"\0" + hashlib.sha256(data).digest())
    return total.hexdigest()


def _called(key: str, processes: Mapping[str, Drawn]) -> tuple[str, ...]:
    """Everything `key` calls, directly or not. Raises `NotRunnable` for a gap or a circle."""
    found: dict[str, None] = {}

    def follow(name: str, callers: tuple[str, ...]) -> None:
        for callee in processes[name].called:
            if callee not in processes:
                raise NotRunnable(process=name, missing=callee)
            if callee in (*callers, name) or len(callers) >= MOST_CALLS:
                raise NotRunnable(process=name, calls=callee)
            found[callee] = None
            follow(callee, (*callers, name))

    follow(key, ())
    return tuple(found)


def _specs(key: str, roots: Mapping[str, etree._Element]) -> tuple[Any, dict[str, Any]]:
    parser = Parser()
    try:
        for name, root in roots.items():
            parser.add_bpmn_xml(root, name)
        top, inner = parser.get_spec(key), parser.get_subprocess_specs(key)
        for process in (top, *inner.values()):
            for task_spec in process.task_specs.values():
                task_spec.test()
        return top, inner
    except (SpiffWorkflowException, RecursionError) as error:
        raise NotRunnable(process=key, why=str(error)) from error


def _by_spec(
    top: Any, inner: Mapping[str, Any], processes: Mapping[str, Drawn]
) -> dict[tuple[str, str], Element]:
    found = {}
    for spec in (top, *inner.values()):
        owner = processes.get(spec.name) or next(p for p in processes.values() if spec.name in p.elements)
        for task_spec in spec.task_specs.values():
            if task_spec.bpmn_id is not None:
                found[spec.name, task_spec.bpmn_id] = owner.elements[task_spec.bpmn_id]
    return found
