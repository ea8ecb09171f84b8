"""What is dropped because nobody will come back for it: answers, drafts, sessions, files without a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from jisui.certificates import CertificateDesk
from registry.evidence_store import DRAFT, EvidenceStore
from webapp import attempts
from webapp import sessions as web_sessions
from webapp.apply import drafts, uploads
from webapp.apply.drafts import Draft
from webapp.register import references
from webapp.services import Settings
from workflows import idempotency

UNUSED_UPLOADS = timedelta(days=7)


@dataclass(frozen=True)
class Housekeeping:
    """The hourly round of a worker. Two workers may go it at once."""

    sessions: Callable[[], Session]
    settings: Settings
    evidence: EvidenceStore
    desk: CertificateDesk

    def tidy(self, *, now: datetime, at: datetime) -> None:
        """Rows first, then files that no row claims. `now` is business time, `at` real time."""
        with self.sessions() as session:
            idempotency.forget_old(session, now=now)
            drafts.drop_expired(session, now)
            uploads.drop_stale(session, now - timedelta(days=1))
            references.drop_old(session, now)
            web_sessions.forget_old(session, self.settings, at)
            attempts.forget_old(session, at)
            at_work = {f"{DRAFT}{draft}" for draft in session.scalars(select(Draft.id))}
            self.evidence.drop_abandoned(session, at_work=at_work, before=now - UNUSED_UPLOADS)
            session.commit()
        for sweep in (self.evidence.sweep, self.desk.sweep):
            with self.sessions() as session:
                sweep(session, at)
