"""Clean one uploaded file. Runs as a child process and knows nothing of the register.

``python -I evidence_cleaning.py clean <name> <declared type>`` or ``… picture <page>``
reads the file from standard input and answers on standard output with one line of
JSON, then the cleaned bytes. A refusal is ``{"refused": code}``; a child that dies
(memory, time, a fault in a decoder) has refused by dying. Started by
`registry.evidence_intake`; sets its own limits before the first byte is read.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath

import pikepdf
import pillow_heif
import puremagic
import pypdfium2
from PIL import Image, ImageFilter, ImageOps, ImageStat, UnidentifiedImageError

JPEG, PNG, HEIC, PDF = "image/jpeg", "image/png", "image/heic", "application/pdf"
SUFFIXES = {
    ".jpg": JPEG, ".jpeg": JPEG, ".jfif": JPEG, ".png": PNG, ".heic": HEIC, ".heif": HEIC, ".pdf": PDF,
}  # fmt: skip
DECLARED = {
    "image/jpeg": JPEG, "image/jpg": JPEG, "image/pjpeg": JPEG, "image/png": PNG, "image/x-png": PNG,
    "image/heic": HEIC, "image/heif": HEIC, "application/pdf": PDF, "application/x-pdf": PDF,
}  # fmt: skip
NO_CLAIM = {"", "application/octet-stream", "binary/octet-stream"}  # what phones say when they do not know

HEAP_BYTES = 256 * 1024 * 1024
SPACE_BYTES = 512 * 1024 * 1024  # heap and the mapped libraries
PROCESSOR_SECONDS = 10
MAX_PAGES = 50
MAX_PIXELS = 40_000_000
A4_AT_300_DPI = (2480, 3508)
SCREEN_WIDTH = 1240  # pixels of a page drawn for reading: A4 at 150 dpi
BLURRY_BELOW = 40.0  # variance of the Laplacian of a 1000 px grey picture; text in focus lies above 300

# All that a page and its visible marks (stamps, signatures) may keep; actions, scripts, forms,
# attachments, threads and bookmarks are in none of these keys.
PAGE_KEYS = {
    "/Type", "/MediaBox", "/CropBox", "/TrimBox", "/BleedBox", "/ArtBox", "/Rotate", "/UserUnit",
    "/Resources", "/Contents", "/Group", "/Annots", "/Parent",
}  # fmt: skip
MARK_KEYS = {"/Type", "/Subtype", "/Rect", "/AP", "/AS", "/F", "/Border", "/BS", "/C"}


class Refuse(Exception):
    """The file is not taken; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Clean:
    """A file made anew from what was readable in the given one."""

    data: bytes
    media_type: str
    pages: int
    blurry: bool = False


def kind_of(data: bytes, name: str, declared: str) -> str:
    """The one type that content, name and declaration agree on; else ``wrong_type``."""
    if data.startswith(b"%PDF-"):
        kind = PDF
    elif data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis"):
        kind = HEIC
    else:
        try:
            found = puremagic.from_string(data[:8192], mime=True)
        except (puremagic.PureError, ValueError):
            found = ""
        kind = DECLARED.get(found, "")
    suffix = PurePath(name).suffix.lower()
    claims = {SUFFIXES.get(suffix, "?")} if suffix else set()
    if declared.lower() not in NO_CLAIM:
        claims.add(DECLARED.get(declared.lower(), "?"))
    if not kind or claims - {kind}:
        raise Refuse("wrong_type")
    return kind


def clean(data: bytes, name: str, declared: str) -> Clean:
    """Make the file anew: pictures re-encoded upright, PDFs without anything active."""
    kind = kind_of(data, name, declared)
    return clean_pdf(data) if kind == PDF else clean_picture(data, kind)


def clean_picture(data: bytes, kind: str) -> Clean:
    """Decode and encode again: no EXIF, no place, nothing behind the picture."""
    with _decoding(), Image.open(io.BytesIO(data)) as source:
        if source.format not in {"JPEG", "MPO", "PNG", "HEIF"}:
            raise Refuse("wrong_type")
        source.draft("RGB", A4_AT_300_DPI)  # a JPEG is decoded at a fraction of its size where it can be
        picture = ImageOps.exif_transpose(source).convert("RGB")
    picture.thumbnail(A4_AT_300_DPI if picture.height >= picture.width else A4_AT_300_DPI[::-1])
    media_type = PNG if kind == PNG else JPEG
    return Clean(_encoded(picture, media_type), media_type, pages=1, blurry=is_blurry(picture))


