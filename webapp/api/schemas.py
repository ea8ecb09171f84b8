"""The words of the public contract (docs: OpenAPI at /api/v1/openapi.json)."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(max_length=500)]
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Members = dict[str, Any]


def _no_null_byte(value: object) -> object:
    if isinstance(value, str) and any(
        ord(c) < 32 and c not in "\n\t" or 0xD800 <= ord(c) < 0xE000 for c in value
    ):
        raise ValueError("control characters are not text")
    return value


CleanText = Annotated[str, StringConstraints(max_length=500), BeforeValidator(_no_null_byte)]


class Strict(BaseModel):
    """A body that holds what it may hold, and nothing else."""

    model_config = ConfigDict(extra="forbid")


class Office(BaseModel):
    code: str = ""
    name: str = ""


class CertificateRef(BaseModel):
    number: str = ""
    kind: str = ""
    issued_at: Moment = ""


class StepOut(BaseModel):
    """One human task of a case."""

    element: str = ""
    name: str = ""
    office: Office = Field(default_factory=Office)
    role: str = ""
    status: Literal["open", "done", "cancelled"] = "open"
    opened_at: Moment = ""
    due_at: Moment | None = None
    decided_at: Moment | None = None
    decision: str | None = None
    reason_code: str | None = None
    opinion: str | None = None


class ViolationOut(BaseModel):
    code: str = ""
    message: str = ""
    basis: str = ""
    remedy: str = ""


class CaseOut(BaseModel):
    number: str = ""
    process: str = ""
    status: str = ""
    student_number: str | None = None
    tracking_url: str = ""
    steps: list[StepOut] = Field(default_factory=list)
    certificates: list[CertificateRef] = Field(default_factory=list)
    follows: str | None = None


class FiledOut(CaseOut):
    """A case just opened: the only time its tracking code is told."""

    tracking_code: str = ""
    warnings: list[ViolationOut] = Field(default_factory=list)


class TaskOut(BaseModel):
    id: UUID = UUID(int=0)
    case_number: str = ""
    process: str = ""
    element: str = ""
    name: str = ""
    office: Office = Field(default_factory=Office)
    role: str = ""
    student: dict[str, str | None] = Field(default_factory=dict)
    decisions: list[str] = Field(default_factory=list)
    reasons: list[str] = Field(default_factory=list)
    opened_at: Moment = ""
    due_at: Moment | None = None
    claimed_by: str | None = None


class StudentOut(BaseModel):
    student_number: str = ""
    name: str = ""
    status: str = ""
    flags: list[str] = Field(default_factory=list)
    school: Office = Field(default_factory=Office)
    stage: str = ""
    grade: int = 1
    class_: int | None = Field(default=None, alias="class", serialization_alias="class")
    open_case: str | None = None
    model_config = ConfigDict(populate_by_name=True)


class MovementOut(BaseModel):
    code: str = ""
    name: str = ""
    date: str = ""
    school: Office = Field(default_factory=Office)
    case_number: str | None = None


class Page(BaseModel):
    items: list[Any] = Field(default_factory=list)
    next: str | None = None


class TaskPage(Page):
    items: list[TaskOut] = Field(default_factory=list)


class StudentPage(Page):
    items: list[StudentOut] = Field(default_factory=list)


class MovementPage(Page):
    items: list[MovementOut] = Field(default_factory=list)


class ProcessOut(BaseModel):
    key: str = ""
    name: str = ""
    version: int = 0


class ProcessPage(Page):
    items: list[ProcessOut] = Field(default_factory=list)


class ProcessDetail(ProcessOut):
    application: Members = Field(default_factory=dict)


class NewCase(Strict):
    process: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    application: Members


class Withdrawal(Strict):
    reason: Annotated[CleanText, StringConstraints(min_length=1)]


class Completion(Strict):
    decision: Annotated[str, StringConstraints(min_length=1, max_length=30)]
    reason_code: Annotated[str, StringConstraints(max_length=10)] | None = None
    opinion: CleanText | None = None
    fields: Members = Field(default_factory=dict)


class TrackRequest(Strict):
    number: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class EvidenceOut(BaseModel):
    id: UUID = UUID(int=0)
    sha256: str = ""
    media_type: str = ""


class VerdictOut(BaseModel):
    valid: bool = False
    number: str | None = None
    kind: str | None = None
    signer: str | None = None
    signed_at: Moment | None = None
    revoked: bool = False
    reasons: list[str] = Field(default_factory=list)


class FieldError(BaseModel):
    pointer: str = ""
    code: str = ""
    message: str = ""


class Problem(BaseModel):
    """RFC 9457."""

    type: str = "about:blank"
    title: str = ""
    status: int = 400
    code: str = ""
    request_id: str = ""
    errors: list[FieldError] = Field(default_factory=list)
    violations: list[ViolationOut] = Field(default_factory=list)


class TrackOut(BaseModel):
    """The tracking page as data; beside these members everything else the page shows."""

    model_config = ConfigDict(extra="allow")

    number: str = ""
    status: str = ""
    state: str = ""
    student: str = ""
