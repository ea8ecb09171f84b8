"""Uploads (E.4): JPEG, PNG, HEIC and PDF only, 10 MB a file, made anew in a child with limits."""

from __future__ import annotations

import io
import zipfile

import pikepdf
import pillow_heif
import pytest
from PIL import Image, ImageDraw, ImageFilter

from registry.evidence_intake import EvidenceRefused, clean_name, draw_page, take_in


def picture(width: int = 600, height: int = 800) -> Image.Image:
    sheet = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(sheet)
    for row in range(20, height, 24):
        for column in range(20, width - 20, 16):
            pen.rectangle((column, row, column + 8, row + 10), fill="black")
    return sheet


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def pdf(pages: int = 1, **options: object) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page(page_size=(595, 842))
        document.save(out, **options)
    return out.getvalue()


def refusal(data: bytes, name: str, declared: str = "") -> str:
    with pytest.raises(EvidenceRefused) as refused:
        take_in(data, name, declared)
    return refused.value.code


def test_a_photo_loses_its_place_and_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the phone turned
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825)[1] = "N"  # latitude reference
    file = take_in(encoded(picture(800, 600), exif=exif), "户口簿-1.jpg", "image/jpeg")
    kept = Image.open(io.BytesIO(file.data))
    assert (kept.width, kept.height) == (600, 800)
    assert not kept.getexif()
    assert b"PhoneMaker" not in file.data
    assert (file.media_type, file.pages, file.given_name) == ("image/jpeg", 1, "户口簿-1.jpg")


def test_a_png_stays_a_png_and_heic_becomes_jpeg():
    assert take_in(encoded(picture(), "PNG"), "scan.png", "image/png").media_type == "image/png"
    heic = io.BytesIO()
    pillow_heif.from_pillow(picture()).save(heic)
    assert take_in(heic.getvalue(), "IMG_0001.HEIC", "image/heic").media_type == "image/jpeg"


def test_nothing_behind_the_picture_is_kept():
    with_script = encoded(picture()) + b"<script>alert(1)</script>"
    assert b"<script>" not in take_in(with_script, "a.jpg").data


def test_a_picture_is_reduced_to_a4_at_300_dpi():
    kept = Image.open(io.BytesIO(take_in(encoded(picture(3000, 4000)), "a.jpg").data))
    assert kept.width <= 2480
    assert kept.height <= 3508


def test_a_blurred_picture_gets_a_hint_and_is_kept():
    blurred = picture().filter(ImageFilter.GaussianBlur(9))
    assert take_in(encoded(blurred), "a.jpg").blurry
    assert not take_in(encoded(picture()), "a.jpg").blurry


@pytest.mark.parametrize(
    ("name", "declared"),
    [("a.png", ""), ("a.jpg", "image/png"), ("a.exe", ""), ("a.jpg", "text/html"), ("a.pdf", "image/jpeg")],
)
def test_name_claim_and_content_must_agree(name, declared):
    assert refusal(encoded(picture()), name, declared) == "wrong_type"


def test_a_phone_that_does_not_know_the_type_is_believed_by_content():
    assert take_in(encoded(picture()), "", "application/octet-stream").media_type == "image/jpeg"


def test_a_program_renamed_to_a_picture_is_refused():
    assert refusal(b"MZ\x90\x00" + bytes(2000), "a.jpg", "image/jpeg") == "wrong_type"


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"<html>%PDF-1.4</html>",
        b"GIF89a" + bytes(100),
        b"just words",
        b"\xff",
    ],
)
def test_other_kinds_are_refused(data):
    assert refusal(data, "a.jpg") == "wrong_type"


def test_a_zip_is_refused():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr("a.jpg", b"x")
    assert refusal(archive.getvalue(), "a.jpg") == "wrong_type"


def test_a_cut_off_file_is_unreadable():
    assert refusal(encoded(picture())[:3000], "a.jpg") == "unreadable"
    assert refusal(pdf()[:60], "a.pdf") == "unreadable"
    assert refusal(b"%PDF-1.7\njunk", "a.pdf") == "unreadable"


def test_a_picture_bomb_is_refused_before_it_is_decoded():
    bomb = encoded(Image.new("1", (20_000, 20_000)), "PNG")
    assert len(bomb) < 1_000_000
    assert refusal(bomb, "a.png") == "too_many_pixels"


def test_ten_megabytes_and_not_one_byte_more():
    with pytest.raises(EvidenceRefused) as refused:
        take_in(b"%PDF-" + bytes(10 * 1024 * 1024), "a.pdf")
    assert (refused.value.code, refused.value.facts) == ("too_large", {"megabytes": 11})
    assert refusal(b"", "a.pdf") == "empty"


def test_a_pdf_keeps_its_pages_and_loses_all_that_acts():
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(2))) as document:
        script = pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS=pikepdf.String("app.alert(1)"))
        document.Root.OpenAction = script
        document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=pikepdf.String("<xdp/>"))
        document.attachments["a.exe"] = pikepdf.AttachedFileSpec(document, b"MZ")
        page = document.pages[0]
        page.obj.AA = pikepdf.Dictionary(O=script)
        page.obj.Annots = pikepdf.Array(
            [pikepdf.Dictionary(Subtype=pikepdf.Name("/Link"), Rect=[0, 0, 9, 9], A=script)]
        )
        document.save(out)
    file = take_in(out.getvalue(), "租房合同.pdf", "application/pdf")
    assert (file.media_type, file.pages) == ("application/pdf", 2)
    with pikepdf.open(io.BytesIO(file.data)) as kept:
        assert set(kept.Root.keys()) == {"/Type", "/Pages"}
        assert "/AA" not in kept.pages[0].obj
        assert set(kept.pages[0].obj.Annots[0].keys()) <= {"/Subtype", "/Rect"}
    assert b"JavaScript" not in file.data


def test_a_locked_or_endless_pdf_is_refused():
    locked = pdf(encryption=pikepdf.Encryption(owner="o", user="u"))
    assert refusal(locked, "a.pdf") == "encrypted"
    assert refusal(pdf(51), "a.pdf") == "too_many_pages"


def test_pages_are_drawn_to_look_at():
    file = take_in(pdf(2), "a.pdf")
    assert Image.open(io.BytesIO(draw_page(file.data, 2))).format == "JPEG"
    with pytest.raises(EvidenceRefused):
        draw_page(file.data, 3)
    photo = take_in(encoded(picture()), "a.jpg")
    assert Image.open(io.BytesIO(draw_page(photo.data, 1))).width == 600


def test_a_given_name_is_only_text():
    assert clean_name("C:\\Users\\妈妈\\户口簿.jpg") == "户口簿.jpg"
    assert clean_name("../../etc/passwd") == "passwd"
    assert clean_name("a\x00b\u202ec\ud800.jpg") == "abc.jpg"
    assert clean_name("长" * 200 + ".pdf") == "长" * 116 + ".pdf"


def test_the_fingerprint_is_of_the_bytes_as_sent():
    data = pdf()
    assert take_in(data, "a.pdf").sha256 == take_in(data, "b.pdf").sha256
