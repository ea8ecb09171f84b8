"""抄送: what this office was told about cases. Reading it is for the whole office, as the inbox is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from webapp.database import database
from webapp.inbox.blueprint import bp
from webapp.officials import acting
from webapp.rights import needs
from webapp.services import services
from webapp.wording import MARKS, Mark
from workflows.errors import CaseNotFound
from workflows.model import Case
from workflows.notices import Notice

REMINDED, LATE, ENDS = "reminder", "overdue", "suspension_ends"

WORDS: Mapping[str, Mark] = {
    LATE: Mark("square-bang", "red"),
    REMINDED: Mark("clock", "amber"),
    "urged": Mark("triangle-bang", "amber", _l("家长催办")),
    "withdrawal_asked": Mark("return-arrow", "amber", _l("家长申请撤回")),
    ENDS: Mark("clock", "amber"),
    "archive_pulled": Mark("tick-disc", "green", _l("学籍档案已调走")),
}


@dataclass(frozen=True)
class Told:
    """What an office was told: shape and colour, words, whether somebody there has read it."""

    mark: Mark
    words: str
    is_read: bool


def of_notice(notice: Notice, names: Mapping[str, str]) -> Told:
    """A notice in words. `names`: organisations by code."""
    mark = WORDS.get(notice.kind) or MARKS.get(notice.kind) or Mark("dot", "neutral", notice.kind)
    return Told(mark, _words(notice, mark, names), notice.read_at is not None)


def offices_in(notice: Notice) -> str:
    """The organisation that a notice speaks of; empty if none."""
    return str(notice.facts.get("late", ""))


def _words(notice: Notice, mark: Mark, names: Mapping[str, str]) -> str:
    if notice.kind == LATE:
        return _("%(office)s超期没办完", office=names.get(offices_in(notice), ""))
    if notice.kind == REMINDED:
        return _("已到第 %(n)s 个工作日，还没办完", n=str(notice.facts.get("day", "")))
    if notice.kind == ENDS:
        return _suspension_ends(int(str(notice.facts.get("days", 0))))
    return str(mark.words)


def _suspension_ends(days: int) -> str:
    if days < 0:
        return _("休学已经期满 %(n)s 天，还没有复学或者续休", n=-days)
    return _("休学还有 %(n)s 天期满，请通知家长办复学或者续休", n=days)


@bp.get("/inbox/told/<uuid:notice_id>")
@needs("inbox.read")
def read_notice(notice_id: UUID) -> ResponseReturnValue:
    """Open what a notice is about; from then on it counts as read."""
    actor = acting()
    with services().scoped_session(actor) as session:
        notice = session.scalar(select(Notice).where(Notice.id == notice_id, Notice.office == actor.office))
        if notice is None:
            raise CaseNotFound
        notice.read_at = notice.read_at or services().clock.now()
        number = session.scalar(select(Case.number).where(Case.id == notice.case_id))
        session.commit()
    return redirect(url_for("inbox.case", number=number), 303)


@bp.post("/inbox/told/read")
@needs("inbox.read")
def read_all() -> ResponseReturnValue:
    """Everything this office was told has been read."""
    ours = update(Notice).where(Notice.office == acting().office, Notice.read_at.is_(None))
    database().execute(ours.values(read_at=services().clock.now()))
    database().commit()
    return redirect(url_for("inbox.index", list="told"), 303)
