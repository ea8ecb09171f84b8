"""How the engine core refuses. The caller rolls its transaction back and drops the execution."""

from __future__ import annotations

from workflows.errors import WorkflowError


class NotRunnable(WorkflowError):
    """The diagram cannot be run; the lint says where and what to do instead."""

    code = "process.not_runnable"


class StepNotOpen(WorkflowError):
    """No open step has this id: it was completed, cancelled or never existed."""

    code = "step.not_open"


class TimerNotOpen(WorkflowError):
    """No timer with this id is waiting."""

    code = "timer.not_open"


class EngineLimit(WorkflowError):
    """One step ran too many automatic tasks or took too long: an endless loop."""

    code = "engine.limit"


class ForeignState(WorkflowError):
    """The stored state belongs to another definition, or to another form of the codec."""

    code = "engine.foreign_state"


class ErrorNotCaught(WorkflowError):
    """A process ended in an error that no boundary event catches."""

    code = "engine.error_not_caught"


class ConditionNotBoolean(WorkflowError):
    """A condition gave something other than true or false."""

    code = "engine.condition_not_boolean"


class NotRoutingData(WorkflowError):
    """A routing variable is a word, a number, true, false or nothing; records belong in tables."""

    code = "engine.not_routing_data"


class ExecutionBroken(WorkflowError):
    """An earlier failure left this execution half advanced; restore it from its stored state."""

    code = "engine.broken"
