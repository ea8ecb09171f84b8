"""What requests bring: bodies and queries of the public contract, and nothing beside."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from forms import checks
from registry import statuses

UNSEEN = frozenset({"Cc", "Cs", "Cn"})
Members = dict[str, Any]


def _plain(text: str) -> str:
    """Words without what nobody sees: control characters, halves of a character."""
    if any(unicodedata.category(letter) in UNSEEN and letter not in "\n\t\r" for letter in text):
        raise checks.Wrong("forbidden_characters", "里面有看不见的字符，请重新输入")
    return text


def _figures(value: object) -> object:
    """A whole number in plain figures: not `5.0`, ` 5`, `1_0`, nor those of another script."""
    if isinstance(value, str) and not (value.isascii() and value.isdecimal() and len(value) <= 4):
        raise checks.Wrong("int_parsing", "请填数字")
    return value


def _known(text: str) -> str:
    """A status of the register."""
    if text not in statuses.NAMES:
        raise checks.Wrong("literal_error", "没有这个选项，请选一个")
    return text


CleanText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_plain)]
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_plain)
]


class Paging(BaseModel):
    """A page of a list."""

    cursor: Annotated[str, Field(max_length=400, description="`next` of the page before")] | None = None
    limit: Annotated[int, Field(ge=1, le=200), BeforeValidator(_figures)] = 50


class StudentQuery(Paging):
    """Which students of the caller's scope."""

    school: Annotated[str, StringConstraints(pattern="^[0-9]{10}$")] | None = None
    grade: Annotated[int, Field(ge=1, le=12), BeforeValidator(_figures)] | None = None
    status: (
        Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(statuses.NAMES)})] | None
    ) = None
    q: Annotated[
        str,
        StringConstraints(max_length=60),
        AfterValidator(_plain),
        Field(description="part of a name, pinyin, initials or a student number"),
    ] = ""


class Body(BaseModel):
    """A body that holds what it may hold, and nothing else."""

    model_config = ConfigDict(extra="forbid")


class NewCase(Body):
    """An application, in the words of its process (`GET /processes/{key}`)."""

    process: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    application: Members


class Withdrawal(Body):
    """Why an open case is withdrawn."""

    reason: Words


class Completion(Body):
    """核办: a decision the task offers, and what it brings."""

    decision: Annotated[str, StringConstraints(min_length=1, max_length=30)]
    reason_code: Annotated[str, StringConstraints(max_length=10)] | None = None
    opinion: CleanText | None = None
    fields: Annotated[
        Members,
        Field(
            description="for `return`: `items` of `pointer` (into the application), `text`; for `resubmit` "
            "the corrected members; for a refusal `vacancies` (R01), `evidence` (R99); for `arrived` "
            "`arrived_on`; for the receiving school's `approve` `class`; for `proposed` `school`"
        ),
    ] = Field(default_factory=dict)


class TrackRequest(Body):
    """Number and code, from the slip."""

    number: Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(_plain)]
    code: Annotated[str, StringConstraints(min_length=1, max_length=40), AfterValidator(_plain)]
