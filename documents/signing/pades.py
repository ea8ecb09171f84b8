# mypy: allow-untyped-calls
"""PAdES B-T with a key held in memory: certified so that no change is allowed after it."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from asn1crypto import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import PdfResources, RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from documents.render import Box
from documents.seal_art import SIZE, demo_seal
from documents.signing.base import OrgRef, SealedFile, SealingFailed

RESERVED = 2 * 6144
"""Hexadecimal digits kept free for the signature: it takes 4.7 kB. Estimating costs 25 ms each time."""

_HASHES = {"sha256": hashes.SHA256, "sha384": hashes.SHA384}
_MIDDLE = SimpleBoxLayoutRule(x_align=AxisAlignment.ALIGN_MID, y_align=AxisAlignment.ALIGN_MID)


@dataclass(frozen=True)
class Credential:
    """An organisation's key with its certificate (DER) and those above it, root not among them."""

    key: ec.EllipticCurvePrivateKey
    certificate: bytes
    chain: tuple[bytes, ...]

    @cached_property
    def signer(self) -> LoadedKeySigner:
        """Made once: the certificates take 2 ms to parse."""
        return LoadedKeySigner(self)


class LoadedKeySigner(signers.Signer):
    """Signs with a key parsed once: pyHanko's own signer parses and checks it for each signature."""

    def __init__(self, credential: Credential) -> None:
        self._key = credential.key
        store = SimpleCertificateStore()
        store.register_multiple([x509.Certificate.load(data) for data in credential.chain])
        super().__init__(
            signing_cert=x509.Certificate.load(credential.certificate), cert_registry=store, embed_roots=False
        )

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """ECDSA over `data`; a dry run only asks how many bytes to keep free."""
        if dry_run:
            return bytes(72)
        return self._key.sign(data, ec.ECDSA(_HASHES[digest_algorithm]()))


class PadesSigner:
    """The `Signer` of demonstrations: credentials by organisation, our own seal picture."""

    profile = "pades-b-t"

    def __init__(self, credentials: Callable[[OrgRef], Credential], timestamper: TimeStamper) -> None:
        self._credentials = credentials
        self._timestamper = timestamper

    def seal(self, pdf: bytes, *, org: OrgRef, reason: str, box: Box, idempotency_key: str) -> SealedFile:
        """Sign as `org` with its seal in `box`; `idempotency_key` is for signers far away."""
        credential = self._credentials(org)
        out = io.BytesIO()
        signed_at = datetime.now(UTC)
        signers.PdfSigner(
            signers.PdfSignatureMetadata(
                field_name="Seal1",
                md_algorithm="sha256",
                reason=reason,
                name=org.name,
                subfilter=SigSeedSubFilter.PADES,
                certify=True,
                docmdp_permissions=MDPPerm.NO_CHANGES,
            ),
            signer=credential.signer,
            timestamper=self._timestamper,
            stamp_style=_stamp(org),
            new_field_spec=SigFieldSpec(
                "Seal1",
                on_page=0,
                box=(box.left, box.bottom, box.right, box.top),  # type: ignore[arg-type]
                readable_field_name=f"{org.name}电子印章",
            ),
        ).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=RESERVED, output=out)
        certificate = x509.Certificate.load(credential.certificate)
        return SealedFile(
            data=out.getvalue(),
            media_type="application/pdf",
            profile=self.profile,
            signer_subject=certificate.subject.native["common_name"],
            signer_serial=f"{certificate.serial_number:x}",
            signer_cert_sha256=hashlib.sha256(credential.certificate).hexdigest(),
            signed_at=signed_at,
        )

    def healthy(self) -> bool:
        """A key in memory is always there, so a stamp is asked for; loads the seal's faces besides."""
        demo_seal("样张")
        try:
            digest = hashlib.sha256(b"").digest()
            asyncio.run(self._timestamper.async_timestamp(digest, "sha256"))
        except SealingFailed:
            return False
        return True


def _stamp(org: OrgRef) -> Any:
    """The seal multiplies with the page, like ink: the date stays readable under it."""
    resources = PdfResources()
    resources.ext_g_state[generic.pdf_name("/Ink")] = generic.DictionaryObject(
        {generic.pdf_name("/BM"): generic.pdf_name("/Multiply")}
    )
    picture = RawContent(b"/Ink gs " + demo_seal(org.name), resources, BoxConstraints(SIZE, SIZE))
    return StaticStampStyle(
        border_width=0, background=picture, background_layout=_MIDDLE, background_opacity=1.0
    )
