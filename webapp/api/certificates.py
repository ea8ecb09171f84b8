"""Certificates: fetch one, verify one."""

from __future__ import annotations

from flask import Response, g, request

from documents import register, verify
from registry.scope import lies_within
from webapp.api.answers import rfc3339
from webapp.api.auth import needs
from webapp.api.blueprint import bp, documented
from webapp.api.schemas import VerdictOut
from webapp.rights import public
from webapp.services import services

MOST = 5_000_000
