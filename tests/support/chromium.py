"""The browser of the tests: the system's (Debian), or the one beside Python (Ubuntu)."""

from __future__ import annotations

import os
import shutil

from playwright.sync_api import Browser, Playwright

FLAGS = ["--disable-gpu", "--no-first-run", "--disable-background-networking"]


def launch(playwright: Playwright) -> Browser:
    """Start it. It sees the machine's fonts, also after a certificate was rendered in this process."""
    path = shutil.which("chromium")
    assert path is not None, "no chromium: ./run test installs one"
    sandbox = [] if os.geteuid() else ["--no-sandbox"]  # as root, Chromium's own sandbox does not start
    environment: dict[str, str | float | bool] = {**os.environ}
    environment.pop("FONTCONFIG_FILE", None)
    return playwright.chromium.launch(executable_path=path, args=[*FLAGS, *sandbox], env=environment)