def clean_pdf(data: bytes) -> Clean:
    """Copy the pages, and of them only what can be seen, into a new PDF."""
    out = io.BytesIO()
    with _decoding(), pikepdf.open(io.BytesIO(data)) as pdf, pikepdf.new() as copy:
        if pdf.is_encrypted:
            raise Refuse("encrypted")
        pages = len(pdf.pages)
        if pages > MAX_PAGES:
            raise Refuse("too_many_pages")
        for page in pdf.pages:
            _keep_only(page.obj, PAGE_KEYS)
            for mark in page.obj.get("/Annots", pikepdf.Array()):
                _keep_only(mark, MARK_KEYS)
            copy.pages.append(page)
        copy.save(out)
    _draw(out.getvalue(), 0)  # a page nobody can see is no evidence
    return Clean(out.getvalue(), PDF, pages)


def picture_of(data: bytes, page: int) -> Clean:
    """One page (counted from 0) of a cleaned file as a JPEG to look at."""
    if data.startswith(b"%PDF-"):
        picture = _draw(data, page)
    else:
        with _decoding(), Image.open(io.BytesIO(data)) as source:
            picture = source.convert("RGB")
        picture.thumbnail((SCREEN_WIDTH, SCREEN_WIDTH * 2))
    return Clean(_encoded(picture, JPEG), JPEG, pages=1)


def is_blurry(picture: Image.Image) -> bool:
    """Does the picture lack edges? Only a hint to take it again."""
    grey = picture.convert("L")
    grey.thumbnail((1000, 1000))
    if min(grey.size) < 200:
        return False
    edges = grey.filter(ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128))
    inner = edges.crop((1, 1, edges.width - 1, edges.height - 1))  # the filter leaves the rim as it was
    return bool(ImageStat.Stat(inner).var[0] < BLURRY_BELOW)


@contextmanager
def _decoding() -> Iterator[None]:
    """Whatever a decoder says of a broken file is one of our refusals."""
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refuse("too_many_pixels") from error
    except pikepdf.PasswordError as error:
        raise Refuse("encrypted") from error
    except (
        UnidentifiedImageError, OSError, ValueError, TypeError, SyntaxError, EOFError, IndexError,
        pikepdf.PdfError, pypdfium2.PdfiumError,
    ) as error:  # fmt: skip
        raise Refuse("unreadable") from error


def _encoded(picture: Image.Image, media_type: str) -> bytes:
    out = io.BytesIO()
    if media_type == PNG:
        picture.save(out, "PNG")
    else:
        picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def _keep_only(thing: pikepdf.Object, keys: set[str]) -> None:
    for key in set(thing.keys()) - keys:
        del thing[key]


def _draw(data: bytes, page: int) -> Image.Image:
    with _decoding():
        sheet = pypdfium2.PdfDocument(data)[page]
        width, height = max(sheet.get_width(), 1), max(sheet.get_height(), 1)
        scale = min(SCREEN_WIDTH / width, 4.0)
        if width * height * scale * scale > MAX_PIXELS / 4:
            raise Refuse("too_many_pixels")
        picture: Image.Image = sheet.render(scale=scale).to_pil().convert("RGB")
        return picture


def _limit_ourselves() -> None:
    for what, most in (
        (resource.RLIMIT_DATA, HEAP_BYTES),
        (resource.RLIMIT_AS, SPACE_BYTES),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, 0),  # the answer goes through a pipe; no file is written
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main(arguments: list[str]) -> None:
    """Answer one request; see the module's words."""
    _limit_ourselves()
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    pillow_heif.register_heif_opener(thumbnails=False)
    data = sys.stdin.buffer.read()
    try:
        if arguments[0] == "clean":
            answer = clean(data, arguments[1], arguments[2])
        else:
            answer = picture_of(data, int(arguments[1]))
    except Refuse as refusal:
        head: dict[str, object] = {"refused": refusal.code}
        body = b""
    else:
        head = {"media_type": answer.media_type, "pages": answer.pages, "blurry": answer.blurry}
        body = answer.data
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)


if __name__ == "__main__":
    main(sys.argv[1:])
