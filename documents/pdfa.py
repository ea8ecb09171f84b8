"""Hand-made rules for PDF/A-3u (ISO 19005-3), in place of veraPDF, which no package index carries.

They look for what our own tool chain could break. A person runs veraPDF whenever the template, the
renderer, the signer or the font changes; these rules run on every certificate before it is issued.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
from pikepdf import Name

FACES = {"Cert-Serif", "Cert-Serif-Bold", "Cert-Serif-Rare"}
_SIGNED = b"/ETSI.CAdES.detached"
_PRINT, _INVISIBLE, _HIDDEN, _NO_VIEW = 4, 1, 2, 32


def check(pdf: bytes) -> list[str]:
    """What breaks a rule, each as a sentence; empty when the file is clean."""
    findings = [*_bytes(pdf)]
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for rule in _RULES:
            findings += rule(document)
    return findings


def _bytes(pdf: bytes) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.\d\r?\n%[\x80-\xff]{4}", pdf):
        yield "header: not %PDF-1.n with a binary comment"
    if not pdf.rstrip(b"\r\n").endswith(b"%%EOF"):
        yield "end: bytes after %%EOF"
    if _SIGNED in pdf:
        yield from _byte_range(pdf)


def _byte_range(pdf: bytes) -> Iterator[str]:
    found = re.findall(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", pdf)
    if len(found) != 1:
        yield f"signature: {len(found)} byte ranges"
        return
    start, first, second, length = map(int, found[0])
    if start != 0 or second + length != len(pdf):
        yield "signature: does not cover the file"
    if pdf[first : first + 1] != b"<" or pdf[second - 1 : second] != b">":
        yield "signature: the gap is more than its contents"


def _trailer(document: pikepdf.Pdf) -> Iterator[str]:
    if Name.ID not in document.trailer:
        yield "trailer: no /ID"
    if document.is_encrypted:
        yield "trailer: encrypted"
    info = document.trailer.get(Name.Info)
    if info is not None and [key for key in info if key != "/Producer"]:
        yield "Info: holds values beside XMP"


def _metadata(document: pikepdf.Pdf) -> Iterator[str]:
    if Name.Metadata not in document.Root:
        yield "XMP: none"
        return
    with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        claim = xmp.get("pdfaid:part"), xmp.get("pdfaid:conformance")
    if claim != ("3", "U"):
        yield f"XMP: claims {claim}, not part 3 level U"


def _colour(document: pikepdf.Pdf) -> Iterator[str]:
    intents: Any = document.Root.get(Name.OutputIntents, [])
    if not any(i.get(Name.S) == Name.GTS_PDFA1 and Name.DestOutputProfile in i for i in intents):
        yield "OutputIntents: no PDF/A profile"


def _fonts(document: pikepdf.Pdf) -> Iterator[str]:
    for thing in _dictionaries(document):
        if thing.get(Name.Type) != Name.Font:
            continue
        face = str(thing.get(Name.BaseFont, "")).lstrip("/").rpartition("+")[2]
        if face not in FACES:
            yield f"font: {face} is not one of ours"
        if thing.get(Name.Subtype) == Name.Type0 and Name.ToUnicode not in thing:
            yield f"font: {face} has no ToUnicode"
        if thing.get(Name.Subtype) == Name.CIDFontType2 and Name.CIDToGIDMap not in thing:
            yield f"font: {face} has no CIDToGIDMap"
        if thing.get(Name.Subtype) in (Name.CIDFontType0, Name.CIDFontType2):
            descriptor = thing.get(Name.FontDescriptor, {})
            if not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
                yield f"font: {face} is not embedded"


def _annotations(document: pikepdf.Pdf) -> Iterator[str]:
    for page in document.pages:
        for annotation in page.obj.get(Name.Annots, []):
            flags = int(annotation.get(Name.F, 0))
            if not flags & _PRINT or flags & (_INVISIBLE | _HIDDEN | _NO_VIEW):
                yield "annotation: not printed, or hidden"
            left, bottom, right, top = (float(value) for value in annotation.Rect)
            if (left, bottom) != (right, top) and Name.N not in annotation.get(Name.AP, {}):
                yield "annotation: no appearance"


def _activity(document: pikepdf.Pdf) -> Iterator[str]:
    form: Any = document.Root.get(Name.AcroForm, {})
    if form.get(Name.NeedAppearances) or Name.XFA in form:
        yield "AcroForm: NeedAppearances or XFA"
    for thing in _dictionaries(document):
        if thing.get(Name.S) in (Name.JavaScript, Name.Launch) or Name.AA in thing:
            yield "action: JavaScript, Launch or additional actions"


def _attachments(document: pikepdf.Pdf) -> Iterator[str]:
    if len(document.Root.get(Name.AF, [])) != 1:
        yield "attachments: the catalogue must name exactly one"
    for thing in _dictionaries(document):
        if thing.get(Name.Type) != Name.Filespec:
            continue
        absent = [key for key in ("/F", "/UF", "/AFRelationship", "/EF") if key not in thing]
        if absent:
            yield f"attachment: without {' '.join(absent)}"
        elif Name.Subtype not in thing.EF.F:
            yield "attachment: without media type"


def _streams(document: pikepdf.Pdf) -> Iterator[str]:
    for thing in _dictionaries(document):
        if "/LZWDecode" in str(thing.get(Name.Filter, "")):
            yield "stream: LZW"
        if isinstance(thing, pikepdf.Stream) and Name.F in thing:
            yield "stream: external"
        if thing.get(Name.Interpolate) is True:
            yield "image: interpolated"
        if thing.get(Name.Type) == Name.ExtGState and Name.TR in thing:
            yield "graphics state: transfer function"


def _dictionaries(document: pikepdf.Pdf) -> Iterator[Any]:
    return (thing for thing in document.objects if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)))


_RULES: tuple[Callable[[pikepdf.Pdf], Iterator[str]], ...] = (
    _trailer, _metadata, _colour, _fonts, _annotations, _activity, _attachments, _streams,
)  # fmt: skip
