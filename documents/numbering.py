"""Numbers of certificates and their verification codes.

A number is the letter of the kind, division (6 digits), year (4) and serial (8), 19 characters. It is
given out in the transaction of the decision, so a rolled-back decision leaves no gap; a number whose
paper is never made stays, as a `void` order.
"""

from __future__ import annotations

import secrets

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from documents.facts import KINDS
from documents.model import CertificateNumber

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})


def allocate(session: Session, kind: str, division: str, year: int) -> str:
    """The next number; locks its counter until the transaction ends."""
    key = {"letter": KINDS[kind].letter, "division": division, "year": year}
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(CertificateNumber).values(**key, last=0).on_conflict_do_nothing())
    serial = session.execute(
        update(CertificateNumber)
        .filter_by(**key)
        .values(last=CertificateNumber.last + 1)
        .returning(CertificateNumber.last)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    return f"{KINDS[kind].letter}{division}{year:04d}{serial:08d}"


def new_code() -> str:
    """A verification code: 50 random bits as 10 characters that are not mistaken for each other."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(CODE_LENGTH))


def read_number(typed: str) -> str:
    """A typed number as stored: any case, blanks and hyphens; after the letter O is 0, I and L are 1."""
    plain = typed.upper().translate({ord(" "): None, ord("-"): None})
    return plain[:1] + read_code(plain[1:])


def read_code(typed: str) -> str:
    """A typed code as stored: any case, blanks and hyphens allowed, O is 0, I and L are 1."""
    return typed.upper().translate(_READ_AS)
