"""Six figures by text message: whoever types them holds the telephone.

Five minutes, five tries, three messages an hour for a telephone and ten for an
address. Where no gateway is set up, only the demo can send: it shows the code on
the page. Real time, not the clock of the business.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from registry import encryption, students
from registry.base import Base, UtcDateTime
from webapp import attempts
from webapp.refusals import TooManyTries
from webapp.services import Services, real_now

LASTS = timedelta(minutes=5)
TRIES = 5
HOUR = timedelta(hours=1)
SENDS_TO_A_PHONE, SENDS_FROM_AN_ADDRESS = 3, 10


class PhoneCode(Base):
    """The newest code of a telephone for one purpose. `shown` holds it readable in a demo only."""

    __tablename__ = "phone_codes"

    phone_ix: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(60), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(16))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shown: Mapped[bytes | None] = mapped_column(LargeBinary)


def can_send(services: Services) -> bool:
    """Is there a way to a telephone? Without one nobody is asked for a code."""
    return services.settings.demo


def send(services: Services, phone: str, purpose: str, address: str) -> None:
    """Send a new code; the one before opens nothing any more.

    Raises `TooManyTries`.
    """
    now = real_now()
    phone_ix = students.phone_index(phone)
    limits = [(phone_ix.hex(), SENDS_TO_A_PHONE)]
    if not services.settings.demo:  # a demo sends nothing, and all who try it share one address
        limits.append((address, SENDS_FROM_AN_ADDRESS))
    for key, limit in limits:
        if not attempts.allowed(services.sessions, "sms-send", key, limit=limit, within=HOUR, now=now):
            raise TooManyTries(HOUR)
    code = f"{secrets.randbelow(1_000_000):06d}"
    row = f"{phone_ix.hex()}:{purpose}"
    with services.sessions() as session:
        session.merge(
            PhoneCode(
                phone_ix=phone_ix,
                purpose=purpose,
                code_hash=_digest(row, code),
                sent_at=now,
                shown=encryption.ring().encrypt("phone_codes.shown", row, code)
                if services.settings.demo
                else None,
            )
        )
        session.commit()
    attempts.forget(services.sessions, "sms-code", row)


def waiting(services: Services, phone: str, purpose: str) -> bool:
    """Was a code sent that can still be typed?"""
    return _current(services, students.phone_index(phone), purpose) is not None


def shown(services: Services, phone: str, purpose: str) -> str | None:
    """The code to show on the page (演示), while it lasts."""
    found = _current(services, students.phone_index(phone), purpose)
    if found is None or found.shown is None:
        return None
    row = f"{found.phone_ix.hex()}:{purpose}"
    return encryption.ring().decrypt("phone_codes.shown", row, found.shown)


def fits(services: Services, phone: str, purpose: str, code: str) -> bool:
    """Is it the code that was sent? It opens once.

    Raises `TooManyTries` from the sixth try on; each is counted before it is compared.
    """
    phone_ix = students.phone_index(phone)
    row = f"{phone_ix.hex()}:{purpose}"
    if not attempts.allowed(services.sessions, "sms-code", row, limit=TRIES, within=LASTS, now=real_now()):
        raise TooManyTries(LASTS)
    found = _current(services, phone_ix, purpose)
    if found is None or not hmac.compare_digest(found.code_hash, _digest(row, code)):
        return False
    with services.sessions() as session:
        session.execute(delete(PhoneCode).where(PhoneCode.phone_ix == phone_ix, PhoneCode.purpose == purpose))
        attempts.forget_with(session, "sms-send", phone_ix.hex())  # its owner wanted the messages
        session.commit()
    return True


def _current(services: Services, phone_ix: bytes, purpose: str) -> PhoneCode | None:
    with services.reading() as session:
        found = session.get(PhoneCode, (phone_ix, purpose))
    return found if found is not None and real_now() - found.sent_at <= LASTS else None


def _digest(row: str, code: str) -> bytes:
    return encryption.ring().blind_index("phone_codes.code", f"{row}:{code}")
