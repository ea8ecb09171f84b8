"""Pictures that stand for a household book or a lease: plainly marked as samples."""

from __future__ import annotations

import io
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy.orm import Session

from documents.fonts import REGULAR as SERIF
from jisui.assembly import Installation
from registry.evidence_intake import CleanFile, take_in

PAPER, INK, FAINT, STAMP = "#fdfcf8", "#26302e", "#c9cfc9", "#d9dedb"
WORDS = {
    "household_book": (
        "居民户口簿",
        ("户别：家庭户", "户主姓名：（样例）", "住址：（样例）", "与户主关系：子女"),
    ),
    "home_proof": (
        "房屋租赁合同",
        ("出租人：（样例）", "承租人：（样例）", "房屋坐落：（样例）", "租赁期限：二年"),
    ),
}


def sample_evidence(
    installation: Installation, session: Session, asker: str, kind: str, now: datetime
) -> UUID:
    """Keep one sample picture of a kind as this asker's upload; its id."""
    kept = installation.services.evidence.keep(session, _clean(kind), kind=kind, uploaded_by=asker, now=now)
    session.flush()
    return UUID(str(kept.id))


@lru_cache
def _clean(kind: str) -> CleanFile:
    title, lines = WORDS[kind]
    return take_in(_draw(title, lines), f"{title}.jpg", "image/jpeg")


def _draw(title: str, lines: tuple[str, ...]) -> bytes:
    page = Image.new("RGB", (1240, 1754), PAPER)
    pen = ImageDraw.Draw(page)
    big, text = (ImageFont.truetype(str(SERIF), size) for size in (72, 40))
    pen.text((620, 180), title, font=big, fill=INK, anchor="mm")
    for row, line in enumerate(lines):
        pen.text((150, 330 + row * 80), line, font=text, fill=INK)
    for row in range(12):
        pen.rectangle((150, 720 + row * 60, 1090 - (row % 4) * 90, 738 + row * 60), fill=FAINT)
    mark = Image.new("RGBA", (700, 320), (0, 0, 0, 0))
    stamp = ImageFont.truetype(str(SERIF), 220)
    ImageDraw.Draw(mark).text((350, 160), "样例", font=stamp, fill=STAMP, anchor="mm")
    turned = mark.rotate(25, expand=True)
    page.paste(turned, (280, 800), turned)
    out = io.BytesIO()
    page.save(out, "JPEG", quality=85)
    return out.getvalue()
