"""Put a browser for the tests beside Python: `python -m tests.support.fetch_chromium`.

For Ubuntu, whose own Chromium is a snap and does not start in a container or from a service. The one of
the npm package is Chromium without its window, built for servers; what it needs of the system is libnss3.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import brotli

PACKAGE = "@sparticuz/chromium@153.0.0"
SHA256 = "20e5656fcdcf4118ede85edfb9d6bb9cc1bbb7ffb8b75622fffbcf36a835c3c0"
MEMBER = "package/bin/chromium.br"
FOLDER = Path(sys.prefix) / "bin"


def fetch() -> Path:
    """Download, check, unpack. Raises RuntimeError when the package is not the one we know."""
    with tempfile.TemporaryDirectory() as name:
        npm = [FOLDER / "npm", "pack", PACKAGE, "--silent", "--pack-destination", name]
        subprocess.run(npm, check=True, capture_output=True)
        (archive,) = Path(name).iterdir()
        content = archive.read_bytes()
        if hashlib.sha256(content).hexdigest() != SHA256:
            raise RuntimeError(f"{PACKAGE} is not the package we know")
        with tarfile.open(archive) as package:
            packed = package.extractfile(MEMBER)
            assert packed is not None
            half = FOLDER / "chromium.part"
            half.write_bytes(brotli.decompress(packed.read()))
    half.chmod(0o755)
    return half.replace(FOLDER / "chromium")


if __name__ == "__main__":
    fetch()
