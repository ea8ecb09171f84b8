"""Compiling a definition: what is read from the drawing, and what is refused before it can run."""

from __future__ import annotations

import pytest

from tests.workflows.spiff.environment import HERE, Driver, a_definition
from workflows.spiff import NotRunnable, compile_process
from workflows.untrusted import FileRefused

TABLE = b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="t" name="t" namespace="n"/>'


def source(key: str) -> bytes:
    return (HERE / f"{key}.bpmn").read_bytes()


def drawn(nodes: str) -> dict[str, bytes]:
    """A process `p` with `nodes` between its start and its end."""
    return {
        "p": f"""<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
            xmlns:jisui="urn:jisui:bpmn:1" xmlns:other="urn:other" id="d" targetNamespace="n">
            <bpmn:process id="p" isExecutable="true">
            <bpmn:startEvent id="s"/><bpmn:sequenceFlow id="s__n" sourceRef="s" targetRef="n"/>
            {nodes}
            <bpmn:sequenceFlow id="n__e" sourceRef="n" targetRef="e"/><bpmn:endEvent id="e"/>
            </bpmn:process></bpmn:definitions>""".encode()
    }


def test_elements_carry_what_is_drawn() -> None:
    compiled = a_definition("moving", "review")
    box = compiled.elements["moving", "school_review"]
    assert (box.kind, box.name, box.lane, box.process) == (
        "callActivity",
        "school review",
        "school",
        "moving",
    )
    assert box.attributes == {"deadline": "working_days(10)"}
    assert compiled.elements["review", "decide"].attributes["notSameAs"] == "prepare"
    assert compiled.elements["moving", "moved"].attributes == {"outcome": "completed"}


def test_a_definition_carries_what_is_said_of_the_process() -> None:
    compiled = a_definition("moving", "review")
    assert compiled.attributes == {"startedBy": "school", "withdrawBy": "school"}
    assert compiled.lanes == {"school": "school office", "authority": "authority office"}
    assert compiled.called == ("review",)


def test_lanes_are_known_by_id_not_by_name() -> None:
    """The library gives the name, which people may reword."""
    compiled = a_definition("moving", "review")
    assert compiled.top.task_specs["confirm_arrival"].lane == "school"
    assert compiled.inner["review"].task_specs["correct"].lane == "starter"


def test_nobody_can_change_a_definition_by_its_face() -> None:
    compiled = a_definition("twins")
    with pytest.raises(TypeError):
        compiled.elements["twins", "left"].attributes["role"] = "leader"  # type: ignore[index]


def test_the_same_content_is_compiled_once() -> None:
    assert a_definition("moving", "review") is a_definition("moving", "review")


def test_any_changed_file_is_another_definition() -> None:
    files = {"moving": source("moving"), "review": source("review")}
    first = compile_process("moving", files)
    others = [
        compile_process(
            "moving", {**files, "review": files["review"].replace(b'"decide" name', b'"decide"  name')}
        ),
        compile_process("moving", {**files, "table": TABLE}),
    ]
    assert len({first.hash, *(other.hash for other in others)}) == 3


def test_running_a_case_leaves_the_shared_specs_alone() -> None:
    """An event subprocess of the library changes them for every later case."""

    def shape() -> dict[str, tuple[list[str], list[str]]]:
        specs = [compiled.top, *compiled.inner.values()]
        return {f"{s.name} {n}": (t._inputs, t._outputs) for s in specs for n, t in s.task_specs.items()}

    compiled = a_definition("outing", "moving", "review")
    before = {name: (inputs[:], outputs[:]) for name, (inputs, outputs) in shape().items()}
    case = Driver(compiled)
    case.complete("trip.school_review.prepare", "return", returned_by="registrar")
    case.complete("trip.school_review.correct", "resubmit")
    case.complete("packing.food", "drop")
    case.complete("packing.clothes", "keep")
    assert shape() == before


