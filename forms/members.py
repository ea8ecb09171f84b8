"""Members that applications of several processes share, as pydantic types."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from forms import checks

EXPLANATION_MOST = 300
RELATION_WORDS_MOST = 20
FILES_MOST = 12

StudentNumber = Annotated[
    str,
    AfterValidator(checks.student_number),
    Field(description="全国学籍号: G, L or J and 18 characters", examples=["G350102201503150019"]),
]
PersonName = Annotated[str, AfterValidator(checks.person_name), Field(examples=["林一航"])]
SchoolCode = Annotated[
    str, AfterValidator(checks.school_code), Field(description="学校标识码", examples=["2135000003"])
]
Phone = Annotated[str, AfterValidator(checks.phone), Field(examples=["13800136021"])]
Explanation = Annotated[str, AfterValidator(lambda text: checks.words(text, EXPLANATION_MOST))]
Grade = Annotated[int, Field(ge=1, le=12, strict=True)]
Relation = Literal["father", "mother", "grandparent", "other"]


def _each_once(files: list[UUID]) -> list[UUID]:
    if len(set(files)) < len(files):
        raise checks.Wrong("twice", "同一份材料列了两次，请去掉一次")
    return files


Files = Annotated[list[UUID], Field(max_length=FILES_MOST), AfterValidator(_each_once)]
OneFileOrMore = Annotated[Files, Field(min_length=1)]


class Member(BaseModel):
    """Part of an application: nothing may stand there that nobody reads."""

    model_config = ConfigDict(extra="forbid", str_max_length=10_000)


class GuardianMember(Member):
    """Who asks for the child. `relation_words` say what `other` is."""

    name: PersonName
    relation: Relation
    phone: Phone
    relation_words: Annotated[str, AfterValidator(lambda text: checks.words(text, RELATION_WORDS_MOST))] = ""


class ApplicationMember(Member):
    """What every application about a student says."""

    student_number: StudentNumber
    student_name: PersonName
    effective_from: Annotated[
        date | None, Field(description="the day from which it holds; else the day of completion")
    ] = None
