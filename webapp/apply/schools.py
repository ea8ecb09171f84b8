"""Step 2: which school? By name or initials, or by city and county; works with and without script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from forms import checks
from forms.transfer import SchoolPage
from registry import organisations
from registry.organisations import Organisation, SchoolStage
from registry.places import Places, places_of
from webapp.apply import drafts
from webapp.apply.blueprint import Place, address, bp, current, typed_or_accepted
from webapp.apply.drafts import Draft
from webapp.apply.questions import AUTOSAVE, autosaved
from webapp.database import database
from webapp.filters import grade as grade_words
from webapp.filters import grade_figure
from webapp.rights import public
from webapp.services import services

MOST = 20
LONGEST_WORD = 40
SCHOOL_CODE = re.compile("[0-9]{10}")


@dataclass(frozen=True)
class Choice:
    """A school one may choose: its place, its grades, whether there is room."""

    code: str
    name: str
    place: str
    grades: str
    places: Places


@dataclass(frozen=True)
class Found:
    """What a search gave: schools, how many more there are, and the grade they were looked for."""

    schools: list[Choice]
    more: int
    grade: int
    asked: bool


@bp.route("/transfer/school", methods=["GET", "POST"])
@public
def school() -> ResponseReturnValue:
    draft = current(lock=request.method == "POST")
    if draft is None or "student" not in draft.answers:
        return redirect(address("student"), 303)
    grade = int(draft.answers["student"]["grade"])
    if AUTOSAVE in request.headers:
        return autosaved(draft, "school", services().clock.now())
    if request.method == "POST" and "search" not in request.form:
        return _choose(draft, grade)
    found = search(database(), request.values, _chosen(draft), grade)
    if request.headers.get("HX-Request"):
        return render_template("apply/schools.html", found=found, chosen=_chosen(draft))
    return _page(SchoolPage(MultiDict({"q": request.values.get("q", "")})), draft, found)


def _choose(draft: Draft, grade: int) -> ResponseReturnValue:
    page = SchoolPage(request.form)
    code = request.form.get("receiving_school", "")
    code = code if SCHOOL_CODE.fullmatch(code) else ""
    taught = organisations.stage_with_grade(database(), code, grade) if code else None
    page.receiving_school.choices = [(code, "")] if taught else []
    now = services().clock.now()
    if not page.validate():
        drafts.keep_typed(draft, "school", {"q": (page.q.data or "")[:LONGEST_WORD]}, now)
        database().commit()
        return _page(page, draft, search(database(), request.form, code, grade)), 422
    drafts.accept(draft, "school", {"receiving_school": code, "q": (page.q.data or "")[:LONGEST_WORD]}, now)
    database().commit()
    return make_response(redirect(Place("school").onward, 303))


def _page(page: SchoolPage, draft: Draft, found: Found) -> str:
    typed = typed_or_accepted(draft, "school")
    if not page.q.data:
        page.q.data = typed.get("q", "")
    return render_template(
        "apply/school.html",
        form=page,
        place=Place("school"),
        draft=draft,
        version=drafts.version(draft, "school"),
        found=found,
        chosen=_chosen(draft),
        areas=areas(database(), request.args.get("area", "")) if "area" in request.args else None,
        page_error=bool(page.errors),
    )


def _chosen(draft: Draft) -> str:
    return str(draft.answers.get("school", {}).get("receiving_school", ""))


def search(session: Session, asked: Any, chosen: str, grade: int) -> Found:
    """Schools with the grade: by words, by area, or the one chosen before."""
    words, area = checks.words(asked.get("q", "")[:LONGEST_WORD], LONGEST_WORD), asked.get("area", "")
    if words:
        found, more = organisations.search_schools(session, words, grade, MOST)
        rows = [(one.school, one.stage) for one in found]
    elif area:
        rows, more = _in_area(session, area, grade), 0
    elif chosen:
        rows, more = _one(session, chosen, grade), 0
    else:
        return Found([], 0, grade, asked=False)
    return Found(_choices(session, rows, grade), more, grade, asked=bool(words or area))


def areas(session: Session, area: str) -> list[tuple[str, str]]:
    """The next level of bureaus to choose from: (code, place). Nothing below a county."""
    wanted = select(Organisation.code, Organisation.short_name)
    if area and area.isascii() and area.isdecimal():
        rows = session.execute(wanted.where(Organisation.parent_code == area, Organisation.kind != "school"))
    else:
        rows = session.execute(wanted.where(Organisation.kind == "prefecture"))
    return [(code, name) for code, name in rows.all()]


Row = tuple[Organisation, SchoolStage]


def _in_area(session: Session, area: str, grade: int) -> list[Row]:
    digits = area.rstrip("0") if area.isascii() and area.isdecimal() else ""
    if len(area) != 6 or len(digits) < 2:
        return []
    found = select(Organisation, SchoolStage).join(SchoolStage, SchoolStage.school_code == Organisation.code)
    rows = session.execute(
        found.where(
            Organisation.division == area, SchoolStage.grade_from <= grade, SchoolStage.grade_to >= grade
        ).order_by(Organisation.pinyin)
    )
    return [(row[0], row[1]) for row in rows.all()]


def _one(session: Session, code: str, grade: int) -> list[Row]:
    stage = organisations.stage_with_grade(session, code, grade)
    return [(organisations.get(session, code), stage)] if stage is not None else []


def _choices(session: Session, rows: Sequence[Row], grade: int) -> list[Choice]:
    seats = places_of(session, [school.code for school, _stage in rows], grade)
    return [
        Choice(
            code=school.code,
            name=school.name,
            place=place_of(session, school),
            grades=_grades(stage),
            places=seats[school.code],
        )
        for school, stage in rows
    ]


def place_of(session: Session, school: Organisation) -> str:
    """泉州市晋江市: where a school lies, from the bureaus above it."""
    county = organisations.above(session, school, "county")
    prefecture = organisations.above(session, school, "prefecture")
    return "".join(bureau.short_name for bureau in (prefecture, county) if bureau is not None)


def _grades(stage: SchoolStage) -> str:
    first, last = grade_figure(stage.grade_from), grade_words(stage.grade_to)
    return _("%(first)s至%(last)s", first=first, last=last)
