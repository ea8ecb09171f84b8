"""Where the bytes of evidence lie: encrypted files under random names, below one folder.

A name tells nothing; a stolen disk shows nothing. Rows of `registry.evidence.Evidence`
say what a file is and whose. A file is written before its row is committed, so that a
row never points at nothing; `sweep` takes away what no row ever claimed.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from registry import encryption
from registry.evidence import Evidence
from registry.evidence_intake import CleanFile, draw_page

PLACE = "evidence.file"
STORAGE_KEY = re.compile(r"[0-9a-f]{32}")
GRACE = timedelta(days=1)
DRAFT = "draft:"
"""How the name of an uploader begins that is an application being filled in."""


class EvidenceStore:
    """The files below `root`. Made by the assembly, used by pages, interface and worker."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def keep(
        self, session: Session, file: CleanFile, *, kind: str, uploaded_by: str, now: datetime
    ) -> Evidence:
        """Store a cleaned file and add its row. It belongs to nobody's case until filed.

        :param kind: the slot it proves, such as ``household_register``.
        :param uploaded_by: draft or person, as `Evidence.uploaded_by`.
        """
        storage_key = secrets.token_hex(16)
        self._write(storage_key, file.data)
        evidence = Evidence(
            sha256=file.sha256,
            media_type=file.media_type,
            kind=kind,
            given_name=file.given_name,
            size=len(file.data),
            pages=file.pages,
            storage_key=storage_key,
            uploaded_by=uploaded_by,
            uploaded_at=now,
        )
        session.add(evidence)
        return evidence

    def read(self, evidence: Evidence) -> bytes:
        """The cleaned bytes.

        :raises registry.errors.KeyRingRefused: when the file was changed or exchanged.
        """
        return self._read(evidence.storage_key, self._path(evidence.storage_key))

    def holds(self, storage_key: str) -> bool:
        """Is there a file of this name?"""
        return self._path(storage_key).is_file()

    def page(self, evidence: Evidence, number: int) -> bytes:
        """Page `number` (from 1) as a JPEG to look at; drawn once, then kept beside the file.

        :raises registry.evidence_intake.EvidenceRefused: when there is no such page.
        """
        drawn = self._path(evidence.storage_key).with_suffix(f".{number}")
        key = f"{evidence.storage_key}.{number}"
        if not drawn.exists():
            self._write_to(drawn, key, draw_page(self.read(evidence), number))
        return self._read(key, drawn)

    def discard(self, session: Session, evidence: Evidence) -> None:
        """Take back a file that belongs to no case yet. The bytes go with the next `sweep`."""
        if evidence.case_id is not None:
            raise ValueError("evidence of a case stays")
        session.delete(evidence)

    def drop_abandoned(self, session: Session, *, at_work: Collection[str], before: datetime) -> None:
        """Drop the rows of files that never came to a case and whose uploader will not come back.

        :param at_work: uploaders who still fill in an application; theirs stay.
        :param before: what an official uploaded until then and did not use is given up.
        """
        unused = session.execute(
            select(Evidence.id, Evidence.uploaded_by, Evidence.uploaded_at).where(Evidence.case_id.is_(None))
        )
        gone = [
            row.id
            for row in unused
            if row.uploaded_by not in at_work
            and (row.uploaded_by.startswith(DRAFT) or row.uploaded_at < before)
        ]
        for start in range(0, len(gone), 500):
            ids = gone[start : start + 500]
            session.execute(delete(Evidence).where(Evidence.id.in_(ids), Evidence.case_id.is_(None)))

    def sweep(self, session: Session, now: datetime) -> int:
        """Remove files that no row claims and that are older than a day (real time); how many went.

        The disk is read before the database is asked, so that no transaction waits for it.
        """
        old = list(self._older(now.timestamp() - GRACE.total_seconds()))
        if not old:
            return 0
        claimed = set(session.scalars(select(Evidence.storage_key)))
        unclaimed = [path for path in old if path.name.partition(".")[0] not in claimed]
        for path in unclaimed:
            path.unlink(missing_ok=True)
        return len(unclaimed)

    def _path(self, storage_key: str) -> Path:
        if not STORAGE_KEY.fullmatch(storage_key):
            raise ValueError("not a name of ours")
        return self.root / storage_key[:2] / storage_key

    def _older(self, moment: float) -> Iterator[Path]:
        for path in self.root.glob("[0-9a-f][0-9a-f]/*"):
            with suppress(FileNotFoundError):  # another worker sweeps, too
                if path.stat().st_mtime < moment:
                    yield path

    def _write(self, storage_key: str, data: bytes) -> None:
        self._write_to(self._path(storage_key), storage_key, data)

    def _write_to(self, path: Path, key: str, data: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_name(f".{secrets.token_hex(8)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(encryption.ring().encrypt_bytes(PLACE, key, data))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def _read(self, key: str, path: Path) -> bytes:
        return encryption.ring().decrypt_bytes(PLACE, key, path.read_bytes())
