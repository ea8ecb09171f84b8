"""Write THIRD_PARTY.md: what of others Jisui runs on and hands out, version and licence, from the locks.

`./run lock` calls it; `tests/docs/test_third_party.py` finds a list that no longer fits the locks.
"""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "THIRD_PARTY.md"
HEAD = """\
# What of others is in Jisui

Written by `docs/third_party.py` from the lock files; do not edit. The texts of the licences come with each
package (`*.dist-info` in the environment, `licences.txt` beside the built browser code).

- The bpmn.io diagrams carry the bpmn.io mark. Its licence asks that the mark stays fully visible.
- Noto Serif SC (SIL Open Font License 1.1, `documents/fonts/OFL.txt`) is embedded in certificates.
- GOV.UK Frontend is used for its components; neither its crest nor its typeface is part of Jisui.
"""


class Package(NamedTuple):
    name: str
    version: str
    licence: str


def python_packages(lock: str) -> list[Package]:
    pinned = re.findall(r"^([\w.-]+)==([^ ;]+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE)
    return [Package(name, version, _licence(name)) for name, version in pinned]


def _licence(name: str) -> str:
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return "not used on this system"
    fields = [text for field in ("License-Expression", "License") if (text := about.get(field))]
    short = [text for text in fields if len(text) < 60 and "\n" not in text and text != "UNKNOWN"]
    named = [line for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    return (short or [line.split(" :: ")[-1] for line in named] or ["see its text"])[0]


def browser_packages() -> list[Package]:
    """What the built style sheets and scripts may contain: the tree without build and test tools."""
    tree = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    return [
        Package(path.rpartition("node_modules/")[2], about["version"], about.get("license", "see its text"))
        for path, about in sorted(tree.items())
        if path and not about.get("dev")
    ]


def document() -> str:
    run_time = python_packages("requirements.lock")
    names = {package.name for package in run_time}
    tools = [package for package in python_packages("requirements-test.lock") if package.name not in names]
    return "\n".join(
        [
            HEAD,
            *_table("Python, at run time", run_time),
            *_table("In the browser", browser_packages()),
            *_table("To test and check, not handed out", tools),
        ]
    )


def _table(title: str, packages: list[Package]) -> list[str]:
    rows = [f"| {package.name} | {package.version} | {package.licence} |" for package in packages]
    return [f"## {title}", "", "| package | version | licence |", "|---|---|---|", *rows, ""]


if __name__ == "__main__":
    TARGET.write_text(document(), "utf-8")
