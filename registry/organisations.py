"""Organisations: schools and the bureaus above them, who decides for whom, and who has places.

The authority (学籍主管部门) is an attribute of a school *and stage*, never of geography.
Organisations are public: no scope limits who sees them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, bindparam, func, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, validates

from registry.base import Keyed
from registry.errors import NotFound
from registry.names import pinyin
from registry.places import Places, SchoolClass, places, places_of
from registry.scope import NATION, OfficePath
from registry.statuses import sql_list
from registry.students import STAGES

__all__ = [
    "FoundSchool",
    "Organisation",
    "Places",
    "SchoolClass",
    "SchoolStage",
    "above",
    "authority_of",
    "authority_over",
    "bureau_path",
    "county_of",
    "get",
    "paths_of",
    "places",
    "places_of",
    "school_path",
    "search_schools",
    "stage_path",
    "stage_with_grade",
]

KINDS = {"school": "学校", "county": "区县", "prefecture": "地市", "province": "省", "nation": "国家"}
LEVELS = {"model": "示范", "ordinary": "一般"}
NATION_CODE = "000000"
_DIGITS = {"province": 2, "prefecture": 4, "county": 6}


class Organisation(Keyed):
    """A school, or a bureau of a county, prefecture, province or the nation.

    `path` is its place in the tree of offices (see :mod:`registry.scope`); a
    school whose stages have several authorities has one path for each stage,
    :func:`stage_path`, and here that of its lowest stage. `division`: six digits.
    """

    __tablename__ = "organisations"
    __table_args__ = (CheckConstraint(f"kind IN ({sql_list(KINDS)})", name="kind"),)

    code: Mapped[str] = mapped_column(String(10), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    short_name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(10))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("organisations.code"), index=True)
    path: Mapped[str] = mapped_column(OfficePath, index=True)
    division: Mapped[str] = mapped_column(String(6), index=True)
    phone: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    pinyin: Mapped[str] = mapped_column(String(400), default="")
    initials: Mapped[str] = mapped_column(String(100), default="")

    @validates("name")
    def _keep_search_forms(self, _key: str, name: str) -> str:
        self.pinyin, self.initials = pinyin(name, surname=False)
        return name


class SchoolStage(Keyed):
    """A school teaches a stage: its grades, and which authority decides for it."""

    __tablename__ = "school_stages"
    __table_args__ = (
        UniqueConstraint("school_code", "stage"),
        CheckConstraint(f"stage IN ({sql_list(STAGES)})", name="stage"),
        CheckConstraint("grade_from BETWEEN 1 AND grade_to AND grade_to <= 12", name="grades"),
        CheckConstraint(f"level IN ({sql_list(LEVELS)})", name="level"),
    )

    school_code: Mapped[str] = mapped_column(ForeignKey("organisations.code"))
    stage: Mapped[str] = mapped_column(String(10))
    authority_code: Mapped[str] = mapped_column(ForeignKey("organisations.code"), index=True)
    grade_from: Mapped[int]
    grade_to: Mapped[int]
    level: Mapped[str | None] = mapped_column(String(10))


@dataclass(frozen=True)
class FoundSchool:
    """A school that teaches the grade asked for, with its places there."""

    school: Organisation
    stage: SchoolStage
    places: Places


def bureau_path(kind: str, code: str, parent_path: str) -> str:
    """The path of a bureau below its parent: ``/35/`` + 350100 → ``/35/3501/``."""
    return NATION if kind == "nation" else f"{parent_path}{code[: _DIGITS[kind]]}/"


def school_path(authority_path: str, code: str) -> str:
    """The path of a school's stage below the authority that decides for it."""
    return f"{authority_path}s{code}/"


OVER = aliased(Organisation)
# Built once: building a statement costs as much as running it.
BY_CODE = select(Organisation).where(Organisation.code == bindparam("of_code"))
PATHS = (
    select(Organisation.kind, Organisation.path, OVER.path.label("over"))
    .outerjoin(SchoolStage, SchoolStage.school_code == Organisation.code)
    .outerjoin(OVER, OVER.code == SchoolStage.authority_code)
    .where(Organisation.code == bindparam("of_office"))
)


