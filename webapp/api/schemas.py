"""What answers hold: the words of the public contract (docs: OpenAPI at /api/v1/openapi.json)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from registry import statuses

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
CaseStatus = Literal[
    "in_review", "returned", "awaiting_arrival", "completed", "refused", "withdrawn", "terminated"
]
StudentStatus = Annotated[str, Field(json_schema_extra={"enum": list(statuses.NAMES)})]
Reason = Literal["tampered", "unknown", "revoked", "superseded", "expired", "not_a_certificate"]


class Office(BaseModel):
    """An organisation."""

    code: str
    name: str = ""


class CertificateRef(BaseModel):
    """A certificate that was issued in a case."""

    number: str
    kind: str
    issued_at: Moment


class StepOut(BaseModel):
    """One human task of a case."""

    element: str
    name: str
    office: Office
    role: str
    status: Literal["open", "done", "cancelled"]
    opened_at: Moment
    due_at: Moment | None
    decided_at: Moment | None
    decision: str | None
    reason_code: str | None
    opinion: str | None


class ViolationOut(BaseModel):
    """A rule that stands in the way, or warns."""

    code: str
    message: str
    basis: str
    remedy: str


class CaseOut(BaseModel):
    """One application and where it stands. `follows`: the number of the case it came from."""

    number: str
    process: str
    status: CaseStatus
    student_number: str | None
    tracking_url: str
    steps: list[StepOut]
    certificates: list[CertificateRef]
    follows: str | None


class FiledOut(CaseOut):
    """A case just opened: the only time its tracking code is told."""

    tracking_code: str
    warnings: list[ViolationOut]


class StudentRef(BaseModel):
    """The student of a case."""

    student_number: str | None
    name: str


class TaskOut(BaseModel):
    """One task in an office's inbox."""

    id: UUID
    case_number: str
    process: str
    element: str
    name: str
    office: Office
    role: str
    student: StudentRef
    decisions: list[str]
    reasons: list[str]
    opened_at: Moment
    due_at: Moment | None
    claimed_by: str | None


class StudentOut(BaseModel):
    """A student and where their record stands."""

    model_config = ConfigDict(validate_by_name=True)

    student_number: str
    name: str
    status: StudentStatus
    flags: list[str]
    school: Office
    stage: str
    grade: int
    class_: Annotated[int | None, Field(alias="class")]
    open_case: str | None


class MovementOut(BaseModel):
    """One dated, coded change of a record."""

    code: str
    name: str
    date: date
    school: Office
    case_number: str | None


class TaskPage(BaseModel):
    """Part of an inbox. `next` is the cursor of the following page."""

    items: list[TaskOut]
    next: str | None


class StudentPage(BaseModel):
    """Part of a list of students. `next` is the cursor of the following page."""

    items: list[StudentOut]
    next: str | None


class MovementPage(BaseModel):
    """Part of a history. `next` is the cursor of the following page."""

    items: list[MovementOut]
    next: str | None


class ProcessOut(BaseModel):
    """A process that can be started."""

    key: str
    name: str
    version: int


class ProcessPage(BaseModel):
    """The processes that can be started."""

    items: list[ProcessOut]
    next: str | None = None


class ProcessDetail(ProcessOut):
    """A process with the JSON Schema of its application."""

    application: dict[str, Any]


class EvidenceOut(BaseModel):
    """A file that was taken in; `sha256` is of the bytes as they were sent."""

    id: UUID
    sha256: str
    media_type: str


class VerdictOut(BaseModel):
    """What became of a certificate. `valid` means that there are no reasons."""

    valid: bool
    number: str | None
    kind: str | None
    signer: str | None
    signed_at: Moment | None
    revoked: bool
    reasons: list[Reason]


class TrackOut(BaseModel):
    """The tracking page as data; beside these members everything else the page shows.

    `state` is the status, or `stuck` while a step has failed and is being repaired.
    """

    model_config = ConfigDict(extra="allow")

    number: str
    process: str
    status: CaseStatus
    state: str
    student: str
    opened_at: Moment
    closed_at: Moment | None


class FieldError(BaseModel):
    """A member that does not fit. `pointer` leads into the request's body, or names a query parameter."""

    pointer: str
    code: str
    message: str


class Problem(BaseModel):
    """Why something was not done (RFC 9457)."""

    type: str
    title: str
    status: int
    request_id: str
    detail: str = ""
    code: str = ""
    errors: list[FieldError] = []
    violations: list[ViolationOut] = []
