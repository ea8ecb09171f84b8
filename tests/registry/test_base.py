"""What every table stands on: keys in the order of birth, moments that mean one moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from registry.base import uuid7
from registry.calendar import CHINA
from registry.students import RecordCopy
from registry.transfers import move_record
from tests.registry.factories import NOW, P2, TODAY, a_school, a_student


def test_keys_are_unique_and_sort_by_birth():
    keys = [uuid7() for _ in range(1000)]
    assert keys == sorted(keys)
    assert len(set(keys)) == 1000
    assert {(key.version, key.variant) for key in keys} == {(7, "specified in RFC 4122")}


def copied_at(session, moment):
    a_school(session, P2)
    student = a_student(session)
    move_record(session, student.id, P2, effective_on=TODAY, case_number="ZX1", now=moment)
    session.expire_all()
    return session.scalars(select(RecordCopy)).one().taken_at


def test_a_moment_comes_back_aware_and_in_utc(session):
    stored = copied_at(session, NOW)
    assert (stored, stored.utcoffset()) == (NOW, timedelta(0))


def test_a_moment_without_a_zone_is_refused(session):
    with pytest.raises((StatementError, ValueError), match="zone"):
        copied_at(session, datetime(2026, 3, 2, 9, 0))  # noqa: DTZ001


def test_china_has_no_summer_time_now():
    assert NOW.tzinfo is CHINA
    assert NOW.astimezone(UTC).hour == 1
