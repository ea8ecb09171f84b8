"""The tracking code (查询码): eight characters of Crockford's base 32, kept only as an HMAC."""

from __future__ import annotations

import hmac
import re
import secrets

from registry import encryption

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8


def new_code() -> str:
    """Forty random bits, shown once, in fours: K7M4-2QXP."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{text[:4]}-{text[4:]}"


def normalised(typed: str) -> str | None:
    """A code as typed, in any case, with or without hyphen; None if it cannot be one."""
    text = re.sub(r"[\s-]", "", typed).upper().replace("O", "0").replace("I", "1").replace("L", "1")
    return text if re.fullmatch(f"[{ALPHABET}]{{{LENGTH}}}", text) else None


def digest(number: str, code: str) -> bytes:
    """What is stored: bound to the case number, useless without the key ring."""
    return encryption.ring().blind_index("cases.tracking_code", f"{number}\0{normalised(code)}")


def fits(number: str, typed: str, stored: bytes | None) -> bool:
    code = normalised(typed)
    if code is None or stored is None:
        return False
    return hmac.compare_digest(digest(number, code), stored)
