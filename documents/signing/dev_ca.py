"""The certificate authority of demonstrations and tests: a root, an issuing CA, a time-stamper, a signer
for each school, made when first needed. Never for production: there a licensed CA issues, and keys
live in a token or in the province's seal service.

All keys are files of mode 0600 in one folder outside the database; `root.pem` there is what a PDF
reader must be told to trust. Everything here counts in real time.
"""

from __future__ import annotations

import fcntl
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from documents.signing.base import OrgRef
from documents.signing.pades import Credential, PadesSigner
from documents.signing.trust import Trust
from documents.signing.tsa import OpensslTimeStamper

YEAR = timedelta(days=365)
CRL_TERM = timedelta(days=30)
_LEEWAY = timedelta(minutes=5)
_NAME_LIMIT = 64
"""X.520 ends common names and organisations at 64 characters (the library counts bytes, so we check)."""


class DevAuthority:
    """The authority in `folder`. Opening it makes what is missing; two processes take turns.

    `crl_url` is printed into the certificates as the place of the revocation lists. `clock` is real time.
    """

    def __init__(
        self,
        folder: Path,
        *,
        crl_url: str = "https://v.example.edu.cn/crl",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.folder = folder.resolve()
        self._crl_url = crl_url
        self._clock = clock
        self._held: dict[str, Credential] = {}
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.folder / "signers").mkdir(exist_ok=True, mode=0o700)
        with self._lock():
            if not (self.folder / "tsa.pem").exists():
                self._found()
        self._root = self._certificate("root")
        self._issuing = self._certificate("issuing")

    @property
    def root_pem(self) -> Path:
        """The root certificate as a file, for NSS, browsers and `openssl -CAfile`."""
        return self.folder / "root.pem"

    def signer(self) -> PadesSigner:
        """A signer for every organisation, with the stamps of this authority."""
        return PadesSigner(self.credential, OpensslTimeStamper(self.folder))

    def credential(self, org: OrgRef) -> Credential:
        """The organisation's key and certificate, made when there are none; parsed once a process."""
        if org.code not in self._held:
            stem = f"signers/{org.code}"
            with self._lock():
                if not (self.folder / f"{stem}.pem").exists():
                    self.issue(org, not_before=self._clock() - _LEEWAY, term=3 * YEAR)
            self._held[org.code] = Credential(
                key=self._key(stem),
                certificate=_der(self._certificate(stem)),
                chain=(_der(self._issuing),),
            )
        return self._held[org.code]

    def issue(self, org: OrgRef, *, not_before: datetime, term: timedelta) -> None:
        """Make a new key and certificate for `org`, in place of an older one."""
        if not org.code.isalnum():
            raise ValueError(f"not a code of an organisation: {org.code!r}")
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(
            _name(org.name, f"{org.name}电子印章"), key, issuer="issuing", not_before=not_before, term=term,
            usage=_usage(digital_signature=True, content_commitment=True),
        )  # fmt: skip
        self._held.pop(org.code, None)
        self._write(f"signers/{org.code}", key, certificate)

    def revoke(self, serial: str, *, at: datetime) -> None:
        """Withdraw a signer's certificate (`serial` in hex) from `at` on: its key is no longer trusted."""
        with self._lock():
            revoked = {int(serial, 16): at} | dict(self._revoked())
            self._publish("issuing", revoked)

    def trust(self) -> Trust:
        """What a verifier needs; revocation lists about to lapse are made anew."""
        with self._lock():
            for name in ("root", "issuing"):
                if self._crl(name).next_update_utc < self._clock() + CRL_TERM / 2:  # type: ignore[operator]
                    self._publish(name, dict(self._revoked()) if name == "issuing" else {})
        return Trust(
            roots=(_der(self._root),),
            intermediates=(_der(self._issuing),),
            crls=tuple(self._crl(name).public_bytes(Encoding.DER) for name in ("root", "issuing")),
        )

    def _found(self) -> None:
        """Root, issuing CA and time-stamper; the latter last, because it marks the work as done."""
        start = self._clock() - _LEEWAY
        ca = _usage(key_cert_sign=True, crl_sign=True)
        root = ec.generate_private_key(ec.SECP256R1())
        self._write("root", root, self._sign(
            _name("籍随演示", "籍随演示根 CA"), root, issuer=None, not_before=start, term=20 * YEAR,
            usage=ca, path=1,
        ))  # fmt: skip
        self._publish("root", {})
        issuing = ec.generate_private_key(ec.SECP256R1())
        self._write("issuing", issuing, self._sign(
            _name("籍随演示", "籍随演示签发 CA"), issuing, issuer="root", not_before=start, term=10 * YEAR,
            usage=ca, path=0,
        ))  # fmt: skip
        self._publish("issuing", {})
        stamper = rsa.generate_private_key(65537, 2048)
        self._write("tsa", stamper, self._sign(
            _name("籍随演示", "籍随演示时间戳"), stamper, issuer="root", not_before=start, term=10 * YEAR,
            usage=_usage(digital_signature=True), stamps=True,
        ))  # fmt: skip

    def _sign(
        self, subject: x509.Name, key: Any, *, issuer: str | None, not_before: datetime, term: timedelta,
        usage: x509.KeyUsage, path: int | None = None, stamps: bool = False,
    ) -> x509.Certificate:  # fmt: skip
        above = self._certificate(issuer) if issuer else None
        above_key = self._key(issuer) if issuer else key
        builder = (
            x509.CertificateBuilder(subject_name=subject, public_key=key.public_key())
            .issuer_name(above.subject if above else subject)
            .serial_number(x509.random_serial_number())
            .not_valid_before(not_before)
            .not_valid_after(not_before + term)
            .add_extension(x509.BasicConstraints(ca=path is not None, path_length=path), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(above_key.public_key()), critical=False
            )
        )
        if issuer:
            place = x509.UniformResourceIdentifier(f"{self._crl_url}/{issuer}.crl")
            point = x509.DistributionPoint([place], relative_name=None, reasons=None, crl_issuer=None)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        if stamps:
            only = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(only, critical=True)
        return builder.sign(above_key, hashes.SHA256())

    def _publish(self, name: str, revoked: dict[int, datetime]) -> None:
        now = self._clock()
        issuer = self._certificate(name)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(issuer.subject)
            .last_update(now - _LEEWAY)
            .next_update(now + CRL_TERM)
            .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()),  # type: ignore[arg-type]
                critical=False,
            )
        )
        for serial, at in revoked.items():
            entry = x509.RevokedCertificateBuilder(serial, at).build()
            builder = builder.add_revoked_certificate(entry)
        data = builder.sign(self._key(name), hashes.SHA256()).public_bytes(Encoding.PEM)
        self._replace(self.folder / f"{name}.crl", data)

    def _revoked(self) -> Iterator[tuple[int, datetime]]:
        for entry in self._crl("issuing"):
            yield entry.serial_number, entry.revocation_date_utc

    def _crl(self, name: str) -> x509.CertificateRevocationList:
        return x509.load_pem_x509_crl((self.folder / f"{name}.crl").read_bytes())

    def _certificate(self, stem: str) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.folder / f"{stem}.pem").read_bytes())

    def _key(self, stem: str) -> Any:
        return load_pem_private_key((self.folder / f"{stem}.key").read_bytes(), password=None)

    def _write(self, stem: str, key: Any, certificate: x509.Certificate) -> None:
        """The key first: a certificate on disk always has its key."""
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._replace(self.folder / f"{stem}.key", secret)
        self._replace(self.folder / f"{stem}.pem", certificate.public_bytes(Encoding.PEM))

    @staticmethod
    def _replace(path: Path, data: bytes) -> None:
        half = path.with_name(f"{path.name}.part")
        half.touch(mode=0o600)
        half.chmod(0o600)
        half.write_bytes(data)
        half.replace(path)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _name(organisation: str, common: str) -> x509.Name:
    if len(common) > _NAME_LIMIT:
        raise ValueError(f"a certificate's name has at most {_NAME_LIMIT} characters: {common}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 64 characters are fine; the library warns of 64 bytes
        return x509.Name([
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation, _validate=False),
            x509.NameAttribute(NameOID.COMMON_NAME, common, _validate=False),
        ])  # fmt: skip


def _usage(**allowed: bool) -> x509.KeyUsage:
    every = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in every})


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
