"""Is this file a certificate of ours, unchanged, and does it still count?

Neither half is enough. A signature does not fix every byte of its file (its own padding, bytes after
the end), and a register alone proves nothing to a stranger. So: the signature holds, it is the only
one, it covers the whole file, its issuer is trusted, the register knows these very bytes, and the
certificate is neither withdrawn nor out of date. Nothing is fetched from the network.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pyhanko.pdf_utils.decode_limits import DecodeLimits, StreamDecodeLimits
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate, AdESPassed
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.ades import ades_with_time_validation
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from sqlalchemy.orm import Session

from documents import register
from documents.facts import SCHEMA
from documents.signing.trust import Trust

MAX_BYTES = 5 * 1024 * 1024
"""A certificate of ours has a tenth of a megabyte; room for what others may have added to it."""

_LIMITS = DecodeLimits(per_stream=StreamDecodeLimits(max_output_size=8 * 1024 * 1024))
"""No stream of ours unpacks to a megabyte; a hostile one shall not fill the memory."""

# The library warns with a traceback about each file that is not right: that is our everyday answer.
logging.getLogger("pyhanko").setLevel(logging.ERROR)

_REVOKED = {AdESFailure.REVOKED, AdESIndeterminate.REVOKED_NO_POE, AdESIndeterminate.REVOKED_CA_NO_POE}


@dataclass(frozen=True)
class Examination:
    """What the file alone says. `why` is for logs and tests; empty when the signature holds.

    `signer`, `number` and `stamped_at` are only told of a signature whose issuer is trusted.
    """

    signed: bool = False
    intact: bool = False
    whole: bool = False
    trusted: bool = False
    withdrawn: bool = False
    signer: str | None = None
    number: str | None = None
    stamped_at: datetime | None = None
    why: str = ""

    @property
    def holds(self) -> bool:
        """One signature of ours, good when it was stamped, over the whole file."""
        return self.signed and self.intact and self.whole and self.trusted


@dataclass(frozen=True)
class Verdict:
    """The answer about a file, in the words of the API.

    `reasons` are among `tampered`, `unknown`, `revoked`, `superseded`, `expired`, `not_a_certificate`;
    `valid` means there is none. `signed_at` is the time of the stamp, real time.
    """

    valid: bool
    number: str | None
    kind: str | None
    signer: str | None
    signed_at: datetime | None
    revoked: bool
    reasons: tuple[str, ...]


def verify(session: Session, pdf: bytes, trust: Trust, now: datetime) -> Verdict:
    """Judge a file. `now` is business time, for the validity printed on the paper."""
    found = examine(pdf, trust)
    row = register.by_sha256(session, hashlib.sha256(pdf).hexdigest())
    if not found.signed:
        return _verdict(found, None, ["not_a_certificate"])
    if not found.intact:
        return _verdict(found, None, ["tampered"])
    if row is None:
        same_number = found.number is not None and register.get(session, found.number) is not None
        tampered = not found.whole or same_number
        return _verdict(found, None, ["tampered", "unknown"] if tampered else ["unknown"])
    reasons = [] if found.holds else ["revoked" if found.withdrawn else "unknown"]
    state = register.state(row, now)
    if state != "valid" and state not in reasons:
        reasons.append(state)
    return _verdict(found, row, reasons)


def examine(pdf: bytes, trust: Trust, *, at: datetime | None = None) -> Examination:
    """Look at the file alone, at a moment of real time (default now).

    Never raises: whatever cannot be read is not a certificate.
    """
    if len(pdf) > MAX_BYTES or b"/ByteRange" not in pdf:
        return Examination(why="too large, or not signed")
    try:
        reader = PdfFileReader(io.BytesIO(pdf), decode_limits=_LIMITS)
        signatures = reader.embedded_regular_signatures
        if not signatures:
            return Examination(why="not signed")
        if len(signatures) > 1:
            return Examination(signed=True, why="more than one signature")
        return _examine(reader, signatures[0], trust, at or datetime.now(UTC))
    except Exception as error:  # a hostile file may raise anything
        return Examination(why=f"unreadable: {type(error).__name__}")


def _examine(reader: PdfFileReader, signature: Any, trust: Trust, at: datetime) -> Examination:
    status = validate_pdf_signature(signature, trust.context(at))
    unchanged = status.modification_level in (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES)
    if not (status.intact and status.valid and status.docmdp_ok and unchanged):
        return Examination(signed=True, why="changed after signing")
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    why = "" if whole else "bytes outside the signature"
    found = Examination(signed=True, intact=True, whole=whole, why=why)
    judged: Any = asyncio.run(
        ades_with_time_validation(
            signature.signed_data,
            trust.specification(),
            timing_info=ValidationTimingInfo(at, at, point_in_time_validation=False),
            raw_digest=signature.compute_digest(),
        )
    )
    if judged.ades_subindic != AdESPassed.OK:
        withdrawn = judged.ades_subindic in _REVOKED
        return replace(found, withdrawn=withdrawn, why=f"signer: {judged.ades_subindic}")
    if not _in_force(judged.api_status.validation_path, judged.best_signature_time):
        return replace(found, why="signer: not in force when stamped")
    return replace(
        found,
        trusted=True,
        signer=signature.signer_cert.subject.native["common_name"],
        number=_number(reader),
        stamped_at=judged.best_signature_time,
    )


def _in_force(path: Any, stamped_at: datetime) -> bool:
    """Was every certificate in force at the stamp? The library lets one pass that had expired before it."""
    return path is not None and all(
        certificate.not_valid_before <= stamped_at <= certificate.not_valid_after
        for certificate in path.iter_certs(include_root=True)
    )


def _number(reader: PdfFileReader) -> str | None:
    """The number in the attached facts; only asked of a file that we have signed."""
    attached = reader.root["/AF"][0]["/EF"]["/F"]
    facts = json.loads(attached.data)
    return str(facts["number"]) if facts.get("schema") == SCHEMA else None


def _verdict(found: Examination, row: Any, reasons: list[str]) -> Verdict:
    return Verdict(
        valid=not reasons,
        number=row.number if row else found.number,
        kind=row.kind if row else None,
        signer=found.signer,
        signed_at=found.stamped_at,
        revoked=bool(row and row.revoked_at),
        reasons=tuple(reasons),
    )
