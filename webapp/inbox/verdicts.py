"""清楚、有效 or 有问题: what an official found about each file. Colleagues see it with the opinion."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from forms.step_fields import VERDICTS
from workflows.model import DONE

FIELD = re.compile(r"verdict:([0-9a-f-]{36})")


@dataclass(frozen=True)
class Said:
    """Who found what about a file."""

    name: str
    verdict: str


def read(form: Mapping[str, str]) -> dict[str, object]:
    """The verdicts of a page, by file, as a field of the decision; none where nothing was judged."""
    found = {
        named[1]: verdict
        for name, verdict in form.items()
        if (named := FIELD.fullmatch(name)) and verdict in VERDICTS
    }
    return {"verdicts": found} if found else {}


def said(steps: Iterable[Row[Any]], office: str) -> dict[str, Said]:
    """The newest verdict of an office about each file. `steps`: of one case, oldest first."""
    found: dict[str, Said] = {}
    for step in steps:
        if step.office == office and step.status == DONE:
            verdicts = (step.fields or {}).get("verdicts") or {}
            found |= {file: Said(step.decided_by_name or "", verdict) for file, verdict in verdicts.items()}
    return found
