"""Files on their way: in pieces that resume, cleaned, counted, kept under the draft.

A piece is encrypted like everything else; when the last one is there the file is put
together and taken in. Limits: `registry.evidence_intake`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import LargeBinary, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry import encryption
from registry.base import Base, UtcDateTime
from registry.evidence import Evidence
from registry.evidence_intake import (
    MAX_CASE_BYTES,
    MAX_FILE_BYTES,
    MAX_FILES_PER_CASE,
    CleanFile,
    EvidenceRefused,
)
from registry.evidence_store import EvidenceStore
from webapp.apply.drafts import Draft

PIECE_BYTES = 256 * 1024
MOST_PIECES = -(-MAX_FILE_BYTES // PIECE_BYTES)


class UploadPiece(Base):
    """A part of a file that is not all here yet."""

    __tablename__ = "upload_pieces"

    draft_id: Mapped[UUID] = mapped_column(primary_key=True)
    upload: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True)
class Sending:
    """One file a browser sends: its own name for it, and in how many pieces."""

    upload: UUID
    pieces: int


def put(session: Session, draft: Draft, sending: Sending, number: int, body: bytes, now: datetime) -> None:
    """Keep one piece (counted from 0); the same piece again changes nothing."""
    place = (draft.id, sending.upload, number)
    if session.get(UploadPiece, place) is None:
        kept = encryption.ring().encrypt_bytes("upload_pieces.body", f"{sending.upload}:{number}", body)
        session.add(UploadPiece(draft_id=draft.id, upload=sending.upload, number=number, body=kept, at=now))
        session.flush()


def have(session: Session, draft: Draft, upload: UUID) -> list[int]:
    """The pieces that are here: where a broken upload goes on."""
    wanted = select(UploadPiece.number).where(UploadPiece.draft_id == draft.id, UploadPiece.upload == upload)
    return sorted(session.scalars(wanted))


def whole(session: Session, draft: Draft, sending: Sending) -> bytes | None:
    """The file, once all its pieces are here; they are put away then."""
    if have(session, draft, sending.upload) != list(range(sending.pieces)):
        return None
    rows = session.scalars(
        select(UploadPiece)
        .where(UploadPiece.draft_id == draft.id, UploadPiece.upload == sending.upload)
        .order_by(UploadPiece.number)
    )
    body = b"".join(
        encryption.ring().decrypt_bytes("upload_pieces.body", f"{row.upload}:{row.number}", row.body)
        for row in rows
    )
    drop(session, draft, sending.upload)
    return body


def drop(session: Session, draft: Draft, upload: UUID) -> None:
    """取消: the pieces go."""
    session.execute(delete(UploadPiece).where(UploadPiece.draft_id == draft.id, UploadPiece.upload == upload))


def drop_stale(session: Session, before: datetime) -> None:
    """Called by the worker: pieces nobody came back for."""
    session.execute(delete(UploadPiece).where(UploadPiece.at < before))


def keep(
    session: Session, store: EvidenceStore, draft: Draft, file: CleanFile, kind: str, now: datetime
) -> Evidence:
    """Keep a cleaned file in a slot of the draft.

    Raises `EvidenceRefused`: `same_file`, `too_many_files` or `too_much`.
    """
    mine = Evidence.uploaded_by == draft.uploader
    if session.scalar(select(Evidence.id).where(mine, Evidence.sha256 == file.sha256).limit(1)):
        raise EvidenceRefused("same_file")
    count, size = session.execute(
        select(func.count(Evidence.id), func.coalesce(func.sum(Evidence.size), 0)).where(mine)
    ).one()
    if count >= MAX_FILES_PER_CASE:
        raise EvidenceRefused("too_many_files", most=MAX_FILES_PER_CASE)
    if size + len(file.data) > MAX_CASE_BYTES:
        raise EvidenceRefused("too_much", megabytes=MAX_CASE_BYTES // 1024 // 1024)
    evidence = store.keep(session, file, kind=kind, uploaded_by=draft.uploader, now=now)
    session.flush()
    return evidence


def words(refused: EvidenceRefused) -> str:
    """Why a file is not taken: what happened, what to do."""
    most = MAX_FILE_BYTES // 1024 // 1024
    said = {
        "empty": _("这个文件是空的，请重新选一个"),
        "too_large": _(
            "这个文件 %(n)s MB，太大了。请传 %(most)s MB 以内的，或直接拍照",
            n=refused.facts.get("megabytes", most + 1),
            most=most,
        ),
        "wrong_type": _("打不开这种文件，请传照片或 PDF"),
        "unreadable": _("这个文件打不开，可能没有传完整。请重新选一个，或直接拍照"),
        "encrypted": _("这个 PDF 有密码，请去掉密码再传，或直接拍照"),
        "too_many_pages": _("这个 PDF 页数太多，请只传要用的几页，或直接拍照"),
        "too_many_pixels": _("这张照片的尺寸太大，请直接拍照"),
        "same_file": _("这张已经传过了"),
        "too_many_files": _("最多传 %(n)s 个文件，请先删掉不要的", n=refused.facts.get("most", "")),
        "too_much": _("文件加起来太大了，请传小一点的照片"),
    }
    return said.get(refused.code, _("这个文件有安全问题，不能用。请换一个"))
