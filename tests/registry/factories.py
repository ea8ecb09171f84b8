"""Things a test needs, valid by default: name only what the test is about.

Offices that a school or student needs are made when missing: `a_school(session,
"2135000001")` makes 鼓楼区, 福州市, 福建省 and the nation, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum.cn.ric import calc_check_digit

from registry import organisations, policy, records, statuses
from registry.calendar import CHINA
from registry.organisations import Organisation, SchoolClass, SchoolStage
from registry.policy import PolicyValue
from registry.students import Guardian, Student
from registry.transfers import TransferRequest

P1, P2, P3, P4 = "2135000001", "2135000002", "2135000003", "2144000001"
J1, S1, S2 = "3135000001", "3435000001", "3435000002"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)  # the Monday on which spring term begins
TODAY = NOW.date()

_GRADES = {"primary": (1, 6), "junior": (7, 9), "senior": (10, 12)}
_NAMES = {
    "350102": "鼓楼区教育局",
    "350582": "晋江市教育局",
    "440305": "南山区教育局",
    P1: "榕城小学",
    P2: "江滨小学",
}
_numbers = count(1)


def a_bureau(session: Session, code: str) -> Organisation:
    """The bureau of a division, and those above it."""
    found = session.scalar(select(Organisation).where(Organisation.code == code))
    if found:
        return found
    if code == "000000":
        kind, above = "nation", None
    elif code.endswith("0000"):
        kind, above = "province", a_bureau(session, "000000")
    elif code.endswith("00"):
        kind, above = "prefecture", a_bureau(session, f"{code[:2]}0000")
    else:
        # A municipality's districts stand directly below it (110101 below 110000).
        over = (
            f"{code[:2]}0000"
            if code[2:4] == "01" and code[:2] in ("11", "12", "31", "50")
            else f"{code[:4]}00"
        )
        kind, above = "county", a_bureau(session, over)
    path = organisations.bureau_path(kind, code, above.path if above else "")
    parent = above.code if above else None
    return _organisation(session, code, kind=kind, parent_code=parent, path=path, division=code)


def a_school(
    session: Session,
    code: str = P1,
    *,
    authority: str = "350102",
    division: str | None = None,
    stages: tuple[str, ...] = ("primary",),
    level: str | None = None,
    classes: Mapping[int, tuple[int, ...]] | None = None,
    name: str | None = None,
) -> Organisation:
    """A school; `classes` maps a grade to the seats of its classes, else 45 in class 1 of each grade."""
    over = a_bureau(session, authority)
    if division:
        a_bureau(session, division)
    path = organisations.school_path(over.path, code)
    school = _organisation(
        session,
        code,
        name=name,
        kind="school",
        parent_code=authority,
        path=path,
        division=division or authority,
    )
    for stage in stages:
        first, last = _GRADES[stage]
        session.add(
            SchoolStage(
                school_code=code,
                stage=stage,
                authority_code=authority,
                grade_from=first,
                grade_to=last,
                level=level,
            )
        )
        seats = classes if classes is not None else dict.fromkeys(range(first, last + 1), (45,))
        session.add_all(
            SchoolClass(school_code=code, stage=stage, grade=grade, number=number, capacity=capacity)
            for grade, rooms in seats.items()
            for number, capacity in enumerate(rooms, start=1)
            if first <= grade <= last
        )
    session.flush()
    return school


def a_student(
    session: Session,
    name: str = "林一航",
    *,
    number: str | None = None,
    school: str = P1,
    grade: int = 5,
    class_number: int | None = None,
    status: str = statuses.ENROLLED,
    guardian_phone: str = "13800006021",
    **facts: Any,
) -> Student:
    """A student with a guardian and a record, in the `status` asked for."""
    if session.scalar(select(Organisation.code).where(Organisation.code == school)) is None:
        a_school(session, school)
    student = Student(
        student_number=number or a_number(),
        name=name,
        **({"sex": "1", "birth_date": date(2015, 3, 15)} | facts),
    )
    guardian = Guardian(name="林父", relation="father", phone=guardian_phone)
    student.guardians.append(guardian)
    record = records.admit(session, student, school, grade, class_number=class_number, on=date(2025, 9, 1))
    record.status = status
    session.flush()
    return student


def a_number(letter: str = "G") -> str:
    """A student number nobody else has in this run, with its check digit."""
    body = f"35010220150101{next(_numbers):03d}"
    return f"{letter}{body}{calc_check_digit(body + '0')}"


def a_request(student: Student, to: str = P2, **changes: Any) -> TransferRequest:
    """A request to transfer `student`, correct in every member."""
    members = {
        "student_number": student.student_number,
        "student_name": student.name,
        "receiving_school": to,
        "ground": "home_moved",
    }
    return TransferRequest(**(members | changes))


def a_policy(session: Session, key: str, value: Any, place: str = "350000", **changes: Any) -> PolicyValue:
    """A value of a policy key, in force since 2020."""
    facts = {"version": "test", "from_": date(2020, 1, 1), "basis": "测试用规定"}
    row = PolicyValue(key=key, place=place, value=value, **(facts | changes))
    session.add(row)
    session.flush()
    return row


def with_policy(session: Session) -> Session:
    """Enter the policy this release ships."""
    policy.load_defaults(session)
    session.flush()
    return session


def _organisation(session: Session, code: str, *, name: str | None = None, **facts: Any) -> Organisation:
    name = name or _NAMES.get(code, f"机构{code}")
    made = Organisation(code=code, name=name, short_name=name, **facts)
    session.add(made)
    session.flush()
    return made
