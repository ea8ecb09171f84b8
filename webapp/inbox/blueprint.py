"""The blueprint of the inbox."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("inbox", __name__)
