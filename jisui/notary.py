"""The nightly anchor of this installation: who signs it, where its copy lies, when it is due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.utils import import_string

from jisui.certificates import CertificateDesk
from registry.calendar import CHINA
from workflows import anchors, history
from workflows.anchors import Seal
from workflows.history import Broken

log = structlog.get_logger(__name__)
CODE, NAME = "anchors", "籍随存证"
LOOKED_BACK = timedelta(days=7)


@dataclass(frozen=True)
class Notary:
    """Anchors what happened, and holds history against the anchors."""

    sessions: Callable[[], Session]
    desk: CertificateDesk

    @property
    def file(self) -> Path:
        """The copy outside the database. To be of use against whoever has the machine it is shipped away."""
        return self.desk.settings.data / "anchors.jsonl"

    def each_night(self, *, now: datetime, at: datetime) -> None:
        """Write the anchor of the day that has ended, once; then look whether the last week holds.

        May be called at any time and by several workers. `now` is business time, `at` real time.
        """
        ended = at.astimezone(CHINA).date() - timedelta(days=1)
        if not self._write(ended, at):
            return
        with self.sessions() as session:
            for broken in self.findings(session.connection(), now - LOOKED_BACK, ended - LOOKED_BACK):
                log.error("history broken", case=str(broken.case_id), seq=broken.seq, why=broken.why)

    def _write(self, day: date, at: datetime) -> bool:
        with self.sessions() as session:
            newest = anchors.newest_day(session)
            is_due = newest is None or newest < day
            if is_due:
                try:
                    digest = anchors.write(session, day, self._sign, at=at)
                    session.commit()
                except IntegrityError:  # another worker was faster
                    return False
                log.info("anchor", day=day.isoformat(), digest=digest.hex())
            anchors.copy_out(session, self.file)
        return is_due

    def findings(
        self, connection: Connection, since: datetime | None = None, anchored_since: date | None = None
    ) -> Iterator[Broken]:
        """What of history does not hold: its chains, their ends, the anchors.

        `since`: only chains that grew from then on (business time). `anchored_since`: only newer anchors.
        """
        yield from history.verify(connection, since)
        yield from anchors.verify(
            connection, is_signed=self._is_signed, outside=self.file, since=anchored_since
        )

    def _sign(self, digest: bytes) -> Seal:
        signer = import_string("documents.signing.base:OrgRef")(CODE, NAME)
        credential = self.desk.authority.credential(signer)
        return Seal(credential.key.sign(digest, ec.ECDSA(hashes.SHA256())), credential.certificate)

    def _is_signed(self, digest: bytes, seal: Seal) -> bool:
        """Signed by a certificate that our authority gave to the notary, and to nobody else."""
        try:
            certificate = x509.load_der_x509_certificate(seal.certificate)
            above = x509.load_der_x509_certificate(self.desk.authority.trust().intermediates[0])
            certificate.verify_directly_issued_by(above)
            names = certificate.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)
            key = certificate.public_key()
            if [name.value for name in names] != [NAME] or not isinstance(key, ec.EllipticCurvePublicKey):
                return False
            key.verify(seal.signature, digest, ec.ECDSA(hashes.SHA256()))
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True
