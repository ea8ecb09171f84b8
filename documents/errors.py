"""What this package refuses. The docstring is the sentence for the log; `code` is stable; `facts` fill in."""

from __future__ import annotations


class DocumentError(Exception):
    """The certificate was not made or changed."""

    code = "document"

    def __init__(self, **facts: object) -> None:
        super().__init__(f"{self.__doc__} {facts}" if facts else self.__doc__)
        self.facts = facts


class CertificateNotFound(DocumentError):
    """The register of certificates has no such number."""

    code = "certificate.not_found"


class AlreadyRevoked(DocumentError):
    """The certificate is revoked or superseded already."""

    code = "certificate.already_revoked"


class OrderNotOpen(DocumentError):
    """The order is done, void, or in somebody's hands."""

    code = "certificate.order_not_open"


class NotFit(DocumentError):
    """What was made does not pass its own checks; it is not registered."""

    code = "certificate.not_fit"
