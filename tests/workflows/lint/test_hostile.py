"""Whatever a file holds, the lint ends quickly with findings, and what passes runs."""

from __future__ import annotations

import random
import time
from contextlib import suppress

import pytest
from lxml import etree

from tests.workflows.drawing import draw
from tests.workflows.lint.examples import CALLING, CATALOGUE, GOOD, REVIEW, changed, review
from workflows.errors import WorkflowError
from workflows.expressions import FUNCTIONS
from workflows.lint import Finding, lint
from workflows.spiff import compile_process

GOOD_FILE = draw(GOOD)
LAUGHS = b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def into(old: str, new: str, data: bytes = GOOD_FILE) -> bytes:
    assert old.encode() in data
    return data.replace(old.encode(), new.encode())


def in_process(more: str) -> bytes:
    return into("</bpmn:process>", more + "</bpmn:process>")


HOSTILE: dict[str, tuple[str, bytes]] = {
    "billion laughs": ("F03", LAUGHS + GOOD_FILE),
    "billion laughs in UTF-16": ("F01", (LAUGHS + GOOD_FILE).decode().encode("utf-16")),
    "processing instruction": ("F03", b"<?x y?>" + GOOD_FILE),
    "NUL": ("F01", into("核对", "\0")),
    "100,000 attributes": ("F02", in_process("<a " + " ".join(f'b{n}="1"' for n in range(100_000)) + "/>")),
    "depth": ("F04", in_process("<bpmn:subProcess>" * 50 + "</bpmn:subProcess>" * 50)),
    "huge": ("F02", GOOD_FILE + b" " * 2_000_000),
    "duplicate id": ("F05", into('id="done"', 'id="check"')),
    "quotes in an id": ("F01", into('id="done"', """id='a"] | //*["'""")),
    "nothing": ("F01", b""),
    "another language": ("F07", b"<html><body>hello</body></html>"),
    "no process": ("F07", draw("").replace(b"bpmn:process", b"bpmn:collaboration")),
    "two processes": ("F08", into("</bpmn:process>", '</bpmn:process><bpmn:process id="two"/>')),
    "choreography": ("F09", into("</bpmn:process>", '</bpmn:process><bpmn:choreography id="c"/>')),
    "points nowhere": ("F06", into('targetRef="check"', 'targetRef="nobody"')),
    "flow to a lane": ("F06", into('targetRef="check"', 'targetRef="school"')),
    "default of another step": ("F06", into('default="agreed__refused"', 'default="filed__check"')),
    "no id": ("F16", into(' id="check"', "")),
    "not a number": ("F16", into('x="50"', 'x="1e999"')),
    "script": (
        "L28",
        in_process('<bpmn:scriptTask id="s"><bpmn:script>import os</bpmn:script></bpmn:scriptTask>'),
    ),
    "import": ("F15", into("</bpmn:process>", '</bpmn:process><bpmn:import location="file:///etc/passwd"/>')),
    "XInclude": ("F13", in_process('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="x"/>')),
    "elements of ours": ("F15", in_process('<jisui:script id="x"/>')),
    "calls itself": ("L32", draw(changed("calledElement=office-review", "calledElement=leave", CALLING))),
    "flow to itself": (
        "L14",
        in_process('<bpmn:sequenceFlow id="f" sourceRef="agreed" targetRef="agreed"/>'),
    ),
    "effect with dots": ("L29", into('effect="move_record"', 'effect="os.system"')),
    "effect from a dictionary": ("L29", into('effect="move_record"', 'effect="__class__"')),
    "condition runs code": ("L26", into("decision == 'approve'", "__import__('os').system('id')")),
    "condition of a megabyte": ("L26", into("decision == 'approve'", "(" * 1_000_000)),
    "condition in two halves": ("F15", into("decision == 'approve'", "decision<bpmn:x/> == 'approve'")),
    "markup": ("F14", into("核对", "&lt;img src=x onerror=alert(1)&gt;")),
    "bidi": ("L56", into("核对", "核\u202e对")),
    "format string": ("L29", into('effect="move_record"', 'effect="{0.__class__}{n:>9999999999}"')),
}


