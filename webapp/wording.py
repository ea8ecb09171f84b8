"""The only place that words a deadline, and the only one that knows shape + word + colour of a state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from registry.words import Words, day_words, month_day_words, weekday_words, words
from webapp.filters import local_date, nowrap
from webapp.language import counted, said

OVERDUE, SOON, LATER, PAUSED, NONE = "overdue", "soon", "later", "paused", "none"
SOON_DAYS = 2


class Calendar(Protocol):
    """Counts statutory working days in ``(a, b]``."""

    def between(self, a: date, b: date) -> int: ...


class Ledger(Protocol):
    """What a clock row tells: its budget and what of it was used, in working days."""

    budget: int | None
    used: int
    running_since: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True)
class Deadline:
    """Where a clock stands: `kind`, working days left (or over), last day."""

    kind: str
    days: int = 0
    last_day: date | None = None


@dataclass(frozen=True)
class Mark:
    """A state as people see it: shape first, then word, then colour."""

    shape: str
    colour: str
    words: object = ""


URGENCY = {
    OVERDUE: Mark("square-bang", "red", _l("已超期")),
    SOON: Mark("triangle-bang", "amber", _l("2 天内截止")),
    LATER: Mark("dot", "neutral", _l("其他")),
    PAUSED: Mark("ring", "teal", _l("等补正")),
    NONE: Mark("dot", "neutral", _l("不限时")),
}

CERTIFICATE = {
    "valid": Mark("tick-disc", "green", _l("有效")),
    "expired": Mark("ring", "neutral", _l("已过期")),
    "superseded": Mark("return-arrow", "amber", _l("已换发")),
    "revoked": Mark("cross-disc", "red", _l("已撤销")),
}

MARKS: Mapping[str, Mark] = {
    # decisions
    "approve": Mark("tick-disc", "green", _l("同意")),
    "refuse": Mark("cross-disc", "red", _l("不同意")),
    "return": Mark("return-arrow", "amber", _l("退回补正")),
    "resubmit": Mark("tick-disc", "green", _l("已补正")),
    "arrived": Mark("tick-disc", "green", _l("已报到")),
    "not_arrived": Mark("cross-disc", "red", _l("没有报到")),
    # cases
    "in_review": Mark("dot", "teal", _l("在办")),
    "returned": Mark("return-arrow", "amber", _l("等补正")),
    "awaiting_arrival": Mark("clock", "amber", _l("等报到")),
    "completed": Mark("tick-disc", "green", _l("已办结")),
    "refused": Mark("cross-disc", "red", _l("不同意")),
    "withdrawn": Mark("ring", "neutral", _l("已撤回")),
    "terminated": Mark("ring", "neutral", _l("已结束")),
    "cancelled": Mark("ring", "neutral", _l("不用办了")),
    # records
    "enrolled": Mark("tick-disc", "green", _l("在读")),
    "suspended": Mark("ring", "amber", _l("休学")),
    "graduated": Mark("dot", "neutral", _l("毕业")),
    "incomplete": Mark("dot", "neutral", _l("肄业")),
    "dropout": Mark("triangle-bang", "amber", _l("辍学")),
    "expelled": Mark("cross-disc", "neutral", _l("开除")),
    "abroad": Mark("dot", "neutral", _l("出国")),
    "missing": Mark("triangle-bang", "amber", _l("失踪")),
    "deceased": Mark("dot", "neutral", _l("死亡")),
    "void": Mark("cross-disc", "neutral", _l("作废")),
    "busy": Mark("clock", "amber", _l("有在办业务")),
    "copy": Mark("ring", "neutral", _l("只读副本")),
    # answers of a form
    "done": Mark("tick-disc", "green", _l("已补")),
    "missing-item": Mark("ring", "amber", _l("未补")),
    "uploaded": Mark("tick-disc", "green", _l("已上传")),
}


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        mark_of=lambda kind: MARKS.get(kind, Mark("dot", "neutral", kind)),
        urgency_of=URGENCY.__getitem__,
        clock_words=clock_words,
        clock_short=clock_short,
    )


def deadline(
    due_at: datetime | None, now: datetime, calendar: Calendar, ledger: Ledger | None = None
) -> Deadline:
    """Where the clock of a task stands on the day of `now`, China time."""
    if ledger is not None and ledger.closed_at is None and ledger.running_since is None and ledger.budget:
        return Deadline(PAUSED, max(ledger.budget - ledger.used, 0))
    if due_at is None:
        return Deadline(NONE)
    today, last = local_date(now), local_date(due_at)
    if today > last:
        return Deadline(OVERDUE, max(calendar.between(last, today), 1), last)
    left = calendar.between(today, last)
    return Deadline(SOON if left <= SOON_DAYS else LATER, left, last)


def clock_words(at: Deadline, beside: date | datetime | None = None) -> Markup:
    """The whole sentence: `还剩 3 个工作日，10月16日（周五）截止`."""
    if at.kind == PAUSED:
        return Markup("{}").format(counted("时限已暂停，补好后还剩 %(num)s 个工作日", at.days))
    if at.last_day is None:
        return Markup("{}").format(_("这一步不限时"))
    day = day_words(at.last_day, local_date(beside or at.last_day))
    if at.kind == OVERDUE:
        return _sentence(counted("超期 %(num)s 个工作日，", at.days), words("%(day)s已到期", day=day))
    if at.days == 0:
        day_and_month, weekday = month_day_words(at.last_day), weekday_words(at.last_day)
        return nowrap(said(words("今天截止（%(day)s %(weekday)s）", day=day_and_month, weekday=weekday)))
    return _sentence(counted("还剩 %(num)s 个工作日，", at.days), words("%(day)s截止", day=day))


def clock_short(at: Deadline) -> str:
    """For the column “期限（工作日）”: `还剩 3 天`, `今天截止`, `超期 1 天`."""
    if at.kind == PAUSED:
        return _("等补正")
    if at.last_day is None:
        return _("不限时")
    if at.kind == OVERDUE:
        return counted("超期 %(num)s 天", at.days)
    return _("今天截止") if at.days == 0 else counted("还剩 %(num)s 天", at.days)


def _sentence(days: str, day: Words) -> Markup:
    return Markup('<span class="nowrap">{}</span><span class="nowrap">{}</span>').format(days, said(day))
