"""A finding: one thing wrong in one file, in words for the person who drew it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workflows.lint.rules import RULES, SEVERITY_OF

_LONG = {"names": 600, "problem": 200}
_BUTTON = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True)
class Finding:
    """One line of the findings drawer."""

    file: str
    rule: str
    severity: str  # error or warning
    element: str | None  # id, so that the editor can select it
    kind: str | None  # local name of the element
    message: str
    remedy: str
    fix: tuple[str, ...] = ()  # words of the buttons offered
    run: tuple[str, ...] = ()  # ids from the start to the bad state


def finding(
    file: str, rule: str, element: str | None = None, kind: str | None = None, /, **facts: object
) -> Finding:
    """Fill in the words of `rule`, such as L08 or, where a rule has several messages, `L48/long`."""
    message, remedy = RULES[rule]
    code = rule.partition("/")[0]
    advice = _filled(remedy, facts)
    return Finding(
        file=file,
        rule=code,
        severity="warning" if code in SEVERITY_OF["warning"] else "error",
        element=element,
        kind=kind,
        message=_filled(message, facts),
        remedy=advice.replace("**", ""),
        fix=tuple(_BUTTON.findall(advice)),
    )


def _filled(words: str, facts: dict[str, object]) -> str:
    """Facts come from the file: cut, and never read as a template themselves."""
    return words.format(**{key: _short(value, _LONG.get(key, 60)) for key, value in facts.items()})


def _short(value: object, most: int) -> str:
    text = f"{value:,}" if isinstance(value, int) else str(value)
    text = "".join(sign for sign in text if sign.isprintable())
    return text if len(text) <= most else text[: most - 1] + "…"
