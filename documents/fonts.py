"""The faces of the certificates, and the refusal of characters that they lack.

A missing glyph is drawn as an empty box (tofu) while the extracted text stays right, so nobody
would notice by a text test. Three things together keep it out: the character table is asked before
an order is accepted (`missing`), the renderer sees no other font of the machine
(`isolate_fontconfig`), and its `.notdef` warning is an exception (`tofu_is_an_error`).
"""

from __future__ import annotations

import logging
import os
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

FOLDER = Path(__file__).parent / "fonts"
REGULAR = FOLDER / "NotoSerifSC-Regular.ttf"
COMMON = FOLDER / "NotoSerifSC-Common.ttf"
BOLD_TITLES = FOLDER / "NotoSerifSC-Bold-Titles.ttf"
REGULAR_SHA256 = "c358a69de3df5f423a8946a7b03e3126fb6ba116f1130a463455b4e39e1f0742"
BOLD_SHA256 = "9c6a2ba736e4b499c84f65ce366bd3625c0401885fd3e585ace50fb738b96ff6"
BOLD_TEXT = (
    "转学联系函休复毕业结肄证书明籍在读基本信息表退通知历回执存根补发换"
    "演示专用电子印章校长验编号码有效期至受理 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-：（）"
)
"""What the bold face can set: titles, verification codes, the words of a seal. Never a name."""

COMMON_TEXT = (
    "".join(
        bytes((row, cell)).decode("gb2312", errors="ignore")
        for row in (0xA1, 0xA3, *range(0xB0, 0xF8))
        for cell in range(0xA1, 0xFF)
    )
    + "".join(map(chr, range(0x20, 0x7F)))
    + "·〇"
)
"""What most certificates are set in: GB 2312 with its punctuation. Cut out of the regular weight it is a
fifth of the file, and each page that needs nothing else is made a tenth faster. Every other character
comes from the whole face, which looks the same."""


class FontsMissing(RuntimeError):
    """The font files are not there: run `python -m documents.fetch_fonts`."""


class GlyphMissing(Exception):
    """The page needs a character that the face does not have."""

    def __init__(self, characters: list[str]) -> None:
        super().__init__(" ".join(characters))
        self.characters = characters


@cache
def _characters() -> frozenset[int]:
    if not REGULAR.exists():
        raise FontsMissing(f"{REGULAR} is missing: run `python -m documents.fetch_fonts`")
    with TTFont(REGULAR, lazy=True) as face:
        return frozenset(face.getBestCmap() or {})


def missing(text: str) -> list[str]:
    """Code points of `text` that no certificate can show, as `U+20BB7`, each once, in order.

    The text is taken as it is: normalising would rewrite the compatibility ideographs of names.
    """
    known = _characters()
    absent = dict.fromkeys(c for c in text if ord(c) not in known and c != "\n")
    return [f"U+{ord(c):04X}" for c in absent]


def isolate_fontconfig() -> None:
    """Hide the machine's fonts from this process; call before the first `FontConfiguration`.

    The path must be absolute: a relative one is ignored and the machine's own configuration is used.
    """
    os.environ["FONTCONFIG_FILE"] = str((FOLDER / "fonts.conf").resolve())


class _TofuIsAnError(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if ".notdef glyph rendered" in message:
            raise GlyphMissing([message.rpartition("(")[2].rstrip(").") or message])


_GUARD = _TofuIsAnError()


def tofu_is_an_error() -> None:
    """Make WeasyPrint's warning about a missing glyph reach the caller as `GlyphMissing`."""
    logger = logging.getLogger("weasyprint")
    if _GUARD not in logger.handlers:
        logger.addHandler(_GUARD)
