"""What a signer is, whatever holds the key: a demonstration CA, a token, a province's seal service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from documents.render import Box


@dataclass(frozen=True)
class OrgRef:
    """Who seals: identification code and full name."""

    code: str
    name: str


class SealedFile(NamedTuple):
    """A signed file. `profile` is `pades-b-t` here; times are real time, not business time."""

    data: bytes
    media_type: str
    profile: str
    signer_subject: str
    signer_serial: str
    signer_cert_sha256: str
    signed_at: datetime


class SealingFailed(Exception):
    """No seal could be put on the file; trying again later may help."""


class Signer(Protocol):
    """Puts an organisation's visible seal and signature on a PDF.

    The same `idempotency_key` may be given again after a crash: a remote service answers it with the
    first result, a local one simply signs again, for only a registered file counts.
    """

    profile: str

    def seal(self, pdf: bytes, *, org: OrgRef, reason: str, box: Box, idempotency_key: str) -> SealedFile:
        """Raises `SealingFailed`."""
        ...

    def healthy(self) -> bool:
        """Can it sign now?"""
        ...
