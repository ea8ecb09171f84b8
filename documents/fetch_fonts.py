# mypy: allow-untyped-calls
"""Fetch the font files of the certificates once: `python -m documents.fetch_fonts [--npm PATH]`.

The package comes through npm (68 MB, it cannot be fetched in part); kept are the regular weight,
checked by SHA-256, a cut of it and a cut of the bold weight. A second call finds them and does nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from documents.fonts import (
    BOLD_SHA256,
    BOLD_TEXT,
    BOLD_TITLES,
    COMMON,
    COMMON_TEXT,
    FOLDER,
    REGULAR,
    REGULAR_SHA256,
)

PACKAGE = "@expo-google-fonts/noto-serif-sc@0.4.3"
MEMBERS = {
    "regular": ("package/400Regular/NotoSerifSC_400Regular.ttf", REGULAR_SHA256),
    "bold": ("package/700Bold/NotoSerifSC_700Bold.ttf", BOLD_SHA256),
}


class FetchFailed(RuntimeError):
    """The fonts could not be fetched, or are not the ones we know."""


def present() -> bool:
    """Is every file there, whole, and does each cut have its characters?"""
    return _fetched() and _has(COMMON, COMMON_TEXT)


def fetch(npm: str) -> None:
    """Put the files into `documents/fonts/`. Raises `FetchFailed`; then nothing has changed."""
    if not _fetched():
        _download(npm)
    with tempfile.TemporaryDirectory() as name:
        common = Path(name) / "common.ttf"
        _cut(REGULAR, common, COMMON_TEXT, features=["*"])
        _place(common, COMMON)


def _fetched() -> bool:
    whole = REGULAR.exists() and _sha256(REGULAR) == REGULAR_SHA256
    return whole and _has(BOLD_TITLES, BOLD_TEXT)


def _has(path: Path, text: str) -> bool:
    if not path.exists():
        return False
    with TTFont(path, lazy=True) as face:
        return {ord(c) for c in text} <= set(face.getBestCmap() or {})


def _download(npm: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = _pack(npm, folder)
        faces = {weight: _member(archive, folder, *MEMBERS[weight]) for weight in MEMBERS}
        titles = folder / "titles.ttf"
        _cut(faces["bold"], titles, BOLD_TEXT, features=["kern"])
        _place(faces["regular"], REGULAR)
        _place(titles, BOLD_TITLES)


def _pack(npm: str, folder: Path) -> Path:
    """Let npm download the package; its folder goes first on PATH because npm looks for node there."""
    path = os.pathsep.join([str(Path(npm).parent), os.environ.get("PATH", "")])
    done = subprocess.run(  # noqa: S603 - a fixed command, the program is the caller's
        [npm, "pack", PACKAGE, "--silent"],
        cwd=folder, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    archives = list(folder.glob("*.tgz"))
    if done.returncode or len(archives) != 1:
        raise FetchFailed(f"npm pack {PACKAGE}: {done.stderr.strip() or 'no file came'}")
    return archives[0]


def _member(archive: Path, folder: Path, name: str, sha256: str) -> Path:
    target = folder / Path(name).name
    with tarfile.open(archive) as package:
        source = package.extractfile(name)
        if source is None:
            raise FetchFailed(f"{name} is not in {PACKAGE}")
        with source, target.open("wb") as out:
            shutil.copyfileobj(source, out)
    if _sha256(target) != sha256:
        raise FetchFailed(f"{name} has another SHA-256 than the one we know")
    return target


def _cut(source: Path, target: Path, text: str, *, features: list[str]) -> None:
    options = subset.Options(recalc_timestamp=False, layout_features=features)
    face = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    cutter.subset(face)
    subset.save_font(face, str(target), options)


def _place(source: Path, target: Path) -> None:
    """Copy, then rename: whoever looks sees no file or the whole file."""
    half = target.with_suffix(".part")
    shutil.copyfile(source, half)
    half.replace(target)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _npm() -> str:
    beside = Path(sys.executable).with_name("npm")
    found = str(beside) if beside.exists() else shutil.which("npm")
    if not found:
        raise FetchFailed("npm is missing; give its path with --npm")
    return found


def main() -> int:
    """Fetch unless present; says in one line what it did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--npm", help="path of npm; default: beside Python, then on PATH")
    arguments = parser.parse_args()
    if present():
        sys.stdout.write("fonts: present\n")
        return 0
    try:
        fetch(arguments.npm or _npm())
    except FetchFailed as error:
        sys.stderr.write(f"fonts: {error}\n")
        return 1
    sys.stdout.write(f"fonts: fetched into {FOLDER}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
