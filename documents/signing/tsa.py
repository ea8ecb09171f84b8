# mypy: allow-untyped-calls
"""Timestamps by `openssl ts`, for demonstrations and tests.

A stamp made on the machine that signs proves nothing about time, so no page may call it 可信时间.
In operation an accredited authority takes its place (`pyhanko.sign.timestamps.HTTPTimeStamper`).
"""

from __future__ import annotations

import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper

from documents.signing.base import SealingFailed

_CONFIG = """\
[tsa]
serial = {scratch}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class OpensslTimeStamper(TimeStamper):
    """Stamps with `tsa.key` and `tsa.pem` of `folder`.

    Each stamp's serial number is drawn by chance: a file that counts would be shared by all processes,
    and empty for ever after a crash at the wrong moment.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        program = shutil.which("openssl")
        if program is None:
            raise SealingFailed("openssl is missing: it comes with the system package ca-certificates")
        self._program = program
        self._folder = folder.resolve()

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """One stamp, about 10 ms."""
        with tempfile.TemporaryDirectory() as name:
            scratch = Path(name)
            config = _CONFIG.format(folder=self._folder, scratch=scratch)
            (scratch / "config").write_text(config, encoding="utf-8")
            (scratch / "serial").write_text(f"{secrets.randbits(63):016X}\n", encoding="ascii")
            (scratch / "query").write_bytes(req.dump())
            done = subprocess.run(  # noqa: S603 - a fixed command on files of our own
                [self._program, "ts", "-reply", "-section", "tsa", "-config", str(scratch / "config"),
                 "-queryfile", str(scratch / "query"), "-out", str(scratch / "reply")],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                raise SealingFailed(f"openssl ts: {done.stderr.strip()}")
            reply: tsp.TimeStampResp = tsp.TimeStampResp.load((scratch / "reply").read_bytes())
            return reply
