"""How an office is called on a family's page, and which names a stranger is not told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from registry.organisations import Organisation

# Lanes on the side the child leaves: their offices' names tell where the child is.
HIDDEN_SIDE = "sending_"
SENDING_SCHOOL = "sending_school"


@dataclass(frozen=True)
class Named:
    """An office in the words of the page, with its telephone where it may be told."""

    name: str
    phone: str = ""


class Offices:
    """The offices of one case as its family may see them."""

    def __init__(self, session: Session, case: Row[Any], *, knows_school: bool) -> None:
        self.knows_school = knows_school
        self._lanes: Mapping[str, str] = dict(case.offices)
        self._rows = _rows(session, set(self._lanes.values()) | {case.starter_office})
        self._hidden = {
            code
            for lane, code in self._lanes.items()
            if lane.startswith(HIDDEN_SIDE) and code not in self._shown_codes()
        }
        self._session = session

    def of_lane(self, lane: str, code: str = "") -> Named:
        """The office that acts in a lane."""
        code = code or self._lanes.get(lane, "")
        if not code:
            return Named("")
        if self.knows_school or not lane.startswith(HIDDEN_SIDE):
            return self.of_code(code)
        return Named(self._role(lane))

    def of_code(self, code: str) -> Named:
        """An office by its code, if its name may be told."""
        if not self.knows_school and code in self._hidden:
            return Named(_("原学校的教育局"))
        row = self._rows.get(code) or _rows(self._session, {code}).get(code)
        return Named(row.name, row.phone) if row is not None else Named("")

    def conceal(self, text: str) -> str:
        """Words of an official, without the names a stranger must not read."""
        if self.knows_school:
            return text
        for lane, code in self._lanes.items():
            row = self._rows.get(code)
            if row is None or not lane.startswith(HIDDEN_SIDE) or code in self._shown_codes():
                continue
            for name in sorted({row.name, row.short_name}, key=len, reverse=True):
                text = text.replace(name, self._role(lane)) if name else text
        return text

    def _shown_codes(self) -> set[str]:
        return {code for lane, code in self._lanes.items() if not lane.startswith(HIDDEN_SIDE)}

    def _role(self, lane: str) -> str:
        words = {
            SENDING_SCHOOL: _("原学校"),
            "sending_county": _("原学校所在县区的教育局"),
            "sending_prefecture": _("原学校所在市的教育局"),
            "sending_province": _("原学校所在省的教育厅"),
        }
        return words.get(lane, _("原学校的教育局"))


def _rows(session: Session, codes: set[str]) -> dict[str, Organisation]:
    found = session.scalars(select(Organisation).where(Organisation.code.in_(codes)))
    return {row.code: row for row in found}
