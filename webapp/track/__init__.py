"""What a family sees of its case."""

from __future__ import annotations

from webapp.track import asking, correcting, counting, diagram, pages, reaching, record, urging
from webapp.track.blueprint import bp

__all__ = [
    "asking",
    "bp",
    "correcting",
    "counting",
    "diagram",
    "pages",
    "reaching",
    "record",
    "urging",
]
