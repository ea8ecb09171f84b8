"""The office resolver: which organisation acts in each lane of a transfer, and which ways it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from registry import organisations, policy
from registry.errors import NotTransferable
from registry.organisations import Organisation
from registry.statuses import COMPULSORY_STAGES
from registry.students import StudentRecord

REVIEWS = ("county", "prefecture", "province")


@dataclass(frozen=True)
class Route:
    """`offices`: lane → organisation code. `variables`: what the gateways of the diagram ask."""

    offices: dict[str, str]
    variables: dict[str, object]


@dataclass(frozen=True)
class _Side:
    """One side of a transfer: the school, who decides for it, and the bureaus around."""

    name: str
    school: Organisation
    authority: Organisation
    bureaus: dict[str, Organisation] = field(default_factory=dict)

    def offices(self) -> dict[str, str]:
        """Lane → organisation code."""
        chain = {"school": self.school, "authority": self.authority} | self.bureaus
        return {f"{self.name}_{part}": office.code for part, office in chain.items()}

    def reviews(self, wanted: Sequence[str]) -> dict[str, object]:
        """A review is held where policy wants it and that bureau is not the authority itself.

        A county looks before the prefecture that decides; a prefecture or
        province after the bureau below it that decided.
        """
        return {
            f"{self.name}_{level}_review": level in wanted
            and level in self.bureaus
            and self.bureaus[level].code != self.authority.code
            and (level == "county" or self._is_above(level))
            for level in REVIEWS
        }

    def _is_above(self, level: str) -> bool:
        return self.authority.path.startswith(self.bureaus[level].path)


def route(
    session: Session, record: StudentRecord, receiving_school: str, *, grade: int | None = None, on: date
) -> Route:
    """The offices and variables of a transfer of `record`, by the policy of a day.

    Lanes of levels that do not exist there (a prefecture in a municipality, a
    county above Dongguan's schools) are left out, and their reviews are off.

    :raises NotTransferable: when the receiving school does not teach the grade.
    """
    stage = organisations.stage_with_grade(session, receiving_school, grade or record.grade)
    if stage is None:
        raise NotTransferable(school=receiving_school, grade=grade or record.grade)
    receiving = _side(session, "receiving", receiving_school, stage.stage)
    sending = _side(session, "sending", record.school_code, record.stage)

    same_authority = receiving.authority.code == sending.authority.code
    same_province = receiving.school.division[:2] == sending.school.division[:2]
    scope = "same_authority" if same_authority else "same_province" if same_province else "cross_province"
    variables: dict[str, object] = {
        "stage": stage.stage,
        "compulsory": stage.stage in COMPULSORY_STAGES,
        "same_authority": same_authority,
        "same_province": same_province,
    }
    for side in (receiving, sending):
        wanted = policy.value(session, "transfer.extra_review", side.authority.code, on).value
        variables |= side.reviews(wanted[scope][stage.stage])
    return Route(receiving.offices() | sending.offices(), variables)


def _side(session: Session, name: str, school_code: str, stage: str) -> _Side:
    school = organisations.get(session, school_code)
    authority = organisations.authority_of(session, school_code, stage)
    county = organisations.county_of(session, school)
    bureaus = {
        "county": county if county is not None else organisations.above(session, authority, "county"),
        "prefecture": organisations.above(session, county or authority, "prefecture"),
        "province": organisations.above(session, authority, "province"),
    }
    return _Side(name, school, authority, {level: found for level, found in bureaus.items() if found})
