# mypy: allow-untyped-calls
"""Whom we believe: roots, the certificates between, and what they have withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from asn1crypto import crl, x509
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer

_CHECKING = RevocationCheckingPolicy(
    ee_certificate_rule=RevocationCheckingRule.CRL_REQUIRED,
    intermediate_ca_cert_rule=RevocationCheckingRule.CRL_REQUIRED,
)


@dataclass(frozen=True)
class Trust:
    """Certificates and revocation lists as DER. Nothing is ever fetched: the file to check is untrusted."""

    roots: tuple[bytes, ...]
    intermediates: tuple[bytes, ...]
    crls: tuple[bytes, ...]

    def context(self, moment: datetime) -> ValidationContext:
        """To ask whether a signature holds at `moment` (real time)."""
        return ValidationContext(
            trust_roots=self._certificates(self.roots),
            other_certs=self._certificates(self.intermediates),
            crls=[crl.CertificateList.load(data) for data in self.crls],
            allow_fetching=False,
            revocation_mode="hard-fail",
            moment=moment,
        )

    def specification(self) -> SignatureValidationSpec:
        """To ask whether a stamped signature held when it was stamped (ETSI EN 319 102-1, 5.5)."""
        return SignatureValidationSpec(
            cert_validation_policy=CertValidationPolicySpec(
                trust_manager=SimpleTrustManager.build(self._certificates(self.roots)),
                revinfo_policy=CertRevTrustPolicy(_CHECKING),
            ),
            revinfo_gathering_policy=RevocationInfoGatheringSpec(
                online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY
            ),
            local_knowledge=LocalKnowledge(
                known_crls=[CRLContainer(crl.CertificateList.load(data)) for data in self.crls],
                known_certs=self._certificates(self.intermediates),
            ),
        )

    @staticmethod
    def _certificates(encoded: tuple[bytes, ...]) -> list[x509.Certificate]:
        return [x509.Certificate.load(data) for data in encoded]
