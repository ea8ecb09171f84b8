"""What the build has made goes compressed; a page, which carries a secret, never does."""

from __future__ import annotations

import gzip

import pytest

from tests.support.provinces import copied
from webapp import lighter

GZIP = {"Accept-Encoding": "gzip, br"}
SHEET = "/static/public-1.css"


@pytest.fixture
def client(sqlite_province, tmp_path):
    """Nothing here depends on the database."""
    with copied(*sqlite_province, tmp_path / "data") as province:
        app = province.client.application
        app.static_folder = str(tmp_path)
        (tmp_path / "public-1.css").write_text("p { color: #17211f }\n" * 400, "utf-8")
        (tmp_path / "bpmn.woff2").write_bytes(b"wOF2" * 400)
        lighter.init_app(app)
        yield app.test_client()


def ask(client, path, **headers):
    """With the answer read to its end, so that the file behind it is closed."""
    return client.get(path, headers=headers, buffered=True)


def test_a_style_sheet_is_compressed_for_whoever_takes_it_so(client):
    plain, light = ask(client, SHEET), ask(client, SHEET, **GZIP)
    assert light.content_encoding == "gzip" and plain.content_encoding is None
    assert gzip.decompress(light.data) == plain.data and light.content_length < len(plain.data) / 10
    assert "Accept-Encoding" in light.vary and "Accept-Encoding" in plain.vary
    assert ask(client, SHEET, **{"Accept-Encoding": "gzip;q=0"}).content_encoding is None


@pytest.mark.parametrize(
    "path", ["/apply/transfer/student", "/track", "/static/bpmn.woff2", "/static/none.css"]
)
def test_nothing_else_is(client, path):
    assert ask(client, path, **GZIP).content_encoding is None


def test_a_file_is_still_asked_for_in_parts_and_only_when_it_changed(client):
    part = ask(client, SHEET, Range="bytes=0-9", **GZIP)
    assert part.status_code == 206 and part.data == b"p { color:"
    changed = ask(client, SHEET).headers["Last-Modified"]
    assert ask(client, SHEET, **GZIP, **{"If-Modified-Since": changed}).status_code == 304
