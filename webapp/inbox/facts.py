"""申请内容: what the family asked for beside what the register says, each value with its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import Row
from sqlalchemy.orm import Session

from registry import organisations
from registry.evidence import Evidence
from webapp.filters import age_on, grade, mask_number, mask_phone
from webapp.inbox.words import EVIDENCE, MEMBERS, VALUES
from webapp.register.seen import StudentSeen

REGISTER, FAMILY = "register", "family"
NEW_ID_NUMBER, NEW_BIRTH_DATE = "/changes/id_number", "/changes/birth_date"


@dataclass(frozen=True)
class Fact:
    """A label and a value. `wide`: it takes the whole width. `reveal`: which number is masked.

    `differs`: the register says something else.
    """

    label: str
    value: Markup
    source: str = FAMILY
    wide: bool = False
    reveal: str = ""
    differs: bool = False


@dataclass(frozen=True)
class Item:
    """Something that can be sent back for correction: a pointer into the application, and its name."""

    pointer: str
    name: str
    is_file: bool
    value: str = ""


def of_student(student: StudentSeen | None, now: datetime) -> list[Fact]:
    if student is None:
        return []
    return [
        Fact(_("姓名"), Markup("<strong>{}</strong>").format(student.name), REGISTER),
        Fact(_("全国学籍号"), mask_number(student.student_number), REGISTER, reveal="numbers"),
        Fact(
            _("性别、年龄"),
            escape(_("%(sex)s，%(n)s 岁", sex=student.sex, n=age_on(student.birth_date, now))),
            REGISTER,
        ),
        Fact(_("证件号"), mask_number(student.id_number), REGISTER, reveal="numbers"),
    ]


def of_case(session: Session, case: Row[Any], student: StudentSeen | None) -> list[Fact]:
    """From where to where, and whether there is a place."""
    summary = case.summary
    at = summary.get("grade") if isinstance(summary.get("grade"), int) else None
    ends = [
        (_("转出"), summary.get("from")),
        (_("转入"), summary.get("to")),
        (_("学校"), summary.get("school")),
    ]
    found = []
    for label, end in ends:
        if isinstance(end, dict) and end.get("name"):
            place = student.class_number if student and student.school_code == end.get("code") else None
            words = " ".join(filter(None, [str(end["name"]), grade(at) if at else "", _class(place)]))
            found.append(Fact(label, escape(words), REGISTER))
    target = summary.get("to")
    if at and isinstance(target, dict) and target.get("code"):
        seats = organisations.places(session, str(target["code"]), at)
        state = _("满员") if seats.free <= 0 else _("还有 %(n)s 个", n=seats.free)
        shown = _(
            "%(taken)s/%(capacity)s，%(state)s", taken=seats.taken, capacity=seats.capacity, state=state
        )
        found.append(Fact(_("转入年级学位"), escape(shown), REGISTER))
    return found


def of_application(body: Mapping[str, Any], student: StudentSeen | None) -> list[Fact]:
    """What was filled in, in the order of the page."""
    found = []
    guardian = body.get("guardian") or {}
    for pointer, label in MEMBERS.items():
        value = at_pointer(body, pointer)
        if value in (None, "") or pointer in ("/guardian/relation",):
            continue
        if pointer == NEW_BIRTH_DATE and at_pointer(body, NEW_ID_NUMBER):
            continue  # the mask hides it, and the identity check has compared the two
        shown = escape(str(VALUES.get(pointer, {}).get(str(value), value)))
        if pointer == "/guardian/name":
            relation = guardian.get("relation_words") or VALUES["/guardian/relation"].get(
                str(guardian.get("relation")), ""
            )
            shown = escape(_("%(name)s（%(note)s）", name=value, note=relation) if relation else str(value))
        if pointer == "/guardian/phone":
            shown = mask_phone(str(value))
        if pointer == NEW_ID_NUMBER:
            shown = mask_number(str(value))
        differs = _differs(pointer, str(value), student)
        found.append(Fact(str(label), shown, wide=pointer == "/explanation", differs=differs))
    return found


def _differs(pointer: str, value: str, student: StudentSeen | None) -> bool:
    """Whether a guardian of the application is none of those in the register."""
    if student is None or not student.guardians:
        return False
    if pointer == "/guardian/phone":
        return value not in {one.phone for one in student.guardians}
    return pointer == "/guardian/name" and value not in {one.name for one in student.guardians}


def items(body: Mapping[str, Any], evidence: Sequence[Evidence]) -> list[Item]:
    """All that a return may ask for: each file, and what was filled in."""
    files = [Item(f"/evidence/{place}", file_name(one), True) for place, one in enumerate(evidence)]
    typed = [
        Item(pointer, str(label), False, _typed(pointer, at_pointer(body, pointer)))
        for pointer, label in MEMBERS.items()
        if at_pointer(body, pointer) is not None
    ]
    return files + typed


def _typed(pointer: str, value: object) -> str:
    """What was filled in, without the numbers that are shown only for a reason."""
    if pointer == NEW_ID_NUMBER:
        return ""
    return mask_phone(str(value)) if pointer == "/guardian/phone" else str(value)


def file_name(one: Evidence, *, pages: bool = True) -> str:
    """What a file is: its kind if it is known, else the name it was given."""
    words = str(EVIDENCE.get(one.kind, "")) or one.given_name or _("材料")
    return _("%(name)s（%(n)s 页）", name=words, n=one.pages) if pages and one.pages > 1 else words


def at_pointer(body: Mapping[str, Any], pointer: str) -> object:
    """The member of an application at a JSON pointer; None if it has none."""
    found: object = body
    for part in pointer.strip("/").split("/"):
        if isinstance(found, list) and part.isascii() and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        elif isinstance(found, Mapping):
            found = found.get(part)
        else:
            return None
    return found


def _class(number: int | None) -> str:
    return _("%(n)s班", n=number) if number else ""
