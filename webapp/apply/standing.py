"""What stands in the way: one card for each reason, or one neutral answer.

Who has not confirmed a telephone the school knows gets the same page for every
reason that tells something about the child.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from flask import make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp import filing, phone_codes
from webapp.apply import asked
from webapp.apply.blueprint import TO_CHECK, Place, current
from webapp.apply.drafts import Draft
from webapp.apply.phone import CONFIRMED
from webapp.database import database
from webapp.processes import Prepared, Violation
from webapp.refusals import FieldErrors, Refused, TooManyTries
from webapp.services import services

SLIP_LASTS = timedelta(days=1)
# Where the remedy is a process people can start here.
PROCESSES = {"resumption": "去办复学"}
# Rules whose sentence would tell what the register holds: the child's grade, the present school's level.
TELLING = ("R09", "R08")
OWN_SCHOOL, FULL = "own_school", "R01"
# Rules that another answer of the family satisfies: what to change, and where.
CHANGES = {
    "R12": (_l("更改姓名和学籍号"), "apply.student"),
    "R09": (_l("更改年级"), "apply.student"),
    "R08": (_l("换一所学校"), "apply.school"),
    "R01": (_l("换一所学校"), "apply.school"),
}
# Rules that somebody else clears first; then the family comes back and sends.
CLEARED_ELSEWHERE = ("R05", "R06", "R10", "R11")


def hindered(why: Refused | FieldErrors | TooManyTries) -> ResponseReturnValue:
    """The page for whatever keeps an application from being filed."""
    if isinstance(why, Refused):
        return page(why.violations)
    if isinstance(why, FieldErrors):
        return fields(why)
    tries = filing.WRONG_NAMES_A_DAY
    return render_template("apply/too_many.html", place=Place("check"), tries=tries), 429


def page(violations: Sequence[Violation]) -> ResponseReturnValue:
    """The page of a pre-check that failed; nothing was filed and no number used up."""
    draft = current()
    prepared = _prepared(draft)
    confirmed = prepared.confirmed
    if not confirmed and any(violation.private for violation in violations):
        return neutral(draft, prepared, [violation.code for violation in violations])
    shown = [_stopping(v if confirmed else _less_telling(v)) for v in violations]
    process = next((v.details["process"] for v in shown if v.details.get("process") in PROCESSES), None)
    answer = render_template(
        "apply/refused.html",
        place=Place("check"),
        violations=shown,
        process=process if process in services().processes else None,
        process_words=_(PROCESSES[str(process)]) if process else "",
        change=next((_change(v.code) for v in shown if v.code in CHANGES), None),
        comes_back=any(v.code in CLEARED_ELSEWHERE for v in shown),
        kept_until=draft.expires_at if draft else None,
        school=asked.school_to_ask(prepared),
    )
    return make_response(answer, 422)


def fields(wrong: FieldErrors) -> ResponseReturnValue:
    """A field the register refuses. Strangers are not told of the own school: it is where the child is.

    Where a rule stands in the way of any school, it is told for the own one too, and nothing
    else: one answer for this school and another for all the others would tell which it is.
    """
    if any(error["code"] == OWN_SCHOOL for error in wrong.errors):
        draft = current()
        prepared = _prepared(draft)
        if not prepared.confirmed:
            found = prepared.violations
            return page(found) if found else neutral(draft, prepared, [OWN_SCHOOL])
    where = {"/receiving_school": (_("换一所学校"), url_for("apply.school", **TO_CHECK))}
    other = (_("更改材料"), url_for("apply.evidence", **TO_CHECK))
    listed = [(error["message"], *where.get(error["pointer"], other)) for error in wrong.errors]
    return make_response(render_template("apply/fields.html", place=Place("check"), errors=listed), 422)


def neutral(draft: Draft | None, prepared: Prepared, codes: Sequence[str]) -> ResponseReturnValue:
    """One page for all that only a guardian may know. No rule number, no name of a school.

    Why it is, the school of the child can look up by the reference.
    """
    reference = ""
    if draft is not None and prepared.student_id is not None:
        now = services().clock.now()
        reference = services().keep_reference(database(), prepared.student_id, draft.id, codes, now)
        database().commit()
    answer = render_template(
        "apply/neutral.html",
        place=Place("check"),
        reference=reference,
        can_confirm=phone_codes.can_send(services()) and draft is not None,
        confirmed=bool(draft and draft.answers.get(CONFIRMED)),
        kept_until=draft.expires_at if draft else None,
    )
    return make_response(answer, 422)


def _prepared(draft: Draft | None) -> Prepared:
    """What the register says of a draft; nothing where the draft is gone."""
    if draft is None:
        return Prepared()
    return asked.hold_up(services(), database(), services().processes[draft.process], draft)


def _stopping(violation: Violation) -> Violation:
    """R01 stops here: its usual remedy, to send all the same, is none."""
    if violation.code != FULL:
        return violation
    return replace(violation, remedy=_("请换一所学校，或者打电话问教育局。"))


def _change(code: str) -> tuple[str, str]:
    """The words and the address of the button for another answer."""
    words, endpoint = CHANGES[code]
    return str(words), url_for(endpoint, **TO_CHECK)


def _less_telling(violation: Violation) -> Violation:
    if violation.code not in TELLING:
        return violation
    remedy = _("请检查您填的年级和选的学校，或者问原学校。")
    return Violation(violation.code, violation.message, violation.basis, remedy, heading=violation.heading)
