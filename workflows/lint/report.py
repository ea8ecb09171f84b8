"""Findings for machines and for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from workflows.lint.finding import Finding

_SIGNS = {"error": "错误", "warning": "提醒"}


def findings_as_json(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """The array of `jisui process lint --json`; `fix` and `run` are lists, empty where there is none."""
    return [
        {
            "file": each.file,
            "rule": each.rule,
            "severity": each.severity,
            "element": each.element,
            "kind": each.kind,
            "message": each.message,
            "remedy": each.remedy,
            "fix": list(each.fix),
            "run": list(each.run),
        }
        for each in findings
    ]


def as_text(findings: Iterable[Finding]) -> str:
    """One line for each finding, its remedy and its run below; the count at the end."""
    lines: list[str] = []
    count = {"error": 0, "warning": 0}
    for each in findings:
        count[each.severity] += 1
        where = f" {each.element}" if each.element else ""
        lines.append(f"{_SIGNS[each.severity]} {each.file} {each.rule}{where} · {each.message}")
        lines.append(f"    {each.remedy}")
        if each.run:
            lines.append(f"    走法：{' → '.join(each.run)}")
    lines.append(f"{count['error']} 错 {count['warning']} 提醒")
    return "\n".join(lines)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether anything forbids sending the diagram to review."""
    return any(each.severity == "error" for each in findings)
