"""Passwords: argon2id with 19 MiB and two passes, at most four at a time."""

from __future__ import annotations

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST = 128
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_turns = threading.BoundedSemaphore(4)
# Compared with when nobody has that name, so that the answer takes as long.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$7hJk0wN3m1vQ8r2T5y9ZtA$m1rXw2oQ0z8Yf5V3n7c4b6K9d1e0H2j5L8p3s6u7x0w"


def hash_password(password: str) -> str:
    return _hasher.hash(_normal(password))


def is_right(password: str, stored: str | None) -> bool:
    """Does the password fit? `stored` is None for a name nobody has; it takes as long."""
    if len(password) > LONGEST:
        return False
    with _turns:
        try:
            return _hasher.verify(stored or _NOBODY, _normal(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def needs_new_hash(stored: str) -> bool:
    return _hasher.check_needs_rehash(stored)


def _normal(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