@pytest.mark.parametrize(("rule", "data"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_end_in_a_finding_at_once(rule, data):
    started = time.process_time()
    findings = lint({"leave.bpmn": data, "office-review.bpmn": review()}, CATALOGUE)
    assert rule in {finding.rule for finding in findings if finding.file == "leave.bpmn"}
    assert time.process_time() - started < 1


def test_a_file_of_twenty_thousand_steps_is_judged_at_once():
    many = "".join(f'<bpmn:serviceTask id="s{n}"/>' for n in range(19_000))
    started = time.process_time()
    findings = lint({"leave.bpmn": in_process(many)}, CATALOGUE)
    assert {finding.rule for finding in findings} == {"L55"}
    assert time.process_time() - started < 2


def test_content_of_other_tools_is_a_warning_and_not_run():
    other = '<x:colour xmlns:x="urn:x">red</x:colour>'
    (one,) = lint({"leave.bpmn": in_process(other)}, CATALOGUE)
    assert (one.rule, one.severity) == ("F13", "warning")
    assert one.message == "有 1 处内容这里不认识，原样保留，不执行。"


def test_two_files_with_one_process_are_told_apart():
    findings = lint({"a.bpmn": GOOD_FILE, "b.bpmn": GOOD_FILE}, CATALOGUE)
    assert {(each.file, each.rule) for each in findings} == {("a.bpmn", "F05"), ("b.bpmn", "F05")}


# --- mutants ---

VALUES = (
    "",
    "x",
    "check",
    "agreed",
    "9" * 30,
    "true",
    "false",
    "None",
    "{n}",
    "'",
    "甲",
    "days(3)",
    "-1",
    "nan",
)
TAGS = (
    "task",
    "userTask",
    "endEvent",
    "startEvent",
    "parallelGateway",
    "subProcess",
    "boundaryEvent",
    "lane",
)


def mutant(data: bytes, chance: random.Random) -> bytes:
    """The file with one to three things dropped, doubled, renamed, moved or changed."""
    root = etree.fromstring(data)
    for _ in range(chance.randint(1, 3)):
        element = chance.choice([each for each in root.iter() if each is not root])
        parent = element.getparent()
        what = chance.choice(("drop", "double", "tag", "value", "remove", "move", "text"))
        if what == "drop" and parent is not None:
            parent.remove(element)
        elif what == "double" and parent is not None:
            parent.append(etree.fromstring(etree.tostring(element)))
        elif what == "tag":
            element.tag = element.tag.rpartition("}")[0] + "}" + chance.choice(TAGS)
        elif what in ("value", "remove") and element.attrib:
            name = chance.choice(list(element.attrib.keys()))
            if what == "remove":
                del element.attrib[name]
            else:
                element.set(name, chance.choice(VALUES))
        elif what == "move":
            with suppress(ValueError):  # lxml refuses to put an element into itself
                chance.choice(list(root.iter())).append(element)
        else:
            element.text = chance.choice(VALUES)
    return etree.tostring(root)


def errors(findings: list[Finding]) -> list[Finding]:
    return [each for each in findings if each.severity == "error"]


@pytest.mark.parametrize("seed", range(3))
def test_mutants_end_in_findings_or_run(seed):
    """Fifty mutants of each example: never another exception, and what has no error compiles."""
    chance = random.Random(seed)
    for text, key in ((GOOD, "leave"), (CALLING, "leave"), (REVIEW, "office-review")):
        original = draw(text, key=key)
        for _ in range(50):
            files = {"leave": draw(CALLING), "office-review": review()}
            files[key] = mutant(original, chance)
            started = time.process_time()
            findings = lint(files, CATALOGUE)
            assert time.process_time() - started < 1
            if not errors(findings):
                compile_process("leave", files)


@pytest.mark.parametrize("seed", range(4))
def test_noise_in_the_bytes_ends_in_findings(seed):
    chance = random.Random(seed)
    for _ in range(150):
        noisy = bytearray(GOOD_FILE)
        for _ in range(chance.randint(1, 8)):
            noisy[chance.randrange(len(noisy))] = chance.randrange(256)
        lint({"leave.bpmn": bytes(noisy)}, CATALOGUE)


def test_what_the_lint_passes_the_engine_takes():
    compile_process("leave", {"leave": draw(CALLING), "office-review": review()})
    with pytest.raises(WorkflowError):
        compile_process("leave", {"leave": HOSTILE["script"][1]})


def test_functions_are_six():
    assert sorted(FUNCTIONS) == ["abs", "ends_with", "len", "max", "min", "starts_with"]
