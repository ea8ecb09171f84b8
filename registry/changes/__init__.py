"""Changes at one school (学籍变动): what may be asked for in which status, and which offices decide it."""

from __future__ import annotations

from registry.changes.checking import Check, check, first_obstacle
from registry.changes.demands import (
    Demands,
    for_stage,
    may,
    no_open_case,
    no_problem_record,
    not_in_term,
    open_now,
)
from registry.changes.facts import Facts

__all__ = [
    "Check",
    "Demands",
    "Facts",
    "check",
    "first_obstacle",
    "for_stage",
    "may",
    "no_open_case",
    "no_problem_record",
    "not_in_term",
    "open_now",
]
