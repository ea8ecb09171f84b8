"""How the engine refuses. `code` is the contract; `facts` never hold a name or an ID number."""

from __future__ import annotations


class WorkflowError(Exception):
    """The engine refuses; nothing was changed."""

    code = "workflow"

    def __init__(self, **facts: object) -> None:
        super().__init__(f"{self.__doc__} {facts}")
        self.facts = facts


class CaseNotFound(WorkflowError):
    """There is no such case, or it is not the caller's to know."""

    code = "case.not_found"


class CaseClosed(WorkflowError):
    """The case has ended."""

    code = "case.closed"


class OpenCaseExists(WorkflowError):
    """The student has another open case."""

    code = "case.open_exists"


class WithdrawalNotAllowed(WorkflowError):
    """Only the side that started a case may withdraw it."""

    code = "case.withdrawal_not_allowed"


class StartNotAllowed(WorkflowError):
    """This office may not start this process."""

    code = "case.start_not_allowed"


class ProcessNotFound(WorkflowError):
    """No released version of this process is in force."""

    code = "process.not_found"


class TaskNotFound(WorkflowError):
    """There is no such task, or it belongs to another office."""

    code = "task.not_found"


class TaskAlreadyDecided(WorkflowError):
    """Somebody decided this task first."""

    code = "task.already_decided"


class TaskClaimed(WorkflowError):
    """A colleague holds this task."""

    code = "task.claimed"


class NotYourRole(WorkflowError):
    """The task is for the other role of this office."""

    code = "task.not_your_role"


class SamePerson(WorkflowError):
    """Who prepared a decision may not take it."""

    code = "task.same_person"


class DecisionNotOffered(WorkflowError):
    """The task does not offer this decision or this reason."""

    code = "task.decision_not_offered"


class StepFailed(WorkflowError):
    """A step failed half-way; it is rolled back and becomes an incident."""

    code = "step.failed"


class EffectFailed(StepFailed):
    """An effect could not be done."""

    code = "step.effect_failed"


class Stuck(StepFailed):
    """The diagram came to rest with nothing to wait for and no end."""

    code = "step.stuck"


class StaleCase(StepFailed):
    """The case changed although it was locked."""

    code = "step.stale"


class OfficeUnknown(StepFailed):
    """A lane of the diagram resolves to no organisation for this case."""

    code = "case.office_unknown"


class DefinitionRefused(WorkflowError):
    """The diagram has errors; it was not published."""

    code = "definition.refused"
