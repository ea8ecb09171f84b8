"""The English catalogue is whole: every text of the interface, every place in it, nothing left over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages import Message

from webapp.translations import catalogue
from webapp.translations.extraction import CHINESE, sentences_in_pieces

ROOT = Path(__file__).parents[2]
PLACE = re.compile(r"%\(\w+\)[sd]|%%|(?<!%)\{\w+\}")
CHINESE_MARKS = re.compile(r"[，。；：？！（）、“”]")

# Python files whose Chinese in f-strings is no text of the interface.
WRITTEN_IN_PIECES = {
    "webapp/filters.py": "the figures of a date on paper",
}


@pytest.fixture(scope="module")
def english():
    return catalogue.read()


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def test_every_text_has_its_english(english):
    new = {key(m) for m in catalogue.collected() if m.id} - {key(m) for m in english if m.id}
    assert not new, "run ./run texts, then write the English into messages.po"
    assert not catalogue.missing(english), "write the English into messages.po"


def test_no_english_is_left_of_a_text_that_is_gone(english):
    gone = {key(m) for m in english if m.id} - {key(m) for m in catalogue.collected() if m.id}
    assert not gone, "run ./run texts"


def test_nothing_is_guessed(english):
    assert not [key(m) for m in english if m.fuzzy and m.id]


def test_what_is_filled_in_has_its_place_in_english(english):
    lost = {
        key(m): form
        for m in english
        if m.id
        for form in forms(m)
        if sorted(PLACE.findall(key(m))) != sorted(PLACE.findall(form))
    }
    assert not lost


def test_english_is_written_in_english(english):
    chinese = {
        key(m): form
        for m in english
        if m.id
        for form in forms(m)
        if CHINESE.search(form) or CHINESE_MARKS.search(form.replace("“", "").replace("”", ""))
    }
    assert not chinese


def test_english_begins_and_ends_with_a_word(english):
    """A blank belongs to a sentence only where the Chinese text goes on without one."""
    doubled = [key(m) for m in english if m.id for form in forms(m) if "  " in form]
    assert not doubled


def test_no_sentence_is_put_together_from_pieces():
    pieces = {
        f"{name}:{line}"
        for package in ("webapp", "forms", "registry")
        for path in (ROOT / package).rglob("*.py")
        for line in sentences_in_pieces(path.read_text("utf-8"))
        if (name := path.relative_to(ROOT).as_posix()) not in WRITTEN_IN_PIECES
    }
    assert not pieces, "fill in a text by its places: _('%(n)s 个', n=…), or nobody can translate it"


def test_the_compiled_catalogue_says_the_same(tmp_path, english):
    catalogue.build()
    built = catalogue.ENGLISH.with_suffix(".mo")
    assert built.stat().st_size > 10_000
    assert not list(built.parent.glob("*.[0-9]*"))


def test_the_catalogue_speaks_the_words_of_the_glossary(english):
    """Where a word of the glossary stands alone on a page, it has the glossary's English."""
    rows = re.findall(
        r"^\| [^|]+ \| ([^|]+) \| ([^|]+) \|", (ROOT / "docs/glossary.md").read_text("utf-8"), re.M
    )
    said = {key(m): forms(m)[0].casefold() for m in english if m.id}
    differing = {word: said[word] for word, meant in rows if word in said and said[word] != meant.casefold()}
    assert len(rows) > 30
    assert not differing
