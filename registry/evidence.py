"""Evidence (佐证材料): what is known about an uploaded proof. Its bytes lie in the evidence store."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry.base import Keyed, UtcDateTime


class Evidence(Keyed):
    """One cleaned file. It belongs to nobody's case until the application is filed.

    `sha256` is of the cleaned bytes; `uploaded_by` names the draft or the person, never a telephone number.
    """

    __tablename__ = "evidence"

    case_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    media_type: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(40), default="")
    given_name: Mapped[str] = mapped_column(String(120), default="")
    size: Mapped[int]
    pages: Mapped[int] = mapped_column(default=1)
    storage_key: Mapped[str] = mapped_column(String(200))
    uploaded_by: Mapped[str] = mapped_column(String(80), index=True)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


def of_case(session: Session, case_id: uuid.UUID) -> Sequence[Evidence]:
    """The evidence of a case, in the order it came."""
    return session.scalars(select(Evidence).where(Evidence.case_id == case_id).order_by(Evidence.id)).all()
