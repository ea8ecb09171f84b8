"""发起业务: an official of the student's school files an application on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.exceptions import NotFound
from wtforms import Form

from forms.guardian import NOBODY, SOMEBODY_ELSE, GuardianFields
from forms.pointers import errors_of
from registry.evidence import Evidence
from registry.evidence_intake import CleanFile
from registry.identifiers import mask_phone
from registry.students import RELATIONS, Guardian, Student
from webapp import filing
from webapp.database import database
from webapp.inbox.evidence import cleaned
from webapp.inbox.facts import file_name
from webapp.officials import acting
from webapp.processes import Applicant, ProcessKind, Violation
from webapp.refusals import FieldErrors, Refused
from webapp.register import seen, starting, timeline
from webapp.register.seen import StudentSeen
from webapp.rights import needs
from webapp.services import services

GUARDIAN = "/guardian/"

bp = Blueprint("applying", __name__)


@dataclass(frozen=True)
class Kept:
    """A file that has come already; it is not sent again."""

    id: UUID
    name: str


@dataclass
class Filling:
    """What the page shows: the forms as typed, the files so far, what is wrong."""

    kind: ProcessKind
    student: StudentSeen
    form: Form
    guardian: GuardianFields
    files: Sequence[Kept] = ()
    file_error: str = ""
    violations: Sequence[Violation] = ()


@bp.route("/students/<uuid:student_id>/start/<process>", methods=["GET", "POST"])
@needs("case.open")
def start(student_id: UUID, process: str) -> ResponseReturnValue:
    """Ask what the process asks, then open its case. Files that have come are kept while others are wrong."""
    upload = cleaned(request.files)
    filling = _filling(student_id, process)
    if request.method == "GET":
        return _page(filling)
    _keep_files(filling, upload)
    database().commit()  # the files are there, whatever becomes of the rest
    right = all((filling.form.validate(), filling.guardian.validate(), not filling.file_error))
    return _file(filling) if right else _page(filling, 422)


def _filling(student_id: UUID, process: str) -> Filling:
    """The page of a process that may be started for a student of the office's own school."""
    found, kind = database().get(Student, student_id), services().processes.get(process)
    if found is None or kind is None or kind.page is None:
        raise NotFound
    student = seen.of(found)
    open_case = next(
        (case for case in timeline.cases_of(database(), student_id) if case.closed_at is None and case.locks),
        None,
    )
    may = starting.of_kind(database(), kind, student, open_case)
    if may.why_not and request.method == "GET":
        raise NotFound
    known = [(str(one.id), _guardian_words(one)) for one in found.guardians if one.phone]
    needed = kind.application.model_fields["guardian"].is_required()
    guardian = GuardianFields(request.form, known=known, needed=needed)
    return Filling(kind, student, kind.page(request.form), guardian)


def _guardian_words(one: Guardian) -> str:
    """Never the whole number: that is shown only to those who say why."""
    note = _("，").join((_(RELATIONS[one.relation]), mask_phone(str(one.phone))))
    return _("%(name)s（%(note)s）", name=one.name, note=note)


def _keep_files(filling: Filling, upload: CleanFile | FieldErrors | None) -> None:
    """The new file beside those that came before; which they are stands in the page."""
    asker = str(acting().person_id)
    files = _known(request.form.getlist("evidence"), asker)
    if isinstance(upload, FieldErrors):
        filling.file_error = upload.errors[0]["message"]
    elif upload is not None:
        now = services().clock.now()
        files.append(services().evidence.keep(database(), upload, kind="other", uploaded_by=asker, now=now))
        database().flush()
    elif not files:
        filling.file_error = _("还没有材料，请选一个文件")
    filling.files = [Kept(one.id, file_name(one)) for one in files]


def _known(ids: Sequence[str], asker: str) -> list[Evidence]:
    """The files of before, as far as they are the asker's own and in no case."""
    try:
        return filing.own_evidence(database(), [UUID(one) for one in ids], asker)
    except (ValueError, FieldErrors):
        return []


def _file(filling: Filling) -> ResponseReturnValue:
    """Open the case, or show what stands in the way beside its field."""
    kind, now = filling.kind, services().clock.now()
    applicant = Applicant("school", str(acting().person_id), acting())
    try:
        application = kind.application.model_validate(_asked(filling))
        filed = filing.file_application(services(), database(), kind.key, application, applicant, now=now)
    except ValidationError as error:
        return _wrong(filling, errors_of(error))
    except FieldErrors as error:
        return _wrong(filling, error.errors)
    except Refused as refused:
        database().rollback()
        filling.violations = refused.violations
        return _page(filling, 422)
    database().commit()
    told = _("已发起%(process)s，受理号 %(number)s。", process=_(kind.name), number=filed.number)
    flash(told + _("查询码 %(code)s，请抄给家长，只在这里显示一次。", code=filed.tracking_code))
    return redirect(url_for("inbox.case", number=filed.number), 303)


def _asked(filling: Filling) -> dict[str, object]:
    """The application in the words of the public contract. What was left empty is left out."""
    typed = {name: value for name, value in filling.form.data.items() if value not in (None, "")}
    return {
        **typed,
        "student_number": filling.student.student_number,
        "student_name": filling.student.name,
        "guardian": _guardian(filling),
        "evidence": [str(one.id) for one in filling.files],
    }


def _guardian(filling: Filling) -> dict[str, object] | None:
    """The one chosen, as the register has them, the one written down, or nobody."""
    typed = filling.guardian.data
    if typed["who"] == NOBODY:
        return None
    if typed["who"] == SOMEBODY_ELSE:
        return {name: typed[name] for name in ("name", "relation", "phone")}
    known = database().get_one(Guardian, UUID(typed["who"]))
    return {"name": known.name, "relation": known.relation, "phone": known.phone}


def _wrong(filling: Filling, errors: Sequence[Mapping[str, str]]) -> ResponseReturnValue:
    """Each error beside its field; the files that came are kept."""
    for error in errors:
        pointer, message = error["pointer"], error["message"]
        form = filling.guardian if pointer.startswith(GUARDIAN) else filling.form
        field = form._fields.get(pointer.rpartition("/")[2])
        if field is not None:
            field.errors = [*field.errors, message]
        else:
            filling.file_error = message
    return _page(filling, 422)


def _page(filling: Filling, status: int = 200) -> ResponseReturnValue:
    return render_template("register/start.html", page=filling), status
