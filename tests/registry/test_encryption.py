"""Encrypted fields: what a stolen database does not tell."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from registry.encryption import Key, KeyRing
from registry.errors import KeyRingRefused
from registry.students import by_id_number, is_guardian_phone
from tests.registry.factories import a_student

ID = "350102201503150019"


def test_what_was_encrypted_opens_for_its_row(key_ring):
    stored = key_ring.encrypt("students.id_number", "row-1", ID)
    assert key_ring.decrypt("students.id_number", "row-1", stored) == ID
    assert len(stored) == 1 + 4 + 12 + 18 + 16


def test_equal_values_are_stored_differently(key_ring):
    assert key_ring.encrypt("a.b", "1", ID) != key_ring.encrypt("a.b", "1", ID)


@pytest.mark.parametrize(("place", "row"), [("students.id_number", "row-2"), ("students.address", "row-1")])
def test_a_value_copied_elsewhere_does_not_open(key_ring, place, row):
    stored = key_ring.encrypt("students.id_number", "row-1", ID)
    with pytest.raises(KeyRingRefused):
        key_ring.decrypt(place, row, stored)


def test_a_changed_value_does_not_open(key_ring):
    stored = bytearray(key_ring.encrypt("a.b", "1", ID))
    stored[-1] ^= 1
    with pytest.raises(KeyRingRefused):
        key_ring.decrypt("a.b", "1", bytes(stored))


def test_after_rotation_old_values_open_and_new_ones_use_the_new_key(key_ring):
    stored = key_ring.encrypt("a.b", "1", ID)
    old = Key(key_ring.keys[0].id, key_ring.keys[0].secret, "old")
    rotated = KeyRing((*KeyRing.generate().keys, old), key_ring.index_secret)
    assert rotated.decrypt("a.b", "1", stored) == ID
    assert rotated.encrypt("a.b", "1", ID)[1:5] == rotated.keys[0].id


def test_the_blind_index_finds_equal_values_however_typed(key_ring):
    index = key_ring.blind_index("id_number", "11010519491231002X")
    assert len(index) == 16
    assert key_ring.blind_index("id_number", " 11010519491231002x ") == index
    assert key_ring.blind_index("phone", "11010519491231002X") != index
    assert KeyRing.generate().blind_index("id_number", "11010519491231002X") != index


def test_a_ring_is_written_for_its_owner_only_and_read_back(tmp_path):
    path = tmp_path / "keys.json"
    ring = KeyRing.create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert KeyRing.load(path) == ring
    with pytest.raises(FileExistsError):
        KeyRing.create(path)


def test_a_ring_that_others_may_read_is_refused(tmp_path):
    path = tmp_path / "keys.json"
    KeyRing.create(path)
    path.chmod(0o640)
    with pytest.raises(KeyRingRefused, match="chmod 600"):
        KeyRing.load(path)


@pytest.mark.parametrize("body", ["", "{}", '{"encrypt": [], "index": {"key": "AA==", "version": 1}}'])
def test_a_broken_ring_is_refused(tmp_path, body):
    path = tmp_path / "keys.json"
    path.write_text(body)
    path.chmod(0o600)
    with pytest.raises(KeyRingRefused):
        KeyRing.load(path)


def test_no_secret_shows_in_a_repr(key_ring):
    assert repr(key_ring.index_secret)[2:-1] not in repr(key_ring)
    assert "secret" not in repr(key_ring)


def test_the_database_holds_no_number_telephone_or_address_in_clear(session):
    student = a_student(session, id_number=ID, address="鼓楼区东街 1 号", guardian_phone="13812346021")
    rows = [
        *session.connection().execute(text("SELECT id_number, address FROM students")),
        *session.connection().execute(text("SELECT phone FROM guardians")),
    ]
    stored = b"".join(bytes(value) for row in rows for value in row)
    for secret in (ID, "鼓楼区", "13812346021"):
        assert secret.encode() not in stored
    session.expire_all()
    assert (student.id_number, student.address) == (ID, "鼓楼区东街 1 号")
    assert student.guardians[0].phone == "13812346021"


def test_a_student_is_found_by_document_and_a_guardian_by_telephone(session):
    student = a_student(session, id_number=ID, guardian_phone="13812346021")
    assert by_id_number(session, "1", ID) is student
    assert by_id_number(session, "1", "350102201503150027") is None
    assert is_guardian_phone(student, "13812346021")
    assert not is_guardian_phone(student, "13812346022")


def test_a_row_tells_nothing_in_its_repr(session):
    student = a_student(session, name="林一航", id_number=ID)
    assert repr(student) == f"<Student {student.id}>"
