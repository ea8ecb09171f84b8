"""Evidence at rest: encrypted, under random names, bound to its row."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from registry import encryption
from registry.base import Base
from registry.encryption import KeyRing
from registry.errors import KeyRingRefused
from registry.evidence import Evidence
from registry.evidence_intake import CleanFile
from registry.evidence_store import EvidenceStore

NOW = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    encryption.use(KeyRing.generate())
    return EvidenceStore(tmp_path / "evidence")


@pytest.fixture
def session():
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine, tables=[Evidence.__table__])
    with Session(engine) as opened:
        yield opened
    engine.dispose()


def photo(**changes):
    out = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(out, "JPEG")
    facts = {"data": out.getvalue(), "media_type": "image/jpeg", "pages": 1, "sha256": "0" * 64}
    return CleanFile(**{**facts, "given_name": "户口簿-1.jpg", "blurry": False, **changes})


def kept(store, session, **changes):
    evidence = store.keep(session, photo(**changes), kind="household_register", uploaded_by="draft", now=NOW)
    session.flush()
    return evidence


def test_a_file_comes_back_as_it_was_cleaned(store, session):
    file = photo()
    evidence = kept(store, session)
    assert store.read(evidence) == file.data
    assert (evidence.given_name, evidence.size, evidence.case_id) == ("户口簿-1.jpg", len(file.data), None)


def test_the_disk_tells_nothing(store, session):
    evidence = kept(store, session, data=b"secret words of a lease")
    (path,) = [p for p in store.root.rglob("*") if p.is_file()]
    assert b"secret" not in path.read_bytes()
    assert path.name == evidence.storage_key
    assert path.stat().st_mode & 0o077 == 0


def test_a_file_put_in_anothers_place_does_not_open(store, session):
    one, other = kept(store, session), kept(store, session)
    path = {p.name: p for p in store.root.rglob("*") if p.is_file()}
    path[one.storage_key].write_bytes(path[other.storage_key].read_bytes())
    with pytest.raises(KeyRingRefused):
        store.read(one)


def test_a_page_is_drawn_once(store, session):
    evidence = kept(store, session)
    first = store.page(evidence, 1)
    assert Image.open(io.BytesIO(first)).format == "JPEG"
    assert store.page(evidence, 1) == first


def test_files_that_nobody_claims_go_after_a_day(store, session):
    evidence, stays = kept(store, session), kept(store, session)
    store.discard(session, evidence)
    session.flush()
    assert store.sweep(session, datetime.now(UTC)) == 0
    assert store.sweep(session, datetime.now(UTC) + timedelta(days=2)) == 1
    assert store.read(stays)


def test_evidence_of_a_case_is_never_taken_back(store, session):
    evidence = kept(store, session)
    evidence.case_id = evidence.id
    with pytest.raises(ValueError, match="stays"):
        store.discard(session, evidence)
