"""Who may sign in: accounts of people, their sessions, and tokens for machines."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Index, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry.base import Base, UtcDateTime, uuid7
from webapp import passwords


class Account(Base):
    """A person's way in. What the person may do is told by appointments, not by the account."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    person_id: Mapped[UUID] = mapped_column(index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WebSession(Base):
    """One browser: the cookie holds a random text, here stands its hash and what belongs to it."""

    __tablename__ = "web_sessions"
    __table_args__ = (Index("ix_web_sessions_last_seen", "last_seen_at"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[UUID | None] = mapped_column(index=True)
    appointment_id: Mapped[UUID | None]
    data: Mapped[dict[str, object]] = mapped_column(JSON)
    address: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApiToken(Base):
    """A machine's key, bound to one appointment; shown once, kept as a hash."""

    __tablename__ = "api_tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[UUID] = mapped_column(index=True)
    appointment_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def by_username(session: Session, username: str) -> Account | None:
    return session.scalars(select(Account).where(Account.username == username)).one_or_none()


def with_password(session: Session, username: str, password: str) -> Account | None:
    """The account if name and password fit; in the same time for a name nobody has.

    An outdated hash is renewed in the caller's transaction.
    """
    account = by_username(session, username)
    usable = account is not None and account.disabled_at is None
    if not passwords.is_right(password, account.password_hash if account and usable else None):
        return None
    if account and passwords.needs_new_hash(account.password_hash):
        account.password_hash = passwords.hash_password(password)
    return account
