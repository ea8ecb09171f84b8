"""What a diagram may name: the lists the lint compares against.

The engine knows no student and no school, so whoever assembles the product
(or a test) hands in these lists; the lint never looks anything up itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

RESERVED_LANES = {
    "desk": "办理单位（由上级流程的列决定）",
    "desk_authority": "办理单位的上一级主管部门",
    "starter": "发起单位",
}
ENGINE_VARIABLES = frozenset({"decision", "reason", "returned_by"})
CALLED_VARIABLES = frozenset({"desk", "starter"})


@dataclass(frozen=True)
class Catalogue:
    """The names in force. Empty lists allow nothing."""

    effects: frozenset[str] = frozenset()
    forms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Form key to the processes it belongs to."""
    lanes: Mapping[str, str] = field(default_factory=dict)
    """Office key to what people call it."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """Role to what people call it."""
    tables: frozenset[str] = frozenset()
    variables: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Process key to its routing variables; `decision`, `reason`, `returned_by`, and in called
    processes `desk` and `starter`, need not be listed."""
    reasons: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Reason code to the stages in which it is lawful."""
    policies: Mapping[str, object] = field(default_factory=dict)
    """Policy key to its national value; a whole number is compared with the reminders."""
