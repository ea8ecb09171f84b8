"""The office resolver: which organisation acts in each lane of a transfer, and which ways it takes."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from registry import organisations, policy, routing
from registry.errors import NotTransferable
from registry.routing import Route
from registry.statuses import COMPULSORY_STAGES
from registry.students import StudentRecord


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
    receiving = routing.side(session, "receiving_", receiving_school, stage.stage)
    sending = routing.side(session, "sending_", record.school_code, record.stage)

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
