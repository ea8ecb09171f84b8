"""The next task's page, fetched ahead by the browser while this one is read.

It lives in the browser's memory for that one page, so `no-store` holds. Fetching ahead neither holds the
task, nor is it written anywhere, nor does it keep one signed in. A decision leads to that page too: what was
just done is then asked for apart.
"""

from __future__ import annotations

import json

from flask import Response, g, get_flashed_messages, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.inbox.blueprint import bp
from webapp.rights import needs

RULES = {
    "prefetch": [
        {
            "source": "document",
            "where": {"selector_matches": ".case-bar a[rel=next]"},
            "eagerness": "immediate",
        }
    ]
}


@bp.get("/tasks/ahead.json")
@needs("inbox.read")
def ahead() -> Response:
    """Which links of a task page are fetched ahead: the next task's, if there is one."""
    g.quiet_request = True
    return Response(json.dumps(RULES), mimetype="application/speculationrules+json")


@bp.get("/tasks/told")
@needs("inbox.read")
def told_now() -> ResponseReturnValue:
    """What was just done, as bands, for a page that was made before."""
    if not get_flashed_messages():
        return "", 204
    return render_template("inbox/told_now.html")


@bp.before_request
def keep_quiet() -> None:
    """What a browser fetches ahead is no sign of life, and nobody reads yet what it tells."""
    g.is_ahead = request.headers.get("Sec-Purpose", "").startswith("prefetch")
    g.quiet_request = g.is_ahead


@bp.after_request
def tell_what_comes(response: Response) -> Response:
    if request.endpoint == "inbox.task":
        response.headers["Speculation-Rules"] = f'"{url_for("inbox.ahead")}"'
    return response
