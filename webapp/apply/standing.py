"""What stands in the way (interface.md 3.8): one card for each reason, or one neutral answer.

Who has not confirmed a telephone the school knows gets the same page for every
reason that tells something about the child.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from flask import make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp import filing, phone_codes
from webapp.apply import asked
from webapp.apply.blueprint import TO_CHECK, Place, current
from webapp.apply.phone import CONFIRMED
from webapp.database import database
from webapp.processes import Violation
from webapp.refusals import FieldErrors, Refused, TooManyTries
from webapp.services import services

SLIP_LASTS = timedelta(days=1)
# Where the remedy is a process people can start here.
PROCESSES = {"resumption": "去办复学"}
# Rules whose sentence would tell what the register holds: the child's grade, the present school's level.
TELLING = ("R09", "R08")
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


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
    confirmed = False
    if draft is not None:
        kind = services().processes[draft.process]
        confirmed = asked.hold_up(services(), database(), kind, draft).confirmed
    if not confirmed and any(violation.private for violation in violations):
        return neutral()
    shown = [violation if confirmed else _less_telling(violation) for violation in violations]
    process = next((v.details["process"] for v in shown if v.details.get("process") in PROCESSES), None)
    answer = render_template(
        "apply/refused.html",
        place=Place("check"),
        violations=shown,
        process=process if process in services().processes else None,
        process_words=_(PROCESSES[str(process)]) if process else "",
        mismatch=any(v.code == "R12" for v in shown),
        kept_until=draft.expires_at if draft else None,
    )
    return make_response(answer, 422)


def fields(wrong: FieldErrors) -> ResponseReturnValue:
    """A field the register refuses. Strangers are not told of the own school: it is where the child is."""
    if any(error["code"] == "own_school" for error in wrong.errors):
        draft = current()
        kind = services().processes[draft.process] if draft else None
        if draft is None or kind is None or not asked.hold_up(services(), database(), kind, draft).confirmed:
            return neutral()
    where = {"/receiving_school": url_for("apply.school", **TO_CHECK)}
    listed = [
        (error["message"], where.get(error["pointer"], url_for("apply.evidence", **TO_CHECK)))
        for error in wrong.errors
    ]
    return make_response(render_template("apply/fields.html", place=Place("check"), errors=listed), 422)


def neutral() -> ResponseReturnValue:
    """One page for all that only a guardian may know. No rule number, no name of a school."""
    draft = current()
    can_confirm = phone_codes.can_send(services()) and draft is not None
    answer = render_template(
        "apply/neutral.html",
        place=Place("check"),
        reference="R-" + "".join(secrets.choice(ALPHABET) for _place in range(4)),
        can_confirm=can_confirm,
        confirmed=bool(draft and draft.answers.get(CONFIRMED)),
        kept_until=draft.expires_at if draft else None,
    )
    return make_response(answer, 422)


def _less_telling(violation: Violation) -> Violation:
    if violation.code not in TELLING:
        return violation
    remedy = _("请检查您填的年级和选的学校，或者问原学校。")
    return Violation(violation.code, violation.message, violation.basis, remedy, heading=violation.heading)
