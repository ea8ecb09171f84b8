"""The library's parser, taught our attributes, our specs and lane ids; nothing else parses.

No script engine of the library ever sees an expression, and no element that
could carry code is in the table of parsers.
"""

# The library carries no types.
# mypy: allow-untyped-calls

from __future__ import annotations

from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EndEventParser,
    IntermediateCatchEventParser,
    IntermediateThrowEventParser,
    StartEventParser,
)
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import (
    CallActivityParser,
    ConditionalGatewayParser,
    GatewayParser,
    SubWorkflowParser,
)
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs import defaults

from workflows.spiff import specs
from workflows.spiff.elements import lanes_of_nodes, own_attributes
from workflows.spiff.errors import NotRunnable


class _OwnAttributes:
    """Reads our attributes of an element into `task_spec.extensions`."""

    node: Any

    def parse_extensions(self, node: Any = None) -> dict[str, str]:
        return own_attributes(self.node if node is None else node)


class _OwnTimers(_OwnAttributes):
    def parse_timer_event(self, event: Any) -> specs.Timer:
        for name in ("timeDuration", "timeDate"):
            text = event.findtext(full_tag(name))
            if text:
                return specs.Timer(self.node.get("id"), text.strip())
        raise NotRunnable(element=self.node.get("id"), missing="timeDuration")


class _Task(_OwnAttributes, TaskParser):
    pass


class _Gateway(_OwnAttributes, GatewayParser):
    pass


class _Choice(_OwnAttributes, ConditionalGatewayParser):
    pass


class _CallActivity(_OwnAttributes, CallActivityParser):
    pass


class _SubProcess(_OwnAttributes, SubWorkflowParser):
    pass


class _Start(_OwnAttributes, StartEventParser):
    pass


class _End(_OwnAttributes, EndEventParser):
    pass


class _Throw(_OwnAttributes, IntermediateThrowEventParser):
    pass


class _Catch(_OwnTimers, IntermediateCatchEventParser):
    pass


class _Boundary(_OwnTimers, BoundaryEventParser):
    pass


class _Process(ProcessParser):
    def create_spec(self) -> specs.ProcessSpec:
        return specs.ProcessSpec(self.bpmn_id, self.get_name(), self.filename)


class Parser(BpmnParser):
    """One parser for one definition: add each file's checked tree, then ask for specs."""

    PROCESS_PARSER_CLASS = _Process
    PARSER_CLASSES = {  # noqa: RUF012 - the library's
        full_tag("startEvent"): (_Start, defaults.StartEvent),
        full_tag("endEvent"): (_End, specs.EndEvent),
        full_tag("boundaryEvent"): (_Boundary, defaults.BoundaryEvent),
        full_tag("intermediateCatchEvent"): (_Catch, defaults.IntermediateCatchEvent),
        full_tag("intermediateThrowEvent"): (_Throw, defaults.IntermediateThrowEvent),
        full_tag("userTask"): (_Task, defaults.UserTask),
        full_tag("manualTask"): (_Task, defaults.ManualTask),
        full_tag("serviceTask"): (_Task, specs.ServiceTask),
        full_tag("businessRuleTask"): (_Task, specs.BusinessRuleTask),
        full_tag("callActivity"): (_CallActivity, defaults.CallActivity),
        full_tag("subProcess"): (_SubProcess, defaults.SubWorkflowTask),
        full_tag("exclusiveGateway"): (_Choice, specs.ExclusiveGateway),
        full_tag("parallelGateway"): (_Gateway, specs.ParallelGateway),
    }

    def get_document_lanes(self, root: etree._Element) -> dict[str, str]:
        return lanes_of_nodes(root)
