"""What a check gets: one process, the others it may call, and the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from workflows.diagram import Flow, Node, Process
from workflows.lint.catalogue import CALLED_VARIABLES, ENGINE_VARIABLES, RESERVED_LANES, Catalogue
from workflows.lint.finding import Finding, finding
from workflows.lint.names import flow_label, label
from workflows.untrusted import KNOWN_NAMESPACES, namespace_of


@dataclass(frozen=True)
class Context:
    """One process under the lint."""

    process: Process
    root: etree._Element
    """The whole file, content of other tools included."""
    processes: Mapping[str, Process]
    """All processes among the files, by key."""
    catalogue: Catalogue
    outputs: frozenset[str]
    """Names that decision tables among the files give a value."""

    def at(self, rule: str, node: Node, **facts: object) -> Finding:
        """A finding on a node; `{n}` is its label unless given."""
        return finding(self.process.file, rule, node.id, node.kind, **{"n": label(node), **facts})

    def on(self, rule: str, flow: Flow, **facts: object) -> Finding:
        """A finding on a flow."""
        return finding(self.process.file, rule, flow.id, "sequenceFlow", **{"n": flow_label(flow), **facts})

    def here(self, rule: str, **facts: object) -> Finding:
        """A finding on the process."""
        process = self.process
        return finding(
            process.file,
            rule,
            process.id,
            "process",
            **{"n": process.name or process.id, **facts},
        )

    @cached_property
    def is_part(self) -> bool:
        """Whether the process only ever runs inside another: it is called, or its lanes are its caller's."""
        if RESERVED_LANES.keys() & self.process.lanes.keys():
            return True
        return bool(self.callers)

    @cached_property
    def callers(self) -> list[Process]:
        return [
            process
            for process in self.processes.values()
            if any(node.called == self.process.id for node in process.nodes.values())
        ]

    @cached_property
    def variables(self) -> frozenset[str]:
        """The data an expression of this process may read."""
        known = self.catalogue.variables.get(self.process.id)
        if known is None and self.callers:
            given = [self.catalogue.variables.get(caller.id, frozenset()) for caller in self.callers]
            known = frozenset.intersection(*given)
        known = (known or frozenset()) | ENGINE_VARIABLES | self.outputs
        return known | CALLED_VARIABLES if self.is_part else known

    @cached_property
    def lane_names(self) -> dict[str, str]:
        """The offices a lane of this process may stand for."""
        return {**self.catalogue.lanes, **(RESERVED_LANES if self.is_part else {})}

    @cached_property
    def foreign_attributes(self) -> dict[str, frozenset[str]]:
        """Step id to the local names of the attributes other tools put on it."""
        found = {}
        for element in self.root.iter():
            names = [str(name) for name in element.attrib.keys()]  # noqa: SIM118 - .items() is quadratic
            others = [name for name in names if namespace_of(name) not in KNOWN_NAMESPACES | {""}]
            if others and element.get("id"):
                found[element.get("id", "")] = frozenset(name.rpartition("}")[2] for name in others)
        return found

    def of_kind(self, *kinds: str) -> list[Node]:
        return [node for node in self.process.nodes.values() if node.kind in kinds]
