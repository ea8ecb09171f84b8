"""A short number for each request, so that a person on the phone can name what went wrong."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_request_id() -> str:
    """Six letters or figures in Crockford's base 32, such as ``7F3K-22``."""
    text = "".join(secrets.choice(CROCKFORD) for _ in range(6))
    return f"{text[:4]}-{text[4:]}"


def init_app(app: Flask) -> None:
    @app.before_request
    def give_number() -> None:
        g.request_id = new_request_id()

    @app.after_request
    def show_number(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        return response
