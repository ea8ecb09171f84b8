"""The certificates of an installation: what pages and command line ask of them."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy.orm import Session

from documents import register, verify
from documents.model import Certificate
from documents.signing.dev_ca import DevAuthority
from documents.store import FileStore
from documents.verify import Verdict
from jisui.settings import Settings


class CertificateDesk:
    """Finds, reads and judges certificates. Making them is the worker's (`jisui.press`)."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = FileStore(settings.certificates)

    @cached_property
    def authority(self) -> DevAuthority:
        """The demo's certificate authority; its keys lie outside the database."""
        return DevAuthority(self.settings.signing)

    @property
    def root_certificate(self) -> Path:
        """What a reader must trust to call our signatures good."""
        return self.authority.root_pem

    def find(self, session: Session, number: str) -> Certificate | None:
        return register.get(session, number)

    def pdf(self, certificate: Certificate) -> bytes:
        return self.store.get(certificate.storage_key)

    def verify(self, session: Session, pdf: bytes, now: datetime) -> Verdict:
        """Judge a file; `now` is the time of the business."""
        return verify.verify(session, pdf, self.authority.trust(), now)
