"""How a family applies: guide, six questions, sending, slip."""

from __future__ import annotations

from webapp.apply import (
    basis,
    copies,
    elsewhere,
    evidence,
    guide,
    phone,
    questions,
    schools,
    sending,
    sent,
)
from webapp.apply.blueprint import bp

__all__ = [
    "basis",
    "bp",
    "copies",
    "elsewhere",
    "evidence",
    "guide",
    "phone",
    "questions",
    "schools",
    "sending",
    "sent",
]
