"""Encrypted fields and blind indexes: what a stolen database does not tell.

AES-256-GCM with a random nonce; the place of a value (table, column, row) is
authenticated with it, so that a ciphertext copied to another row does not
open. Equality search goes over a keyed digest, the blind index.
Stored form: ``0x01 | key id (4) | nonce (12) | ciphertext and tag``.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
import stat
import unicodedata
import uuid
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from registry.errors import KeyRingRefused

FORMAT = b"\x01"
HEADER = 5  # format byte and key id
NONCE = 12
INDEX_BYTES = 16


@dataclass(frozen=True)
class Key:
    """One encryption key of the ring. `state` is ``active`` (encrypts) or ``old`` (only decrypts)."""

    id: bytes
    secret: bytes = field(repr=False)
    state: str = "active"


@dataclass(frozen=True)
class KeyRing:
    """The keys of one installation. The first active key encrypts, every key decrypts."""

    keys: tuple[Key, ...]
    index_secret: bytes = field(repr=False)
    index_version: int = 1

    @classmethod
    def generate(cls) -> KeyRing:
        """A new ring with one key of each purpose, in memory only."""
        return cls((Key(secrets.token_bytes(4), secrets.token_bytes(32)),), secrets.token_bytes(32))

    @classmethod
    def create(cls, path: Path) -> KeyRing:
        """Make a ring and write it to `path`, readable by its owner only. Never overwrites."""
        ring = cls.generate()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(ring._as_json())
        return ring

    @classmethod
    def load(cls, path: Path) -> KeyRing:
        """Read the ring at `path`.

        :raises KeyRingRefused: when it is missing, not ours, or others may read it.
        """
        try:
            mode = path.stat().st_mode
            body = json.loads(path.read_text(encoding="ascii"))
            keys = tuple(Key(bytes.fromhex(k["id"]), _decode(k["key"]), k["state"]) for k in body["encrypt"])
            ring = cls(keys, _decode(body["index"]["key"]), int(body["index"]["version"]))
        except (OSError, ValueError, KeyError, TypeError) as reason:
            raise KeyRingRefused(path=str(path), reason=type(reason).__name__) from None
        if stat.S_IMODE(mode) & 0o077:
            raise KeyRingRefused(path=str(path), reason="others may read it; run: chmod 600")
        if not any(key.state == "active" for key in keys):
            raise KeyRingRefused(path=str(path), reason="no active key")
        return ring

    def encrypt(self, place: str, row: uuid.UUID | str, text: str) -> bytes:
        """Encrypt `text` for the column `place` (``students.id_number``) of `row`."""
        return self.encrypt_bytes(place, row, text.encode())

    def decrypt(self, place: str, row: uuid.UUID | str, stored: bytes) -> str:
        """The text that :meth:`encrypt` stored for this place and row."""
        return self.decrypt_bytes(place, row, stored).decode()

    def encrypt_bytes(self, place: str, row: uuid.UUID | str, data: bytes) -> bytes:
        """Encrypt `data` for one place and row; two calls never give the same bytes."""
        key = next(key for key in self.keys if key.state == "active")
        nonce = secrets.token_bytes(NONCE)
        sealed = _cipher(key.secret, place).encrypt(nonce, data, _address(place, row))
        return FORMAT + key.id + nonce + sealed

    def decrypt_bytes(self, place: str, row: uuid.UUID | str, stored: bytes) -> bytes:
        """Open what was stored.

        :raises KeyRingRefused: when it was changed, belongs to another row, or its key is gone.
        """
        key = next((key for key in self.keys if key.id == stored[1:HEADER]), None)
        if key is None or stored[:1] != FORMAT:
            raise KeyRingRefused(place=place, reason="no key for it")
        nonce, sealed = stored[HEADER : HEADER + NONCE], stored[HEADER + NONCE :]
        try:
            return _cipher(key.secret, place).decrypt(nonce, sealed, _address(place, row))
        except InvalidTag:
            raise KeyRingRefused(place=place, reason="changed, or of another row") from None

    def blind_index(self, kind: str, text: str) -> bytes:
        """16 bytes by which equal values of one `kind` are found, and nothing else."""
        secret = _derived(self.index_secret, f"index/{kind}")
        message = kind.encode() + b"\0" + normalised(text).encode()
        return hmac.digest(secret, message, sha256)[:INDEX_BYTES]

    def _as_json(self) -> str:
        encrypt = [
            {"id": k.id.hex(), "alg": "AES-256-GCM", "key": _encode(k.secret), "state": k.state}
            for k in self.keys
        ]
        index = {"version": self.index_version, "alg": "HMAC-SHA256", "key": _encode(self.index_secret)}
        return json.dumps({"encrypt": encrypt, "index": index}, indent=1)


def normalised(text: str) -> str:
    """One form for values that mean the same: no full-width figures, no outer blanks, capitals."""
    return unicodedata.normalize("NFKC", text).strip().upper()


class _Process:
    """The ring of this process; set once at start by the command that runs."""

    ring: KeyRing | None = None


def use(ring: KeyRing) -> None:
    """Take `ring` for every encrypted field of this process."""
    _Process.ring = ring


def ring() -> KeyRing:
    """The ring in use.

    :raises KeyRingRefused: when none was set: nothing is ever stored in clear instead.
    """
    if _Process.ring is None:
        raise KeyRingRefused(reason="no key ring was set for this process")
    return _Process.ring


def _address(place: str, row: uuid.UUID | str) -> bytes:
    return f"{place}:{row}".encode()


@lru_cache(maxsize=256)
def _cipher(secret: bytes, place: str) -> AESGCM:
    return AESGCM(_derived(secret, place))


@lru_cache(maxsize=256)
def _derived(secret: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"jisui/v1/{purpose}".encode()).derive(secret)


def _encode(secret: bytes) -> str:
    return base64.b64encode(secret).decode("ascii")


def _decode(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
