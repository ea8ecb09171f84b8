"""Addresses of built style sheets and scripts: `asset('public.css')` gives the one with its hash."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask, url_for
from markupsafe import Markup

HERE = Path(__file__).parent
MANIFEST = HERE / "static" / "manifest.json"
ICONS = HERE / "icons"


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        asset=asset,
        icon_sprite=_drawing("sprite.svg"),
        word_mark=_drawing("word-mark.svg"),
    )
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 31_536_000


def asset(name: str) -> str:
    """The address of a built file; its plain name where the assets have not been built."""
    return url_for(
        "static", filename=_names(MANIFEST.stat().st_mtime_ns).get(name, name) if MANIFEST.exists() else name
    )


_cache: dict[int, dict[str, str]] = {}


def _names(changed: int) -> dict[str, str]:
    if changed not in _cache:
        _cache.clear()
        _cache[changed] = json.loads(MANIFEST.read_text("utf-8"))
    return _cache[changed]


def _drawing(name: str) -> Markup:
    """A drawing of our own, put into the page as it is."""
    return Markup((ICONS / name).read_text("utf-8").strip())  # noqa: S704 shipped with the program
