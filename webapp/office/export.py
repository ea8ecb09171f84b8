"""The tables of the overview as files for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from flask_babel import gettext as _

from webapp.office.figures import Ground, OfficeLine, Week

Cell = str | int | float
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run instead of showing."""


def offices(lines: Sequence[OfficeLine]) -> bytes:
    head = [_("单位"), _("单位代码"), _("在办"), _("超期"), _("2 天内"), _("办完"), _("平均用时（工作日）")]
    return _file(head, [_office(line) for line in lines])


def weeks(found: Sequence[Week]) -> bytes:
    head = [_("从这天起的一周"), _("收到"), _("办结")]
    return _file(head, [[week.monday.isoformat(), week.received, week.done] for week in found])


def grounds(found: Sequence[Ground]) -> bytes:
    return _file([_("原因"), _("次数")], [[ground.words, ground.n] for ground in found])


def _office(line: OfficeLine) -> list[Cell]:
    used: list[Cell] = [line.used.n, round(line.used.days, 1)] if line.used else [0, ""]
    return [line.name, line.code, line.open, line.overdue, line.soon, *used]


def _file(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """Comma-separated, with the mark by which Excel knows UTF-8."""
    text = io.StringIO()
    csv.writer(text).writerows([head, *([_harmless(cell) for cell in row] for row in rows)])
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
