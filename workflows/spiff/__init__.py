"""The engine core: parse a definition, run one case of it, keep its state small.

The only package that imports SpiffWorkflow. It knows no database, no web and
no student; `workflows.execution` is the way in.
"""

from __future__ import annotations

from workflows.spiff.compiled import Compiled, compile_process
from workflows.spiff.elements import Element
from workflows.spiff.errors import (
    ConditionNotBoolean,
    EngineLimit,
    ErrorNotCaught,
    ExecutionBroken,
    ForeignState,
    NotRoutingData,
    NotRunnable,
    StepNotOpen,
    TimerNotOpen,
)
from workflows.spiff.execution import Execution, OpenStep, OpenTimer
from workflows.spiff.questions import Environment

__all__ = [
    "Compiled",
    "ConditionNotBoolean",
    "Element",
    "EngineLimit",
    "Environment",
    "ErrorNotCaught",
    "Execution",
    "ExecutionBroken",
    "ForeignState",
    "NotRoutingData",
    "NotRunnable",
    "OpenStep",
    "OpenTimer",
    "StepNotOpen",
    "TimerNotOpen",
    "compile_process",
]
