"""Programs that share no code with us look at a certificate."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class OwnTrust:
    """A reader's list of trusted issuers, with the demo's root and nothing else in it."""

    folder: Path

    @classmethod
    def of(cls, root: Path, folder: Path) -> OwnTrust:
        folder.mkdir()
        run("certutil", "-N", "-d", f"sql:{folder}", "--empty-password")
        run("certutil", "-A", "-d", f"sql:{folder}", "-n", "demo", "-t", "C,C,C", "-i", root)
        return cls(folder)

    def pdfsig(self, file: Path) -> str:
        """What poppler says of the signatures of a file."""
        return run("pdfsig", "-nssdir", f"sql:{self.folder}", file, check=False)


def run(*command: object, check: bool = True) -> str:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, timeout=60
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def with_another_byte(pdf: bytes) -> bytes:
    """The same file with one bit changed, in the middle of the signed part."""
    at = len(pdf) // 3
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]
