"""The lists: 待办, 已办, 我发起. Filters and search stand in the address, so a list can be kept and sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Request, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.database import database
from webapp.inbox import paging, queries, rows
from webapp.inbox.blueprint import bp
from webapp.inbox.queries import ALL, DECIDED, MINE, PAGE, STARTED, TODO, Wanted
from webapp.officials import acting
from webapp.rights import needs
from webapp.services import services
from webapp.wording import PAUSED, URGENCY
from workflows.model import Case, Clock, Task

LISTS = (TODO, DECIDED, STARTED)


@bp.get("/inbox")
@needs("inbox.read")
def index() -> ResponseReturnValue:
    wanted, actor, now = asked(request), acting(), services().clock.now()
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
        search_words=wanted.words,
        list_query=urlencode(query(wanted)),
        address=lambda **changes: address(replace(wanted, cursor=None, **changes)),
    )


@bp.get("/inbox/news")
@needs("inbox.read")
def news() -> ResponseReturnValue:
    """How many tasks came since the page was made. It asks by itself, so it does not keep one signed in."""
    g.quiet_request = True
    try:
        since = datetime.fromisoformat(request.args.get("since", ""))
    except ValueError:
        return {"n": 0}
    if since.tzinfo is None:
        return {"n": 0}
    who = ALL if request.args.get("who") == ALL else MINE
    return {"n": queries.newer(database(), acting(), who, since)}


def asked(request: Request) -> Wanted:
    """What the address asks for; anything unknown counts as not asked."""
    which, urgency = request.args.get("list", TODO), request.args.get("urgency", "")
    process = request.args.get("process", "")
    return Wanted(
        which=which if which in LISTS else TODO,
        who=ALL if request.args.get("who") == ALL else MINE,
        urgency=urgency if urgency in URGENCY else "",
        process=process if process in services().processes else "",
        words=_printable(request.args.get("q", ""))[:80].strip(),
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
    returned = [rows.of_case(case, clock, calendar, now) for clock, case in _waiting(wanted)]
    if wanted.urgency == PAUSED:
        return returned, None
    open_tasks = queries.todo(session, actor, wanted, at)
    shown = [rows.of_task(task, actor, calendar, now) for task in open_tasks[:PAGE]]
    end = _end_of_tasks(open_tasks)
    return shown + (returned if end is None and not wanted.urgency else []), end


def _waiting(wanted: Wanted) -> list[tuple[Clock, Case]]:
    return queries.waiting(database(), acting(), wanted)


def _end_of_tasks(tasks: list[Task]) -> paging.Cursor | None:
    return paging.Cursor(tasks[PAGE - 1].due_at, tasks[PAGE - 1].id) if len(tasks) > PAGE else None


def _end_of_cases(cases: list[Case]) -> paging.Cursor | None:
    return paging.Cursor(cases[PAGE - 1].opened_at, cases[PAGE - 1].id) if len(cases) > PAGE else None


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())
