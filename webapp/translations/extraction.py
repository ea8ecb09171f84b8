"""Finds the texts people read in Python files and policies, for Babel (babel.cfg names the files).

Every Chinese string is a text, wherever it stands: in a call of gettext, in a table, in an error.
Nobody has to remember to mark one. What is not a text: docstrings, and what is given to the
names that babel.cfg lists as `data` (constants or arguments, such as surnames or examples).
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from typing import IO

CHINESE = re.compile(r"[㐀-鿿、。，；：？！（）]")
COUNTED = "counted"  # webapp.language.counted: one form in Chinese, two in English

Message = tuple[int, str | None, str | tuple[str, ...], list[str]]


def texts(
    file: IO[bytes],
    keywords: Collection[str],  # noqa: ARG001 - Babel passes what it has
    comment_tags: Collection[str],  # noqa: ARG001
    options: Mapping[str, str],
) -> Iterator[Message]:
    """What Babel asks an extractor for: line, function, text (or both forms of it), comments."""
    data = options.get("data", "").split()
    for line, text, is_counted in _texts(ast.parse(file.read()), data):
        yield (line, "ngettext", (text, text), []) if is_counted else (line, None, text, [])


def policies(
    file: IO[bytes],
    keywords: Collection[str],  # noqa: ARG001
    comment_tags: Collection[str],  # noqa: ARG001
    options: Mapping[str, str],
) -> Iterator[Message]:
    """The texts in policy values that pages show as they are: those of the keys babel.cfg lists."""
    shown = tuple(f".{key}" for key in options["keys"].split())
    for policy in tomllib.load(file)["values"]:
        if policy["key"].endswith(shown):
            for text in _strings(policy["value"]):
                yield 1, None, text, []


def sentences_in_pieces(source: str) -> list[int]:
    """Lines of f-strings that hold Chinese: nobody can translate them."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.JoinedStr) and any(_text(part) for part in node.values)
    ]


def _texts(node: ast.AST, data: Collection[str], counted: bool = False) -> Iterator[tuple[int, str, bool]]:
    """Line, text, and whether it is said with a number; in the order of the file."""
    for child in ast.iter_child_nodes(node):
        if _is_data(child, data) or _is_docstring(child):
            continue
        if text := _text(child):
            yield getattr(child, "lineno", 0), text, counted
        yield from _texts(child, data, isinstance(child, ast.Call) and _name(child.func) == COUNTED)


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value):
        return node.value
    return ""


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str) and CHINESE.search(value):
        yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from _strings(part)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_data(node: ast.AST, data: Collection[str]) -> bool:
    match node:
        case ast.Assign(targets=targets):
            return any(_name(target) in data for target in targets)
        case ast.AnnAssign(target=target):
            return _name(target) in data
        case ast.keyword(arg=str(name)) | ast.FunctionDef(name=name):
            return name in data
    return False


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
