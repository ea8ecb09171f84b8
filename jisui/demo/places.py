"""Organisations of the demo: those of the acceptance scenarios by their codes, and a few more."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bureau:
    code: str
    kind: str
    name: str
    short_name: str
    parent: str | None
    phone: str = ""


@dataclass(frozen=True)
class Stage:
    """A stage of a school: who decides for it, its grades, its classes a grade and students a class."""

    stage: str
    authority: str
    grades: range
    classes: int
    students: int
    level: str | None = None


@dataclass(frozen=True)
class School:
    code: str
    name: str
    short_name: str
    division: str
    stages: tuple[Stage, ...]
    phone: str


BUREAUS = (
    Bureau("000000", "nation", "教育部", "教育部", None),
    Bureau("350000", "province", "福建省教育厅", "福建省", "000000", "0591-0000 0100"),
    Bureau("350100", "prefecture", "福州市教育局", "福州市", "350000", "0591-0000 0101"),
    Bureau("350102", "county", "鼓楼区教育局", "鼓楼区", "350100", "0591-0000 0102"),
    Bureau("350500", "prefecture", "泉州市教育局", "泉州市", "350000", "0595-0000 0103"),
    Bureau("350582", "county", "晋江市教育局", "晋江市", "350500", "0595-0000 0104"),
    Bureau("440000", "province", "广东省教育厅", "广东省", "000000", "020-0000 0105"),
    Bureau("440300", "prefecture", "深圳市教育局", "深圳市", "440000", "0755-0000 0106"),
    Bureau("440305", "county", "南山区教育局", "南山区", "440300", "0755-0000 0107"),
    # Not named in the README: here the sample cases lie.
    Bureau("350103", "county", "台江区教育局", "台江区", "350100", "0591-0000 0108"),
    Bureau("350581", "county", "石狮市教育局", "石狮市", "350500", "0595-0000 0109"),
    Bureau("440304", "county", "福田区教育局", "福田区", "440300", "0755-0000 0110"),
)

PRIMARY, JUNIOR, SENIOR = range(1, 7), range(7, 10), range(10, 13)


def _primary(authority: str, classes: int, students: int) -> tuple[Stage, ...]:
    return (Stage("primary", authority, PRIMARY, classes, students),)


def _junior(authority: str, classes: int, students: int) -> tuple[Stage, ...]:
    return (Stage("junior", authority, JUNIOR, classes, students),)


def _senior(authority: str, level: str) -> tuple[Stage, ...]:
    return (Stage("senior", authority, SENIOR, 2, 32, level),)


# Named schools. Sample cases never lie here.
NAMED = (
    School("2135000001", "榕城小学", "榕城小学", "350102", _primary("350102", 2, 30), "0591-0000 0201"),
    School("2135000002", "江滨小学", "江滨小学", "350102", _primary("350102", 2, 28), "0591-0000 0202"),
    School("2135000003", "晋江实验小学", "晋江实小", "350582", _primary("350582", 2, 30), "0595-0000 0203"),
    School("2144000001", "南山小学", "南山小学", "440305", _primary("440305", 2, 28), "0755-0000 0204"),
    School("3135000001", "榕城初中", "榕城初中", "350102", _junior("350102", 3, 30), "0591-0000 0205"),
    School("3435000001", "福州高中", "福州高中", "350102", _senior("350100", "model"), "0591-0000 0206"),
    School("3435000002", "晋江高中", "晋江高中", "350582", _senior("350500", "ordinary"), "0595-0000 0207"),
    School(
        "5135000001",
        "福州特教学校",
        "福州特教",
        "350102",
        (Stage("primary", "350100", PRIMARY, 1, 6), Stage("junior", "350100", JUNIOR, 1, 6)),
        "0591-0000 0208",
    ),
    School("3735000001", "福州专门学校", "专门学校", "350102", _junior("350100", 1, 8), "0591-0000 0209"),
)

# Theirs are the sample cases, and theirs alone: neither these schools nor their counties are named there.
GENERATED = (
    School("2135000101", "茶亭小学", "茶亭小学", "350103", _primary("350103", 1, 24), "0591-0000 0301"),
    School("2135000102", "义洲小学", "义洲小学", "350103", _primary("350103", 1, 24), "0591-0000 0302"),
    School("2135000103", "鳌峰小学", "鳌峰小学", "350103", _primary("350103", 1, 24), "0591-0000 0303"),
    School("2135000104", "凤里小学", "凤里小学", "350581", _primary("350581", 1, 24), "0595-0000 0304"),
    School("2135000105", "湖滨小学", "湖滨小学", "350581", _primary("350581", 1, 24), "0595-0000 0305"),
    School("2144000101", "莲花小学", "莲花小学", "440304", _primary("440304", 1, 24), "0755-0000 0306"),
    School("3135000101", "茶亭初中", "茶亭初中", "350103", _junior("350103", 1, 30), "0591-0000 0307"),
    School("3135000102", "石狮初中", "石狮初中", "350581", _junior("350581", 1, 30), "0595-0000 0308"),
    School("3144000101", "福田初中", "福田初中", "440304", _junior("440304", 1, 30), "0755-0000 0309"),
)

SCHOOLS = NAMED + GENERATED
CAPACITY = 45