@pytest.mark.parametrize(
    "node",
    [
        '<bpmn:scriptTask id="n"><bpmn:script>1</bpmn:script></bpmn:scriptTask>',
        '<bpmn:task id="n"/>',
        '<bpmn:inclusiveGateway id="n"/>',
        '<bpmn:complexGateway id="n"/>',
        '<bpmn:eventBasedGateway id="n"/>',
        '<bpmn:sendTask id="n"/>',
        '<bpmn:serviceTask id="n"/>',
        '<bpmn:businessRuleTask id="n"/>',
        '<bpmn:subProcess id="n" triggeredByEvent="true"><bpmn:startEvent id="i"/></bpmn:subProcess>',
        '<bpmn:userTask id="n" isForCompensation="true"/>',
        '<bpmn:userTask id="n"><bpmn:multiInstanceLoopCharacteristics/></bpmn:userTask>',
        '<bpmn:userTask id="n"><bpmn:standardLoopCharacteristics/></bpmn:userTask>',
        '<bpmn:intermediateCatchEvent id="n"><bpmn:messageEventDefinition/></bpmn:intermediateCatchEvent>',
        '<bpmn:intermediateThrowEvent id="n"><bpmn:linkEventDefinition/></bpmn:intermediateThrowEvent>',
        '<bpmn:intermediateCatchEvent id="n"><bpmn:timerEventDefinition>'
        "<bpmn:timeCycle>R3/P1D</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>",
        '<bpmn:userTask id="n"/><bpmn:boundaryEvent id="b" attachedToRef="n"/>',
        '<bpmn:callActivity id="n" calledElement="elsewhere"/>',
        '<bpmn:callActivity id="n" calledElement="p"/>',
        '<bpmn:userTask id="n"/><bpmn:sequenceFlow id="x" sourceRef="n" targetRef="nowhere"/>',
    ],
)
def test_what_the_library_would_misread_is_refused(node: str) -> None:
    with pytest.raises(NotRunnable):
        compile_process("p", drawn(node))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<?xml", b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><?xml'),
        (b"</bpmn:process>", b""),
        (b'id="left"', b'id="right"'),
    ],
    ids=["entity", "broken", "same id twice"],
)
def test_an_unsafe_file_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises((FileRefused, NotRunnable)):
        compile_process("twins", {"twins": source("twins").replace(old, new)})


def test_content_of_other_tools_is_not_read() -> None:
    script = "<bpmn:extensionElements><other:preScript>boom()</other:preScript></bpmn:extensionElements>"
    compiled = compile_process("p", drawn(f'<bpmn:userTask id="n" other:role="x">{script}</bpmn:userTask>'))
    assert compiled.elements["p", "n"].attributes == {}


def test_the_file_holds_the_process_it_is_called_by() -> None:
    with pytest.raises(NotRunnable):
        compile_process("left", {"left": source("twins")})
    with pytest.raises(NotRunnable):
        compile_process("left", {})


def test_processes_that_call_each_other_are_refused() -> None:
    def calling(key: str, callee: str) -> bytes:
        node = f'<bpmn:callActivity id="n" calledElement="{callee}"/>'
        return drawn(node)["p"].replace(b'id="p"', f'id="{key}"'.encode())

    with pytest.raises(NotRunnable):
        compile_process("a", {"a": calling("a", "b"), "b": calling("b", "a")})


def test_a_long_process_compiles() -> None:
    steps = "".join(
        f'<bpmn:userTask id="t{i}"/><bpmn:sequenceFlow id="f{i}" sourceRef="t{i}" targetRef="t{i + 1}"/>'
        for i in range(299)
    )
    tail = '<bpmn:userTask id="t299"/><bpmn:sequenceFlow id="l" sourceRef="t299" targetRef="e"/>'
    files = drawn(f'<bpmn:userTask id="n"/>{steps}{tail}')
    files["p"] = files["p"].replace(b'sourceRef="n" targetRef="e"', b'sourceRef="n" targetRef="t0"')
    assert len(compile_process("p", files).elements) == 303
