"""Where the signed files lie: a folder, each file under the hash of its content."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Container, Iterator
from pathlib import Path


class FileStore:
    """Files that are written once and never changed. A key is `ab/abcd….pdf`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Store `data` so that it survives a crash, and give its key; twice the same is once."""
        name = hashlib.sha256(data).hexdigest()
        key = f"{name[:2]}/{name}.pdf"
        target = self._folder / key
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_suffix(f".{os.getpid()}.part")
        with half.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return key

    def get(self, key: str) -> bytes:
        """The stored bytes. Raises `FileNotFoundError`."""
        return (self._folder / key).read_bytes()

    def orphans(self, known: Container[str]) -> Iterator[str]:
        """Keys that no certificate knows: a worker died between signing and recording, or came second."""
        for path in sorted(self._folder.glob("??/*.pdf")):
            key = path.relative_to(self._folder).as_posix()
            if key not in known:
                yield key

    def delete(self, key: str) -> None:
        """Remove an orphan."""
        (self._folder / key).unlink(missing_ok=True)
