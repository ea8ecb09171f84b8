"""What a family or a school asked for, as it was filed and as it was corrected."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry import encryption
from registry.base import Keyed, UtcDateTime


class Application(Keyed):
    """One revision of an application. It holds telephone numbers and reasons, so its body is encrypted.

    Who may see the case may see it: find the case in scope first, then ask by its id.
    """

    __tablename__ = "applications"
    __table_args__ = (UniqueConstraint("case_id", "revision"),)

    case_id: Mapped[uuid.UUID]
    revision: Mapped[int]
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    _body: Mapped[bytes] = mapped_column("body", LargeBinary)

    @property
    def body(self) -> dict[str, Any]:
        """The members of the application, in the words of the public contract."""
        members: dict[str, Any] = json.loads(
            encryption.ring().decrypt("applications.body", self.id, self._body)
        )
        return members

    @body.setter
    def body(self, members: Mapping[str, Any]) -> None:
        text = json.dumps(members, ensure_ascii=False, sort_keys=True)
        self._body = encryption.ring().encrypt("applications.body", self.id, text)


LATEST = (
    select(Application)
    .where(Application.case_id == bindparam("of_case"))
    .order_by(Application.revision.desc())
    .limit(1)
)
REVISION = LATEST.with_only_columns(Application.revision)
"""Which revision of a case's application is the newest."""


def file(session: Session, case_id: uuid.UUID, body: Mapping[str, Any], now: datetime) -> Application:
    """Keep `body` as the case's next revision; the earlier ones stay."""
    before = latest(session, case_id)
    revision = before.revision + 1 if before else 1
    application = Application(case_id=case_id, revision=revision, filed_at=now, body=body)
    session.add(application)
    return application


def latest(session: Session, case_id: uuid.UUID) -> Application | None:
    """The application as it stands now."""
    found: Application | None = session.scalar(LATEST, {"of_case": case_id})
    return found
