"""Findings as JSON for scripts and as text for a terminal."""

from __future__ import annotations

import json

from tests.workflows.lint.examples import changed, found
from workflows.lint.report import as_text, findings_as_json, has_errors

WRONG = found(changed("effect=move_record", "effect=burn", changed("form=leave", "form=leave clock=stop")))


def test_json_has_the_nine_members_the_editor_reads():
    members = ["file", "rule", "severity", "element", "kind", "message", "remedy", "fix", "run"]
    (first, second) = json.loads(json.dumps(findings_as_json(WRONG)))
    assert [list(first), list(second)] == [members, members]
    assert {first["rule"], second["rule"]} == {"L29", "L53"}


def test_text_says_where_what_and_how_many():
    text = as_text(WRONG)
    assert "错误 leave.bpmn L29 move · 没有叫“burn”的自动办理。" in text
    assert text.endswith("2 错 0 提醒")
    assert as_text([]) == "0 错 0 提醒"


def test_only_errors_stop_a_diagram():
    assert has_errors(WRONG)
    assert not has_errors(found(changed("basis=第一条\nxor", "\nxor")))
