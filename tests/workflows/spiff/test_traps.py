"""The library's traps that shaped the engine core, pinned.

Each test says what SpiffWorkflow 3.2.0 does by itself. When an upgrade makes
one fail, look up what the engine core does about it: perhaps it may go.
"""

from __future__ import annotations

import inspect
import logging
from typing import Any

import pytest
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState


def a_case(nodes: str, flows: str, **data: object) -> BpmnWorkflow:
    """A case of the library alone. `flows` are `a>b`, or `a>b:condition`, split by spaces."""
    drawn = []
    for flow in flows.split():
        ends, _, condition = flow.partition(":")
        source, target = ends.split(">")
        inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
        name = ends.replace(">", "__")
        drawn.append(
            f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'
        )
    parser = BpmnParser()
    parser.add_bpmn_xml(
        etree.fromstring(
            '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><message id="m" name="stop"/>'
            f'<process id="p" isExecutable="true"><startEvent id="s"/>{nodes}{"".join(drawn)}'
            '<endEvent id="e"/></process></definitions>'
        )
    )
    case = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
    case.task_tree.data = data
    case.do_engine_steps()
    return case


def open_steps(case: BpmnWorkflow) -> list[str]:
    ready = case.get_tasks(state=TaskState.READY, manual=True)
    return sorted(task.task_spec.name for task in ready)


def complete(case: BpmnWorkflow, name: str, **data: object) -> Any:
    task = case.get_next_task(state=TaskState.READY, spec_name=name)
    task.set_data(**data)
    task.run()
    case.do_engine_steps()
    return task


TWINS = """<exclusiveGateway id="again"/><parallelGateway id="split"/><userTask id="a"/><userTask id="b"/>
<parallelGateway id="met"/><userTask id="check"/><exclusiveGateway id="x" default="x__e"/>"""
TWIN_FLOWS = "s>again again>split split>a split>b a>met b>met met>check check>x x>again:more x>e"


def test_a_join_in_a_loop_fires_too_early() -> None:
    """B4: arrivals of the last round count again. Ours consumes them (`specs.ParallelGateway`)."""
    case = a_case(TWINS, TWIN_FLOWS)
    complete(case, "a")
    complete(case, "b")
    complete(case, "check", more=True)
    complete(case, "b")
    assert open_steps(case) == ["a", "check"]


def test_a_join_loses_the_change_of_a_branch() -> None:
    """B6: the other branch's old copy wins. Ours merges three ways (`specs.merged`)."""
    case = a_case(TWINS, TWIN_FLOWS, v=0)
    complete(case, "a", v=1)
    complete(case, "b")
    assert case.get_next_task(state=TaskState.READY, spec_name="check").data["v"] == 0


EVENT_SUBPROCESS = """<userTask id="review"/><subProcess id="withdrawal" triggeredByEvent="true">
<startEvent id="asked" isInterrupting="true"><messageEventDefinition messageRef="m"/></startEvent>
<userTask id="confirm"/><endEvent id="withdrawn"/>
<sequenceFlow id="asked__confirm" sourceRef="asked" targetRef="confirm"/>
<sequenceFlow id="confirm__withdrawn" sourceRef="confirm" targetRef="withdrawn"/></subProcess>"""


def test_an_event_subprocess_interrupts_nothing_and_changes_the_spec() -> None:
    """B1, B2: refused by `elements.read_process`; withdrawal is a verb of the engine."""
    case = a_case(EVENT_SUBPROCESS, "s>review review>e")
    shared = len(case.spec.start.outputs)
    case.send_event(BpmnEvent(MessageEventDefinition("stop")))
    case.do_engine_steps()
    assert open_steps(case) == ["confirm", "review"]
    assert len(case.spec.start.outputs) == shared + 1


def test_a_completed_task_may_be_run_again() -> None:
    """`Execution.complete` looks at the state first."""
    case = a_case('<userTask id="a"/><userTask id="b"/>', "s>a a>b b>e")
    done = complete(case, "a")
    assert done.state == TaskState.COMPLETED
    assert done.run() is True


def test_a_deep_history_hides_its_open_tasks() -> None:
    """B9: searches stop at this depth without a word. Ours prunes (`prune`)."""
    assert inspect.signature(BpmnTaskIterator.__init__).parameters["max_depth"].default == 1000


def test_history_grows_with_every_step() -> None:
    """B9: hence one stored state for ever larger (2.2)."""
    loop = '<exclusiveGateway id="x"/><userTask id="a"/><exclusiveGateway id="y" default="y__e"/>'
    case = a_case(loop, "s>x x>a a>y y>x:more y>e")
    sizes = []
    for _ in range(5):
        complete(case, "a", more=True)
        sizes.append(len(case.tasks))
    assert sizes == sorted(set(sizes))


def test_a_fired_event_waits_for_the_next_call() -> None:
    """1.1: `Execution` runs on until nothing automatic is ready."""
    timer = "<timerEventDefinition><timeDate>when</timeDate></timerEventDefinition>"
    nodes = f'<userTask id="a"/><boundaryEvent id="late" attachedToRef="a">{timer}</boundaryEvent>'
    case = a_case(f'{nodes}<userTask id="b"/>', "s>a a>e late>b b>e", when="2999-01-01T00:00:00")
    waiting = case.get_next_task(state=TaskState.WAITING, spec_name="late")
    waiting.internal_data["event_value"] = "2000-01-01T00:00:00"
    case.do_engine_steps()
    assert open_steps(case) == ["a"]
    case.do_engine_steps()
    assert open_steps(case) == ["b"]


def test_nested_data_is_shared_with_history() -> None:
    """B12: hence routing variables are words and numbers (`questions.routing_data`)."""
    case = a_case('<userTask id="a"/><userTask id="b"/>', "s>a a>b b>e", pupil={"school": {"code": 1}})
    done = complete(case, "a")
    later = case.get_next_task(state=TaskState.READY, spec_name="b")
    later.data["pupil"]["school"]["code"] = 2
    assert done.data["pupil"]["school"]["code"] == 2


def test_a_key_called_typename_is_not_restored() -> None:
    """B13: the library's serializer is not used (`state`)."""
    serializer = BpmnWorkflowSerializer()
    stored = serializer.serialize_json(a_case('<userTask id="a"/>', "s>a a>e", typename="x"))
    with pytest.raises(Exception):  # noqa: B017 - it is not any error in particular
        serializer.deserialize_json(stored)


def test_the_default_script_environment_reaches_the_system() -> None:
    """1.4: `questions.Questions` stands where the script engine would."""
    assert TaskDataEnvironment().evaluate("__import__('os').getpid()", {}) > 0


def test_a_refusal_that_nobody_catches_just_stops() -> None:
    """Ours raises `ErrorNotCaught`."""
    case = a_case('<userTask id="a"/><endEvent id="bad"><errorEventDefinition/></endEvent>', "s>a a>bad")
    complete(case, "a")
    assert case.is_completed()
    assert len(case.get_events()) == 1


def test_every_transition_writes_a_log_line(caplog: pytest.LogCaptureFixture) -> None:
    """2.3: one reason why `lean.LeanTask` has its own `_set_state`."""
    with caplog.at_level(logging.INFO, logger="spiff.task"):
        a_case('<userTask id="a"/>', "s>a a>e")
    assert caplog.records
