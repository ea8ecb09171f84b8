"""Put the demo's bureaus, schools, classes and officials into the register."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from jisui.demo.names import Names
from jisui.demo.places import BUREAUS, CAPACITY, SCHOOLS, School
from registry.organisations import Organisation, SchoolClass, SchoolStage, bureau_path, school_path
from registry.people import Appointment, Person
from webapp.accounts import Account

IN_OFFICE_SINCE = date(2024, 9, 1)


def add_bureaus(session: Session) -> dict[str, str]:
    """The bureaus, from the nation down; their paths by code."""
    paths: dict[str, str] = {}
    for bureau in BUREAUS:
        path = bureau_path(bureau.kind, bureau.code, paths.get(bureau.parent or "", ""))
        paths[bureau.code] = path
        session.add(
            Organisation(
                code=bureau.code,
                name=bureau.name,
                short_name=bureau.short_name,
                kind=bureau.kind,
                parent_code=bureau.parent,
                path=path,
                division=bureau.code,
                phone=bureau.phone,
            )
        )
        session.flush()
    return paths


def add_schools(session: Session, paths: dict[str, str]) -> None:
    for school in SCHOOLS:
        _add_school(session, school, paths)
    session.flush()


def _add_school(session: Session, school: School, paths: dict[str, str]) -> None:
    lowest = school.stages[0]
    session.add(
        Organisation(
            code=school.code,
            name=school.name,
            short_name=school.short_name,
            kind="school",
            parent_code=lowest.authority,
            path=school_path(paths[lowest.authority], school.code),
            division=school.division,
            phone=school.phone,
        )
    )
    session.flush()
    for stage in school.stages:
        session.add(
            SchoolStage(
                school_code=school.code,
                stage=stage.stage,
                authority_code=stage.authority,
                grade_from=stage.grades[0],
                grade_to=stage.grades[-1],
                level=stage.level,
            )
        )
        session.add_all(
            SchoolClass(
                school_code=school.code, stage=stage.stage, grade=grade, number=number, capacity=CAPACITY
            )
            for grade in stage.grades
            for number in range(1, stage.classes + 1)
        )


def add_officials(session: Session, password_hash: str) -> None:
    """A registrar and a leader for each organisation, two policy people, one administrator."""
    names = Names(seed=7)
    for code in [b.code for b in BUREAUS] + [s.code for s in SCHOOLS]:
        for role in ("registrar", "leader"):
            _add_official(session, f"{role}.{code}", names.adult(), code, role, password_hash)
    for username in ("policy.350000", "policy2.350000"):
        _add_official(session, username, names.adult(), "350000", "policy", password_hash)
    _add_official(session, "admin", names.adult(), "350000", "admin", password_hash)
    session.flush()


def _add_official(
    session: Session, username: str, name: str, office: str, role: str, password_hash: str
) -> UUID:
    person = Person(name=name)
    session.add(person)
    session.flush()
    session.add(
        Appointment(person_id=person.id, organisation_code=office, role=role, from_=IN_OFFICE_SINCE, to=None)
    )
    session.add(Account(username=username, person_id=person.id, password_hash=password_hash))
    return person.id
