"""Who may do what. Every view says its action; the application does not start with one that doesn't."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.officials import signed_in_official

PUBLIC = "public"
SIGNED_IN = "signed-in"

REGISTRAR, LEADER, POLICY, ADMIN = "registrar", "leader", "policy", "admin"

# role x action; what stands nowhere is allowed to nobody
ALLOWED: dict[str, frozenset[str]] = {
    "inbox.read": frozenset({REGISTRAR, LEADER}),
    "task.decide": frozenset({REGISTRAR, LEADER}),
    "task.hand-over": frozenset({LEADER}),
    "case.read": frozenset({REGISTRAR, LEADER, POLICY}),
    "case.open": frozenset({REGISTRAR}),
    "case.withdraw": frozenset({REGISTRAR, LEADER}),
    "evidence.read": frozenset({REGISTRAR, LEADER}),
    "evidence.add": frozenset({REGISTRAR, LEADER}),
    "student.read": frozenset({REGISTRAR, LEADER}),
    "student.reveal": frozenset({REGISTRAR, LEADER}),
    "certificate.read": frozenset({REGISTRAR, LEADER}),
    "office.read": frozenset({REGISTRAR, LEADER}),
    "process.read": frozenset({REGISTRAR, LEADER, POLICY, ADMIN}),
    "process.edit": frozenset({POLICY}),
    "process.publish": frozenset({POLICY}),
    "policy.read": frozenset({REGISTRAR, LEADER, POLICY}),
    "account.manage": frozenset({ADMIN}),
}

View = TypeVar("View", bound=Callable[..., object])
# Views of libraries that serve nothing about anybody.
_OPEN_ENDPOINTS = frozenset({"static", "openapi.spec", "openapi.docs"})


class UndeclaredView(Exception):
    """A route without a right: say `@public`, `@signed_in` or `@needs(action)`."""


def public(view: View) -> View:
    """Anybody may ask for this page."""
    return _declare(view, PUBLIC)


def signed_in(view: View) -> View:
    """Any official, with or without an appointment chosen."""
    return _declare(view, SIGNED_IN)


def needs(action: str) -> Callable[[View], View]:
    """Only those whose role may do `action`."""
    if action not in ALLOWED:
        raise UndeclaredView(action)
    return lambda view: _declare(view, action)


def may(role: str, action: str) -> bool:
    return role in ALLOWED.get(action, frozenset())


def init_app(app: Flask) -> None:
    app.before_request(_enforce)


def check(app: Flask) -> None:
    """:raises UndeclaredView: if a route of the application says nothing about who may use it."""
    missing = sorted(
        {rule.endpoint for rule in app.url_map.iter_rules() if _action(app, rule.endpoint) is None}
    )
    if missing:
        raise UndeclaredView(", ".join(missing))


def _declare(view: View, action: str) -> View:
    view.action = action  # type: ignore[attr-defined]
    return view


def _action(app: Flask, endpoint: str) -> str | None:
    if endpoint in _OPEN_ENDPOINTS:
        return PUBLIC
    return getattr(app.view_functions.get(endpoint), "action", None)


def _enforce() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None
    action = _action(current_app, request.endpoint)
    if action == PUBLIC:
        return None
    if action is None:
        abort(404)
    official = signed_in_official()
    if action == SIGNED_IN:
        return None
    if official.actor is None:
        return redirect(url_for("sign_in.appointment", next=request.full_path), 303)
    if not may(official.actor.role, action):
        abort(403)
    return None
