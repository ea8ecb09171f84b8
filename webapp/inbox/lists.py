"""The lists: 待办, 已办, 我发起, 抄送. Filters and search stand in the address: a list can be kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Request, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.database import database
from webapp.filters import local_date
from webapp.inbox import batch, meant, paging, queries, rows, saved, told
from webapp.inbox.blueprint import bp
from webapp.inbox.queries import ALL, DECIDED, FREE, MINE, OWN, PAGE, STARTED, TODO, TOLD, Wanted
from webapp.officials import acting
from webapp.register import looking_up
from webapp.rights import needs
from webapp.services import services
from webapp.wording import PAUSED, URGENCY
from workflows.model import Case, Clock, Task

LISTS = (TODO, DECIDED, STARTED, TOLD)
MOST_GONE = 60


@bp.get("/inbox")
@needs("inbox.read")
def index() -> ResponseReturnValue:
    wanted, actor, now = asked(request), acting(), services().clock.now()
    reference = looking_up.open_reference(wanted.words)
    if reference is not None:
        return reference
    calendar = services().engine.calendar(database())
    at = queries.limits(calendar, now)
    shown, following = _page(wanted, at)
    return render_template(
        "inbox/index.html",
        wanted=wanted,
        rows=shown,
        next_page=address(replace(wanted, cursor=following)) if following else None,
        counts=queries.counts(database(), actor, at),
        last=queries.last_decided(database(), actor) if not shown else None,
        processes=services().processes.values(),
        steps=queries.step_names(database(), actor) if wanted.which == TODO else (),
        saved=saved.of(database(), actor) if wanted.which == TODO else (),
        in_batches=batch.allowed(database(), actor, now) if wanted.which == TODO else (),
        search_words=wanted.words,
        list_query=urlencode(query(wanted)),
        address=lambda **changes: address(replace(wanted, cursor=None, **changes)),
    )


@bp.get("/inbox/news")
@needs("inbox.read")
def news() -> ResponseReturnValue:
    """How many tasks came since the page was made, and which of those shown are open no more.

    It asks by itself, so it does not keep one signed in.
    """
    g.quiet_request = True
    since = _moment(request.args.get("since", ""))
    who = ALL if request.args.get("who") == ALL else MINE
    came = queries.newer(database(), acting(), who, since) if since else 0
    shown = [one for text in request.args.get("ids", "").split(",")[:MOST_GONE] if (one := _key(text))]
    left = queries.gone(database(), acting(), shown) if shown else {}
    words = {str(key): _("%(name)s办完", name=who) if who else _("不用办了") for key, who in left.items()}
    return {"n": came, "gone": words}


def asked(request: Request) -> Wanted:
    """What the address asks for; anything unknown counts as not asked."""
    which, urgency = request.args.get("list", TODO), request.args.get("urgency", "")
    process, holder = request.args.get("process", ""), request.args.get("holder", "")
    return Wanted(
        which=which if which in LISTS else TODO,
        who=ALL if request.args.get("who") == ALL else MINE,
        urgency=urgency if urgency in URGENCY else "",
        process=process if process in services().processes else "",
        step=printable(request.args.get("step", ""))[:80],
        holder=holder if holder in (FREE, OWN) else "",
        words=printable(request.args.get("q", ""))[:80].strip(),
        cursor=paging.read(request.args.get("cursor")),
    )


def address(wanted: Wanted) -> str:
    """The address of a list, with nothing in it that goes without saying."""
    return url_for("inbox.index", **query(wanted), cursor=str(wanted.cursor) if wanted.cursor else None)


def query(wanted: Wanted) -> dict[str, Any]:
    """What a link must carry so that the next page knows the list one came from."""
    parts = {
        "list": wanted.which if wanted.which != TODO else "",
        "who": wanted.who if wanted.who != MINE else "",
        "urgency": wanted.urgency,
        "process": wanted.process,
        "step": wanted.step,
        "holder": wanted.holder,
        "q": wanted.words,
    }
    return {name: value for name, value in parts.items() if value}


def _page(wanted: Wanted, at: queries.Limits) -> tuple[list[rows.Row], paging.Cursor | None]:
    session, actor, now = database(), acting(), services().clock.now()
    calendar = services().engine.calendar(session)
    if wanted.which == STARTED:
        cases = queries.started(session, actor, wanted)
        shown = [rows.of_case(case, None, calendar, now) for case in cases[:PAGE]]
        return shown, _end_of_cases(cases)
    if wanted.which == DECIDED:
        done = queries.decided(session, actor, wanted)
        end = paging.Cursor(done[PAGE - 1].decided_at, done[PAGE - 1].id) if len(done) > PAGE else None
        return [rows.of_decided(task) for task in done[:PAGE]], end
    if wanted.which == TOLD:
        heard = queries.told(session, actor, wanted)
        names = rows.office_names(session, {told.offices_in(notice) for notice, _case in heard})
        end = paging.Cursor(heard[PAGE - 1][0].at, heard[PAGE - 1][0].id) if len(heard) > PAGE else None
        return [rows.of_notice(notice, case, names) for notice, case in heard[:PAGE]], end
    returned = [rows.of_case(case, clock, calendar, now) for clock, case in _waiting(wanted)]
    if wanted.urgency == PAUSED:
        return returned, None
    open_tasks = queries.todo(session, actor, wanted, at)
    persons = meant.persons(session, open_tasks[:PAGE], local_date(now))
    shown = [rows.of_task(task, actor, calendar, now, persons.get(task.id)) for task in open_tasks[:PAGE]]
    end = _end_of_tasks(open_tasks)
    narrowed = wanted.urgency or wanted.step or wanted.holder
    return shown + (returned if end is None and not narrowed else []), end


def _waiting(wanted: Wanted) -> list[tuple[Clock, Case]]:
    return queries.waiting(database(), acting(), wanted)


def _end_of_tasks(tasks: list[Task]) -> paging.Cursor | None:
    return paging.Cursor(tasks[PAGE - 1].due_at, tasks[PAGE - 1].id) if len(tasks) > PAGE else None


def _end_of_cases(cases: list[Case]) -> paging.Cursor | None:
    return paging.Cursor(cases[PAGE - 1].opened_at, cases[PAGE - 1].id) if len(cases) > PAGE else None


def printable(text: str) -> str:
    """A text without line breaks and other letters that nobody sees."""
    return "".join(letter for letter in text if letter.isprintable())


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
