"""The office resolver: which organisation acts in each lane of a case, and which reviews policy asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from registry import organisations
from registry.organisations import Organisation

REVIEWS = ("county", "prefecture", "province")


@dataclass(frozen=True)
class Route:
    """`offices`: lane → organisation code. `variables`: what the gateways of the diagram ask."""

    offices: dict[str, str]
    variables: dict[str, object]


@dataclass(frozen=True)
class Side:
    """A school in its part of a case, who decides for it, and the bureaus around.

    `lanes` begins the names of its lanes: `receiving_`, `sending_`, or nothing where there is one school.
    """

    lanes: str
    school: Organisation
    authority: Organisation
    bureaus: dict[str, Organisation] = field(default_factory=dict)

    def offices(self) -> dict[str, str]:
        """Lane → organisation code."""
        chain = {"school": self.school, "authority": self.authority} | self.bureaus
        return {f"{self.lanes}{part}": office.code for part, office in chain.items()}

    def reviews(self, wanted: Sequence[str]) -> dict[str, object]:
        """A review is held where policy wants it and that bureau is not the authority itself.

        A county looks before the prefecture that decides; a prefecture or
        province after the bureau below it that decided.
        """
        return {
            f"{self.lanes}{level}_review": level in wanted
            and level in self.bureaus
            and self.bureaus[level].code != self.authority.code
            and (level == "county" or self._is_above(level))
            for level in REVIEWS
        }

    def _is_above(self, level: str) -> bool:
        return self.authority.path.startswith(self.bureaus[level].path)


def side(session: Session, lanes: str, school_code: str, stage: str) -> Side:
    """The offices around a school for a stage."""
    school = organisations.get(session, school_code)
    authority = organisations.authority_of(session, school_code, stage)
    county = organisations.county_of(session, school)
    bureaus = {
        "county": county if county is not None else organisations.above(session, authority, "county"),
        "prefecture": organisations.above(session, county or authority, "prefecture"),
        "province": organisations.above(session, authority, "province"),
    }
    return Side(lanes, school, authority, {level: found for level, found in bureaus.items() if found})
