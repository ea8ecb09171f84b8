"""常用筛选: a filter of the inbox kept under a name, for oneself or for the whole office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry.base import Keyed, UtcDateTime
from registry.organisations import Organisation
from registry.scope import OfficeScoped
from workflows.model import Actor

MOST = 12
LONGEST_NAME = 12


class SavedFilter(OfficeScoped, Keyed):
    """A filter: the query of the list's address, under a name. `shared`: for everybody of the office."""

    __tablename__ = "saved_filters"

    office: Mapped[str] = mapped_column(String(20), index=True)
    person_id: Mapped[UUID]
    shared: Mapped[bool]
    name: Mapped[str] = mapped_column(String(30))
    query: Mapped[str] = mapped_column(String(400))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


def of(session: Session, actor: Actor) -> Sequence[SavedFilter]:
    """The caller's own filters and those shared by the office, in the order in which they were kept."""
    seen = or_(SavedFilter.person_id == actor.person_id, SavedFilter.shared)
    query = select(SavedFilter).where(SavedFilter.office == actor.office, seen)
    return session.scalars(query.order_by(SavedFilter.id).limit(MOST * 2)).all()


def keep(session: Session, actor: Actor, name: str, query: str, *, shared: bool, now: datetime) -> None:
    """Keep a filter in place of one of the same name and reach; beyond `MOST` the oldest goes."""
    own = select(SavedFilter).where(
        SavedFilter.office == actor.office, SavedFilter.person_id == actor.person_id
    )
    before = session.scalars(own.order_by(SavedFilter.id)).all()
    named = [one for one in before if one.name == name and one.shared == shared]
    others = [one for one in before if one not in named]
    for old in [*named, *others[: max(len(others) - MOST + 1, 0)]]:
        session.delete(old)
    path = session.scalars(select(Organisation.path).where(Organisation.code == actor.office)).one()
    session.add(
        SavedFilter(
            office_path=path,
            office=actor.office,
            person_id=actor.person_id,
            shared=shared,
            name=name,
            query=query,
            created_at=now,
        )
    )


def forget(session: Session, actor: Actor, filter_id: UUID) -> bool:
    """Remove a filter of one's own; False if it is somebody else's or gone."""
    found = session.scalar(
        select(SavedFilter).where(
            SavedFilter.id == filter_id,
            SavedFilter.office == actor.office,
            SavedFilter.person_id == actor.person_id,
        )
    )
    if found is not None:
        session.delete(found)
    return found is not None
