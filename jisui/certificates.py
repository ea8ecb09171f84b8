"""Certificates of an installation: what the worker makes, what anyone may verify."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from jisui.settings import Settings


class CertificateDesk:
    def __init__(self, settings: Settings, sessions: Callable[[], Session]) -> None:
        self.settings, self.sessions = settings, sessions

    def make_due(self, now: datetime) -> int:
        return 0
