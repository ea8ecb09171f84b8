"""The certificates of an installation: what pages and command line ask of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.utils import import_string

from documents import register
from documents.model import Certificate
from documents.store import FileStore
from jisui.settings import Settings

if TYPE_CHECKING:  # pyHanko takes a second to load: who only looks a certificate up does not wait for it
    from documents.signing.dev_ca import DevAuthority
    from documents.verify import Verdict

GRACE = timedelta(days=7)


class CertificateDesk:
    """Finds, reads and judges certificates. Making them is the worker's (`jisui.press`)."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = FileStore(settings.certificates)

    @cached_property
    def authority(self) -> DevAuthority:
        """The demo's certificate authority; its keys lie outside the database."""
        found: DevAuthority = import_string("documents.signing.dev_ca:DevAuthority")(self.settings.signing)
        return found

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
        judge = import_string("documents.verify:verify")
        verdict: Verdict = judge(session, pdf, self.authority.trust(), now)
        return verdict

    def sweep(self, session: Session, at: datetime) -> int:
        """Remove files that no certificate knows and that are older than a week; how many went.

        A worker that dies between signing and recording leaves one. `at` is real time. The
        disk is read before the database is asked, so that no transaction waits for it.
        """
        old = dict(self._older(at - GRACE))
        if not old:
            return 0
        known = set(session.scalars(select(Certificate.storage_key)))
        unknown = [path for key, path in old.items() if key not in known]
        for path in unknown:
            path.unlink(missing_ok=True)
        return len(unknown)

    def _older(self, moment: datetime) -> Iterator[tuple[str, Path]]:
        """Every stored or half-written file from before `moment`, by its key."""
        folder = self.settings.certificates
        for path in folder.glob("??/*"):
            with suppress(FileNotFoundError):  # another worker sweeps, too
                if path.stat().st_mtime < moment.timestamp():
                    yield path.relative_to(folder).as_posix(), path
