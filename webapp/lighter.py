"""Style sheets and scripts go compressed to whoever takes them so (docs/decisions/0011)."""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

TEXT = frozenset({"text/css", "text/javascript", "application/javascript", "text/plain"})


def init_app(app: Flask) -> None:
    app.after_request(_compress)


def _compress(answer: Response) -> Response:
    """Only what the build has made, the same for everybody: nothing with a secret in it is compressed."""
    if request.endpoint != "static" or answer.status_code != 200 or answer.mimetype not in TEXT:
        return answer
    answer.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] > 0 and request.method == "GET":
        answer.direct_passthrough = False
        answer.set_data(_gzipped(answer.get_data()))
        answer.content_encoding = "gzip"
        answer.headers.pop("ETag", None)  # it names the plain bytes; the name in the address has their hash
    return answer


@lru_cache(maxsize=16)
def _gzipped(plain: bytes) -> bytes:
    return gzip.compress(plain, 9, mtime=0)
