"""What each decision brings with it, beside reason and words."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from forms.members import Files

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
VERDICTS = ("good", "bad")
Pointer = Annotated[str, StringConstraints(pattern=r"^(/[A-Za-z0-9_~-]{1,60}){1,5}$")]


class StepFields(BaseModel):
    """A decision that brings nothing."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class ReturnedItem(StepFields):
    """One member of the application, or one file, that must be corrected, and why."""

    pointer: Pointer
    text: Words


class JudgingFields(StepFields):
    """What was found about each file, by its key: for the colleagues who decide next."""

    verdicts: Annotated[dict[UUID, Literal["good", "bad"]], Field(max_length=40)] | None = None


class ReturnFields(JudgingFields):
    """退回补正: everything is said once."""

    items: Annotated[list[ReturnedItem], Field(min_length=1, max_length=30)]


class ApproveFields(JudgingFields):
    """同意: the receiving school may name the class."""

    class_number: Annotated[int, Field(ge=1, le=60, strict=True)] | None = Field(default=None, alias="class")


class RefuseFields(JudgingFields):
    """不同意: how many places are free (R01), a file that proves another reason (R99)."""

    vacancies: Annotated[int, Field(ge=0, le=9999, strict=True)] | None = None
    evidence: Files | None = None


class ArrivedFields(StepFields):
    """The day on which the student reported at the new school; today if left out."""

    arrived_on: date | None = None


class ProposedFields(StepFields):
    """The school that the authority proposes to a child whom a full school refused."""

    school: Annotated[str, StringConstraints(pattern=r"^[0-9]{10}$")]


BY_DECISION: dict[str, type[StepFields]] = {
    "return": ReturnFields,
    "approve": ApproveFields,
    "refuse": RefuseFields,
    "arrived": ArrivedFields,
    "proposed": ProposedFields,
}


def model(decision: str) -> type[StepFields]:
    """The fields a decision brings."""
    return BY_DECISION.get(decision, StepFields)
