# mypy: allow-untyped-calls
"""The picture of a demonstration seal, drawn as outlines from the certificate's own faces.

Imitating a real 公章 is a crime (criminal law, article 280), so every seal drawn here says 演示专用.
The picture of a real seal comes from the seal maker's registered impression and is never drawn.
The middle stays free: the date of the paper is read through it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from documents.fonts import BOLD_TITLES, REGULAR

SIZE = 40 / 25.4 * 72
"""Side of the picture in points: 40 mm."""

INK = "0.784 0.086 0.114"
"""#C8161D: seals have this red, and nothing else has."""

_RING_WIDTH = 3.3
_RING_RADIUS = SIZE / 2 - _RING_WIDTH / 2 - 0.5
_NAME_RADIUS = 43.2
_NAME_SIZE = 15.5
_NAME_STEP = 22
_NAME_SPAN = 156
"""Degrees that a name may take: it ends above the date, which must stay legible on a copy."""
_SLENDER = 1.9
"""How much higher than wide a character of a long name may be."""
_ROOM = math.radians(1) * (_NAME_RADIUS - _NAME_SIZE * 0.38)
"""Width in points that one degree of the arc gives a character, measured at its foot."""

_DEMO_RADIUS = 44.5
_DEMO_SIZE = 10.0
_DEMO_STEP = 15
_KIND_SIZE = 7.5
_KIND_HEIGHT = -24


@dataclass(frozen=True)
class _Glyph:
    """An outline on an em of 1.0 with its baseline at 0 and its advance."""

    operators: tuple[tuple[str, tuple[float, ...]], ...]
    advance: float


class _OutlinePen(BasePen):
    """Collects an outline as PDF path operators (quadratic curves become cubic ones)."""

    def __init__(self, glyphs: Any, scale: float) -> None:
        super().__init__(glyphs)
        self._scale = scale
        self.operators: list[tuple[str, tuple[float, ...]]] = []

    def _add(self, operator: str, *points: tuple[float, float]) -> None:
        self.operators.append((operator, tuple(value * self._scale for point in points for value in point)))

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 - the library calls it so
        self._add("m", pt)

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self._add("l", pt)

    def _curveToOne(self, pt1: Any, pt2: Any, pt3: Any) -> None:  # noqa: N802
        self._add("c", pt1, pt2, pt3)

    def _closePath(self) -> None:  # noqa: N802
        self._add("h")


class _Face:
    def __init__(self, path: Path) -> None:
        font = TTFont(path, lazy=True)
        self._glyphs = font.getGlyphSet()
        self._names = font.getBestCmap() or {}
        self._em: int = font["head"].unitsPerEm  # type: ignore[attr-defined]

    def glyph(self, character: str) -> _Glyph:
        glyph = self._glyphs[self._names.get(ord(character), ".notdef")]
        pen = _OutlinePen(self._glyphs, 1 / self._em)
        glyph.draw(pen)
        return _Glyph(tuple(pen.operators), glyph.width / self._em)


@cache
def _regular() -> _Face:
    return _Face(REGULAR)


@cache
def _bold() -> _Face:
    return _Face(BOLD_TITLES)


@lru_cache(maxsize=512)
def demo_seal(organisation: str) -> bytes:
    """PDF drawing operators of the seal of `organisation` on a square of `SIZE` points.

    The name stands on the upper arc, narrowed when it is long (22 characters fit), 演示专用 on the
    lower arc, 电子印章 under the free middle.
    """
    centre = SIZE / 2
    parts = [
        f"q {INK} rg {INK} RG 1 0 0 1 {centre:.3f} {centre:.3f} cm 1 j",
        f"{_RING_WIDTH} w {_circle(_RING_RADIUS)} S",
        "0.42 w",
        *_upper_arc(organisation),
        "0.1 w",
        *_lower_arc("演示专用"),
        *_line("电子印章"),
        "Q",
    ]
    return "\n".join(parts).encode()


def _upper_arc(text: str) -> list[str]:
    step = min(_NAME_STEP, _NAME_SPAN / max(len(text) - 1, 1))
    width = min(_NAME_SIZE, step * _ROOM)
    height = max(min(_NAME_SIZE, width * _SLENDER), width)
    first = -step * (len(text) - 1) / 2
    return [
        _placed(_regular().glyph(character), width, height, -(first + step * index), _NAME_RADIUS)
        for index, character in enumerate(text)
    ]


def _lower_arc(text: str) -> list[str]:
    first = -_DEMO_STEP * (len(text) - 1) / 2
    return [
        _placed(_bold().glyph(character), _DEMO_SIZE, _DEMO_SIZE, first + _DEMO_STEP * index, -_DEMO_RADIUS)
        for index, character in enumerate(text)
    ]


def _line(text: str) -> list[str]:
    first = -_KIND_SIZE * len(text) / 2
    return [
        _drawn(
            _bold().glyph(character), (_KIND_SIZE, 0, 0, _KIND_SIZE, first + _KIND_SIZE * index, _KIND_HEIGHT)
        )
        for index, character in enumerate(text)
    ]


def _placed(glyph: _Glyph, width: float, height: float, degrees: float, radius: float) -> str:
    """A glyph centred at `radius` on the arc and turned by `degrees` (anticlockwise) with it."""
    turn = math.radians(degrees)
    cos, sin = math.cos(turn), math.sin(turn)
    left, down = -width * glyph.advance / 2, radius - height * 0.38
    origin = left * cos - down * sin, left * sin + down * cos
    return _drawn(glyph, (width * cos, width * sin, -height * sin, height * cos, *origin))


def _drawn(glyph: _Glyph, matrix: tuple[float, float, float, float, float, float]) -> str:
    """The outline under a PDF matrix, filled and drawn round (which makes the face a little bolder)."""
    a, b, c, d, e, f = matrix
    pieces = []
    for operator, values in glyph.operators:
        points = zip(values[::2], values[1::2], strict=True)
        moved = [f"{a * x + c * y + e:.2f} {b * x + d * y + f:.2f}" for x, y in points]
        pieces.append(" ".join([*moved, operator]))
    return " ".join([*pieces, "B"])


def _circle(radius: float) -> str:
    k = radius * 0.5522847498
    r = radius
    return (
        f"{r:.3f} 0 m {r:.3f} {k:.3f} {k:.3f} {r:.3f} 0 {r:.3f} c "
        f"{-k:.3f} {r:.3f} {-r:.3f} {k:.3f} {-r:.3f} 0 c "
        f"{-r:.3f} {-k:.3f} {-k:.3f} {-r:.3f} 0 {-r:.3f} c "
        f"{k:.3f} {-r:.3f} {r:.3f} {-k:.3f} {r:.3f} 0 c h"
    )
