"""A refusal is heard only by a client that could finish sending."""

from __future__ import annotations

from flask import Flask, Response, request

CHUNK = 64 * 1024
MOST_BYTES = 64 * 1024 * 1024


def init_app(app: Flask) -> None:
    app.after_request(_read_rest)


def _read_rest(response: Response) -> Response:
    """Read what is still on its way when a request is refused early.

    A server that answers and closes while the body arrives resets the connection: instead of
    "too large" the browser then shows a network error. Beyond `MOST_BYTES` nobody waits.
    """
    ends = request.environ.get("wsgi.input_terminated")  # else reading on would wait for ever
    if response.status_code >= 400 and ends:
        body, left = request.environ["wsgi.input"], MOST_BYTES
        while left > 0 and (read := body.read(min(CHUNK, left))):
            left -= len(read)
    return response
