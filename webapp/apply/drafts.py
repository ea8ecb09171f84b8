"""What a family has filled in so far. The cookie is a random text, the answers are encrypted, 30 days."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry import encryption
from registry.base import Keyed, UtcDateTime

KEPT_FOR = timedelta(days=30)
LONGEST_TOKEN = 60
OTHER = "other"
"""In the answers: what another copy says that is older, until somebody has chosen."""
TOUCHED = "touched"
"""In the answers: when each step was last written, by the real clock: the version a page is shown with."""


class Draft(Keyed):
    """One application being filled in, or just sent (`case_id`).

    Times are those of the business clock, since pages tell them to people.
    """

    __tablename__ = "drafts"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    process: Mapped[str] = mapped_column(String(60))
    phone_ix: Mapped[bytes | None] = mapped_column(LargeBinary(16), index=True)
    case_id: Mapped[UUID | None]
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    _answers: Mapped[bytes] = mapped_column("answers", LargeBinary)

    @property
    def answers(self) -> dict[str, Any]:
        """Accepted answers by step, and under `typed` what was typed and is not accepted yet."""
        found: dict[str, Any] = json.loads(
            encryption.ring().decrypt("drafts.answers", self.id, self._answers)
        )
        return found

    @answers.setter
    def answers(self, answers: Mapping[str, Any]) -> None:
        text = json.dumps(answers, ensure_ascii=False)
        self._answers = encryption.ring().encrypt("drafts.answers", self.id, text)

    @property
    def uploader(self) -> str:
        """How its files name it until the application is sent."""
        return f"draft:{self.id}"


def begin(session: Session, process: str, now: datetime) -> tuple[Draft, str]:
    """A new draft and the text of its cookie, told once."""
    token = secrets.token_urlsafe(32)
    draft = Draft(
        token_hash=_digest(token),
        process=process,
        began_at=now,
        saved_at=now,
        expires_at=now + KEPT_FOR,
        answers={},
    )
    session.add(draft)
    return draft, token


def find(session: Session, token: str | None, now: datetime, *, lock: bool = False) -> Draft | None:
    """The draft of a cookie, as long as it is kept. With `lock` two taps take turns."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    wanted = select(Draft).where(Draft.token_hash == _digest(token), Draft.expires_at > now)
    return session.scalar(wanted.with_for_update() if lock else wanted)


def of_phone(session: Session, phone_ix: bytes, now: datetime) -> list[Draft]:
    """The unsent drafts saved under a confirmed telephone, newest first: to go on from another phone."""
    found = session.scalars(
        select(Draft)
        .where(Draft.phone_ix == phone_ix, Draft.case_id.is_(None), Draft.expires_at > now)
        .order_by(Draft.saved_at.desc())
    )
    return list(found)


def give_new_token(draft: Draft) -> str:
    """A new cookie for the draft; the old one opens nothing any more."""
    token = secrets.token_urlsafe(32)
    draft.token_hash = _digest(token)
    return token


def shown(answers: Mapping[str, Any], step: str) -> dict[str, Any]:
    """What a page shows in its fields: what was typed last, else what was accepted."""
    return dict(answers.get("typed", {}).get(step) or answers.get(step) or {})


def version(draft: Draft | None, step: str) -> str:
    """Which state of a step a page was made from."""
    return str(draft.answers.get(TOUCHED, {}).get(step, "")) if draft is not None else ""


def accept(draft: Draft, step: str, answer: Mapping[str, Any], now: datetime) -> None:
    """Keep the checked answers of a step."""
    answers = draft.answers
    answers.setdefault("typed", {}).pop(step, None)
    answers[step] = dict(answer)
    _touched(answers, step)
    draft.answers = answers
    _saved(draft, now)


def keep_typed(draft: Draft, step: str, typed: Mapping[str, str], now: datetime) -> None:
    """Keep what was typed and is not right yet, so that nothing is lost."""
    answers = draft.answers
    answers.setdefault("typed", {})[step] = dict(typed)
    _touched(answers, step)
    draft.answers = answers
    _saved(draft, now)


def keep_older(draft: Draft, step: str, typed: Mapping[str, str], written: datetime, now: datetime) -> None:
    """A telephone brings what it kept while the draft went on elsewhere: the newer wins."""
    answers = draft.answers
    here = shown(answers, step)
    stamp = version(draft, step)
    older, at = dict(typed), written
    if not stamp or written > datetime.fromisoformat(stamp):
        keep_typed(draft, step, {**here, **typed}, now)
        older, at = here, datetime.fromisoformat(stamp) if stamp else written
    answers = draft.answers
    other = answers.get(OTHER, {"steps": {}})
    other = {"steps": {**other["steps"], step: older}, "at": at.isoformat()}
    draft.answers = {**answers, OTHER: other}


def forget_other(draft: Draft) -> None:
    """The choice between two copies was made."""
    answers = draft.answers
    answers.pop(OTHER, None)
    draft.answers = answers


def remember(draft: Draft, **facts: Any) -> None:
    """Keep facts beside the answers (confirmed telephone, the slip after sending)."""
    draft.answers = {**draft.answers, **facts}


def forget(session: Session, draft: Draft) -> None:
    """删除: nothing of it stays; its files go with the next sweep."""
    session.delete(draft)


def drop_expired(session: Session, now: datetime) -> None:
    """Called by the worker once a day."""
    session.execute(delete(Draft).where(Draft.expires_at <= now))


def _saved(draft: Draft, now: datetime) -> None:
    draft.saved_at = now
    draft.expires_at = now + KEPT_FOR


def _touched(answers: dict[str, Any], step: str) -> None:
    answers.setdefault(TOUCHED, {})[step] = datetime.now(UTC).isoformat()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
