"""Headers and limits that hold for every answer."""

from __future__ import annotations

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from flask_talisman import Talisman
from flask_wtf import CSRFProtect
from werkzeug.exceptions import Forbidden
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.officials import acting_or_none
from webapp.services import Settings

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
PERMISSIONS = dict.fromkeys(
    (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "payment",
        "usb",
    ),
    "()",
)
ONE_REQUEST = 1024 * 1024

csrf = CSRFProtect()
limiter = Limiter(
    key_func=lambda: str(g.get("address", "")),
    storage_uri="memory://",
    default_limits=["1200 per minute"],
    # A whole school sits behind one address; who has signed in is known by name.
    default_limits_exempt_when=lambda: acting_or_none() is not None,
)
talisman = Talisman()


def init_app(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=ONE_REQUEST,
        MAX_FORM_MEMORY_SIZE=500_000,
        MAX_FORM_PARTS=1000,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.secure,
        SESSION_COOKIE_SECURE=settings.secure,
    )
    if settings.proxies:
        n = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    app.before_request(_note_address)
    app.before_request(_refuse_foreign_origin)
    csrf.init_app(app)
    limiter.init_app(app)
    talisman.init_app(
        app,
        force_https=settings.secure,
        strict_transport_security=settings.secure,
        session_cookie_secure=settings.secure,
        content_security_policy=POLICY,
        permissions_policy=PERMISSIONS,
        referrer_policy="same-origin",
        frame_options="DENY",
        x_xss_protection=False,
    )
    app.after_request(_more_headers)


def _note_address() -> None:
    g.address = request.remote_addr or ""


def _refuse_foreign_origin() -> None:
    """A browser tells where a request that changes something came from; only our own pages may send one."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("a form of another site")


def _more_headers(response: Response) -> Response:
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if request.endpoint != "static" and acting_or_none() is not None:
        response.headers["Cache-Control"] = "no-store"
    return response
