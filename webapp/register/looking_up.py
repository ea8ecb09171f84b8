"""查编号: a registrar is told a reference on the telephone and sees what the family was not told."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from registry.students import Student
from webapp.apply.situations import headings
from webapp.database import database
from webapp.register import references
from webapp.register.references import RefusalReference
from webapp.rights import needs

OWN_SCHOOL = "own_school"

bp = Blueprint("references", __name__)


@bp.get("/references")
@needs("student.read")
def reference() -> ResponseReturnValue:
    """Look a reference up: the child and the reasons, for the child's own school and those above it."""
    typed = request.args.get("q", "")[:40]
    wanted = references.normalised(typed)
    found = (
        database().scalar(select(RefusalReference).where(RefusalReference.reference == wanted))
        if wanted
        else None
    )
    student = database().get(Student, found.student_id) if found is not None else None
    if found is None or student is None:
        return render_template(
            "register/reference.html", typed=typed, found=None, days=references.KEPT_FOR.days
        )
    return render_template(
        "register/reference.html",
        typed=found.reference,
        found=found,
        student=student,
        reasons=[(code, *_reason(code)) for code in found.codes],
    )


def open_reference(typed: str) -> ResponseReturnValue | None:
    """For search boxes: where to go when a reference was typed; None for anything else."""
    wanted = references.normalised(typed)
    return redirect(url_for("references.reference", q=wanted), 303) if wanted else None


def _reason(code: str) -> tuple[str, str]:
    if code == OWN_SCHOOL:
        return _("申请的新学校就是现在的学校"), _("请家长另选学校。")
    return headings().get(code, (code, ""))
