"""The press: facts in, signed and checked file out. No database, one in each worker process."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from documents import pdfa
from documents.errors import NotFit
from documents.facts import KINDS, Paper
from documents.render import Page, Renderer
from documents.signing.base import OrgRef, SealedFile, SealingFailed, Signer
from documents.signing.trust import Trust
from documents.specimen import SPECIMEN
from documents.store import FileStore
from documents.verify import Examination, examine


@dataclass(frozen=True)
class Made:
    """A finished file, stored, not yet registered."""

    sealed: SealedFile
    sha256: str
    sha256_unsigned: str
    storage_key: str
    renderer: str
    stamped_at: datetime | None


@dataclass(frozen=True)
class Press:
    """Renders, seals, checks what it has sealed, and stores it."""

    renderer: Renderer
    signer: Signer
    store: FileStore
    trust: Callable[[], Trust]

    def warm_up(self) -> None:
        """Do once, when a worker starts, what the first certificate would wait for (0.5 s).

        Nothing is stored or registered. What has been loaded until then is left out of later garbage
        collections. Raises `SealingFailed`.
        """
        self.renderer.pdf(SPECIMEN)
        if not self.signer.healthy():
            raise SealingFailed("the signer does not answer")
        gc.collect()
        gc.freeze()

    def make(self, paper: Paper) -> Made:
        """One certificate. Raises `GlyphMissing`, `DoesNotFit`, `SealingFailed` or `NotFit`."""
        page, sealed, examination = self._print(paper)
        return Made(
            sealed=sealed,
            sha256=hashlib.sha256(sealed.data).hexdigest(),
            sha256_unsigned=hashlib.sha256(page.pdf).hexdigest(),
            storage_key=self.store.put(sealed.data),
            renderer=self.renderer.version,
            stamped_at=examination.stamped_at,
        )

    def proof(self) -> None:
        """Make a specimen as any certificate is made, and keep nothing. Raises what `make` raises."""
        self._print(SPECIMEN)

    def _print(self, paper: Paper) -> tuple[Page, SealedFile, Examination]:
        """Render, seal, check."""
        page = self.renderer.pdf(paper)
        sealed = self.signer.seal(
            page.pdf,
            org=OrgRef(paper.issuer_code, paper.issuer_name),
            reason=KINDS[paper.kind].reason,
            box=page.seal,
            idempotency_key=paper.number,
        )
        findings = pdfa.check(sealed.data)
        if findings:
            raise NotFit(number=paper.number, findings=findings)
        examination = examine(sealed.data, self.trust())
        if not examination.holds or examination.number != paper.number:
            raise NotFit(number=paper.number, findings=[examination.why])
        return page, sealed, examination
