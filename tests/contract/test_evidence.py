"""POST /evidence: what is taken, what is not, and under which name it is kept."""

from __future__ import annotations

import io
from uuid import UUID

import pytest
from PIL import Image

from registry.evidence import Evidence
from tests.contract.test_filing import errors, is_problem
from tests.support.province import P2

WHO = f"registrar.{P2}"
MEGABYTE = 1024 * 1024
PART = (
    b"--line\r\n"
    b'Content-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
)


def picture(kind="JPEG", size=(60, 80)):
    file = io.BytesIO()
    Image.new("RGB", size, "white").save(file, kind)
    return file.getvalue()


def upload(province, data, name="房产证.jpg", media_type="image/jpeg", **more):
    headers = {"Authorization": f"Bearer {province.token(WHO)}", **more.pop("headers", {})}
    parts = {"file": (io.BytesIO(data), name, media_type), **more}
    return province.client.post("/api/v1/evidence", data=parts, headers=headers)


def kept(province, answer):
    assert answer.status_code == 201, answer.text
    with province.installation.sessions() as session:
        return session.get_one(Evidence, UUID(answer.json["id"]))


def files_outside(province):
    """Everything in the data folder that is neither evidence nor database."""
    data = province.installation.settings.data
    others = (path for path in data.rglob("*") if "evidence" not in path.parts)
    return sorted(str(path) for path in others if "sqlite" not in path.name)


def test_an_upload_answers_what_the_contract_promises(standing_province):
    answer = upload(standing_province, picture(), kind="home_proof")
    assert set(answer.json) == {"id", "sha256", "media_type"}
    assert answer.json["media_type"] == "image/jpeg"
    assert len(answer.json["sha256"]) == 64
    assert kept(standing_province, answer).kind == "home_proof"


@pytest.mark.parametrize("size", [20 * MEGABYTE, 10 * MEGABYTE + 1])
def test_a_file_of_more_than_ten_megabytes_is_too_large(standing_province, unchanged, size):
    with unchanged(standing_province):
        answer = standing_province.client.post(
            "/api/v1/evidence",
            data=PART + picture().ljust(size, b"\0") + b"\r\n--line--\r\n",
            content_type="multipart/form-data; boundary=line",
            headers={"Authorization": f"Bearer {standing_province.token(WHO)}"},
        )
        assert "10 MB" in is_problem(answer, 413)["detail"]


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (b"MZ\x90\x00" + b"\0" * 100, "setup.exe", "application/x-msdownload"),
        (b"MZ\x90\x00" + b"\0" * 100, "setup.jpg", "image/jpeg"),
        (b"<html><script>alert(1)</script></html>", "page.html", "text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing.svg", "image/svg+xml"),
        (b"PK\x03\x04" + b"\0" * 100, "letter.docx", "application/zip"),
        (picture("GIF"), "moving.gif", "image/gif"),
        (picture("PNG"), "picture.pdf", "application/pdf"),
        (picture(), "page.html", "image/jpeg"),
        (b"words", "words.txt", "text/plain"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_of_another_kind_is_refused(standing_province, unchanged, data, name, media_type):
    with unchanged(standing_province):
        is_problem(upload(standing_province, data, name, media_type), 415)


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "empty"), (picture(size=(600, 800))[:900], "unreadable")], ids=["empty", "cut"]
)
def test_a_file_that_cannot_be_read_is_refused(standing_province, unchanged, data, code):
    with unchanged(standing_province):
        assert errors(upload(standing_province, data)) == [("/file", code)]


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("../../x", "x"),
        ("../../x.jpg", "x.jpg"),
        ("..\\..\\x.jpg", "....x.jpg"),
        ("/etc/passwd.jpg", "passwd.jpg"),
        ("\u202egpj.jpg", "gpj.jpg"),
        ("字" * 300 + ".jpg", "字" * 116 + ".jpg"),
        ("CON.jpg", "CON.jpg"),
    ],
    ids=["bare", "up", "up-windows", "root", "bidi", "long", "device"],
)
def test_a_name_is_kept_as_clean_text_and_leads_nowhere(standing_province, given, stored):
    before = files_outside(standing_province)
    evidence = kept(standing_province, upload(standing_province, picture(), given))
    assert evidence.given_name == stored
    assert evidence.storage_key.isalnum()
    assert files_outside(standing_province) == before


@pytest.mark.parametrize("kind", ["../../x", "Home Proof", "字", "a\0b", "x" * 41])
def test_a_kind_is_a_word_of_ours(standing_province, unchanged, kind):
    with unchanged(standing_province):
        assert errors(upload(standing_province, picture(), kind=kind)) == [("/kind", "unknown")]


def test_a_body_without_a_file_is_refused(standing_province, unchanged):
    headers = {"Authorization": f"Bearer {standing_province.token(WHO)}"}

    def post(**body):
        return standing_province.client.post("/api/v1/evidence", headers=headers, **body)

    with unchanged(standing_province):
        assert errors(post(data={"kind": "x"}, content_type="multipart/form-data")) == [("/file", "missing")]
        assert errors(post(data={"file": "words"}, content_type="multipart/form-data")) == [
            ("/file", "missing")
        ]
        is_problem(post(data=picture(), content_type="image/jpeg"), 415)
        is_problem(post(json={"file": "x"}), 415)
        is_problem(post(data={"file": "x"}), 415)
        assert post(data=b"--x", content_type="multipart/form-data").status_code in (400, 422)
        many = {f"part{n}": "x" for n in range(1100)}
        is_problem(post(data=many, content_type="multipart/form-data"), 413)


def test_the_same_upload_under_one_key_is_kept_once(standing_province):
    key = {"headers": {"Idempotency-Key": "upload-1"}}
    first = upload(standing_province, picture(), **key)
    again = upload(standing_province, picture(), **key)
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    other = upload(standing_province, picture(size=(10, 10)), **key)
    assert is_problem(other, 422)["code"] == "idempotency.key_reused"
