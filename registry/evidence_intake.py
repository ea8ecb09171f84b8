"""Take an uploaded file in: only what is small, of a known kind, and made anew by us.

The bytes come from anybody, so no decoder ever sees them in our own process: a child with
limits on memory and time (`registry.evidence_cleaning`) decodes and writes them anew.
Figures: 10 MB a file, 12 files and 60 MB a case.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_FILES_PER_CASE = 12
MAX_CASE_BYTES = 60 * 1024 * 1024
MAX_NAME = 120

CHILD = Path(__file__).with_name("evidence_cleaning.py")
CHILD_SECONDS = 10  # of the wall clock; the child limits its own memory and processor time


class EvidenceRefused(Exception):
    """The file is not taken. `code` is one of
    ``empty too_large wrong_type unreadable encrypted too_many_pages too_many_pixels unsafe``.
    """

    def __init__(self, code: str, **facts: int | str) -> None:
        super().__init__(f"{code} {facts}")
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class CleanFile:
    """What is kept of an upload; `sha256` (hex) is of the bytes as they were sent."""

    data: bytes
    media_type: str
    pages: int
    sha256: str
    given_name: str
    blurry: bool


def take_in(data: bytes, given_name: str, declared_type: str = "") -> CleanFile:
    """Clean one upload.

    :param declared_type: the media type the sender claims; name, claim and content must agree.
    :raises EvidenceRefused: then nothing is kept.
    """
    if not data:
        raise EvidenceRefused("empty")
    if len(data) > MAX_FILE_BYTES:
        raise EvidenceRefused("too_large", megabytes=-(-len(data) // (1024 * 1024)))
    name = clean_name(given_name)
    head, body = _ask_child(data, "clean", name, declared_type.split(";", maxsplit=1)[0].strip())
    if len(body) > 2 * MAX_FILE_BYTES:
        raise EvidenceRefused("unsafe")
    return CleanFile(
        data=body,
        media_type=str(head["media_type"]),
        pages=int(str(head["pages"])),
        sha256=hashlib.sha256(data).hexdigest(),
        given_name=name,
        blurry=bool(head["blurry"]),
    )


def draw_page(data: bytes, page: int) -> bytes:
    """Page `page` (from 1) of a file taken in, as a JPEG about 1240 pixels wide.

    :raises EvidenceRefused: ``unreadable`` also where there is no such page.
    """
    _, body = _ask_child(data, "picture", str(page - 1))
    return body


def clean_name(given_name: str) -> str:
    """The given name as text to show: no path, no control characters, at most 120 characters."""
    base = given_name.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(letter for letter in base if unicodedata.category(letter)[0] != "C").strip()
    if len(visible) <= MAX_NAME:
        return visible
    stem, dot, suffix = visible.rpartition(".")
    if dot and len(suffix) <= 5:
        return stem[: MAX_NAME - len(suffix) - 1] + dot + suffix
    return visible[:MAX_NAME]


def _ask_child(data: bytes, *arguments: str) -> tuple[dict[str, object], bytes]:
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the arguments are data, no shell
            _command(arguments),
            input=data,
            capture_output=True,
            timeout=CHILD_SECONDS,
            check=False,
            env={"LC_ALL": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired as error:
        raise EvidenceRefused("unsafe") from error
    line, _, body = done.stdout.partition(b"\n")
    if done.returncode != 0 or not line:
        raise EvidenceRefused("unsafe")
    head: dict[str, object] = json.loads(line)
    if "refused" in head:
        raise EvidenceRefused(str(head["refused"]))
    return head, body


def _command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-I", str(CHILD), *arguments]
