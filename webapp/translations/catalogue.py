"""The English catalogue: collect the texts, merge them into the file people edit, compile it for the web."""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages import Catalog, pofile
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo

ROOT = Path(__file__).parents[2]
ENGLISH = Path(__file__).parent / "en/LC_MESSAGES/messages.po"
PACKAGES = ("webapp", "forms", "registry", "documents", "jisui")
WIDTH = 110


def collected() -> Catalog:
    """Every text of the interface as it is now, without translations."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    texts = Catalog(project="Jisui", fuzzy=False)
    found = extract_from_dir(ROOT, methods, options, directory_filter=_has_texts)
    for name, _line, text, comments, context in sorted(found, key=lambda one: (one[0], one[1])):
        texts.add(text, None, [(name, 0)], auto_comments=comments, context=context)
    return texts


def read(path: Path = ENGLISH) -> Catalog:
    with path.open("rb") as file:
        return pofile.read_po(file, locale="en", domain="messages")


def update() -> list[str]:
    """Bring the English file up to date with the texts; gives those without a translation."""
    english = read()
    dates = english.creation_date, english.revision_date
    english.update(collected(), no_fuzzy_matching=True, update_header_comment=False)
    english.obsolete.clear()
    english.creation_date, english.revision_date = dates
    with ENGLISH.open("wb") as file:
        pofile.write_po(
            file, english, width=WIDTH, include_lineno=False, sort_by_file=True, ignore_obsolete=True
        )
    return missing(english)


def missing(english: Catalog) -> list[str]:
    """Texts without a translation, in every form they have."""
    return [
        str(message.id)
        for message in english
        if message.id and (not message.string or not all(_forms(message.string)))
    ]


def build() -> None:
    """Compile the English file beside it; whoever reads meanwhile finds the old one or the new one."""
    new = ENGLISH.with_suffix(f".{os.getpid()}")
    with new.open("wb") as file:
        write_mo(file, read())
    new.replace(ENGLISH.with_suffix(".mo"))


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _has_texts(folder: str | os.PathLike[str]) -> bool:
    parts = Path(folder).relative_to(ROOT).parts if Path(folder) != ROOT else PACKAGES[:1]
    return parts[0] in PACKAGES and not parts[-1].startswith((".", "_")) and parts[-1] != "static"