def get(session: Session, code: str) -> Organisation:
    """The organisation with this code.

    :raises NotFound: when there is none.
    """
    found = session.scalar(BY_CODE, {"of_code": code})
    if found is None:
        raise NotFound(organisation=code)
    return found


def stage_with_grade(session: Session, school_code: str, grade: int) -> SchoolStage | None:
    """The stage in which this school teaches `grade`, if it does."""
    return session.scalar(
        select(SchoolStage).where(
            SchoolStage.school_code == school_code,
            SchoolStage.grade_from <= grade,
            SchoolStage.grade_to >= grade,
        )
    )


def authority_of(session: Session, school_code: str, stage: str) -> Organisation:
    """The authority that decides for this stage of this school.

    :raises NotFound: when the school does not teach the stage.
    """
    found = session.scalar(
        select(Organisation)
        .join(SchoolStage, SchoolStage.authority_code == Organisation.code)
        .where(SchoolStage.school_code == school_code, SchoolStage.stage == stage)
    )
    if found is None:
        raise NotFound(school=school_code, stage=stage)
    return found


def authority_over(session: Session, code: str, stage: str) -> Organisation | None:
    """Who stands over an office in a matter of this stage: a school's authority, a bureau's parent.

    ``None`` over the nation.
    """
    office = get(session, code)
    if office.kind == "school":
        return authority_of(session, code, stage)
    return get(session, office.parent_code) if office.parent_code else None


def stage_path(session: Session, school_code: str, stage: str) -> str:
    """The office path of the students of this stage of this school."""
    return school_path(authority_of(session, school_code, stage).path, school_code)


def paths_of(session: Session, code: str) -> list[str]:
    """Every path an organisation has: a school one for each authority over its stages, a bureau one.

    :raises NotFound: when there is none of this code.
    """
    session.flush()
    return paths_in(session.connection().execute(PATHS, {"of_office": code}).all(), code)


def paths_in(rows: Sequence[Any], code: str) -> list[str]:
    """The paths told by the rows of `PATHS`.

    :raises NotFound: when there are none.
    """
    if not rows:
        raise NotFound(organisation=code)
    if rows[0].kind != "school":
        return [rows[0].path]
    return sorted({school_path(row.over, code) for row in rows if row.over is not None})


def above(session: Session, office: Organisation, kind: str) -> Organisation | None:
    """The bureau of `kind` at or above `office`; ``None`` where that level does not exist."""
    seen: Organisation | None = office
    while seen is not None and seen.kind != kind:
        seen = get(session, seen.parent_code) if seen.parent_code else None
    return seen


def county_of(session: Session, school: Organisation) -> Organisation | None:
    """The county bureau of the division a school lies in, whoever decides for it."""
    county = (Organisation.code == school.division, Organisation.kind == "county")
    return session.scalar(select(Organisation).where(*county))


def search_schools(session: Session, text: str, grade: int, limit: int = 20) -> tuple[list[FoundSchool], int]:
    """Schools that teach `grade` and answer to `text` (name, short name, pinyin, initials).

    Returns at most `limit` of them by name, and how many more there are.
    """
    word = "".join(text.split()).lower()
    if not word:
        return [], 0
    columns = (Organisation.name, Organisation.short_name, Organisation.pinyin, Organisation.initials)
    wanted = (
        SchoolStage.grade_from <= grade,
        SchoolStage.grade_to >= grade,
        or_(*(column.contains(word, autoescape=True) for column in columns), Organisation.code == word),
    )
    joined = select(Organisation, SchoolStage).join(SchoolStage, SchoolStage.school_code == Organisation.code)
    rows = session.execute(
        joined.where(*wanted).order_by(Organisation.pinyin, Organisation.code).limit(limit)
    ).all()
    total = session.scalar(
        select(func.count(Organisation.id))
        .join(SchoolStage, SchoolStage.school_code == Organisation.code)
        .where(*wanted)
    )
    seats = places_of(session, [school.code for school, _ in rows], grade)
    return [FoundSchool(school, stage, seats[school.code]) for school, stage in rows], (total or 0) - len(
        rows
    )
