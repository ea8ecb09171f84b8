"""Back an installation up, and make one from a backup.

A backup is a folder: the database as it stood at one moment, the files of evidence and
certificates, the copies of the anchors, and a manifest with row counts and checksums. It holds
names and certificates in clear, so it belongs on an encrypted disk. The keys are
no part of it unless asked for: who has both has everything.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from jisui import database_copies
from jisui.assembly import Installation
from jisui.database_copies import BackupRefused
from jisui.settings import KEY_RING_VARIABLE, Settings
from registry import encryption
from registry.encryption import KeyRing
from registry.errors import KeyRingRefused

FORMAT: Final = 1
MANIFEST, KEYS, RING = "manifest.json", "keys", "keyring.json"
FOLDERS: Final = ("evidence", "certificates")
FILES: Final = ("*.jsonl", "*.json", "demo-ready")
SECRET: Final = frozenset({"settings.json", RING})
PUBLIC: Final = ("*.pem", "*.crl", "signers/*.pem")
"""Of the signing folder: what verifies. The keys beside it are kept apart."""
TOLD: Final = ("demo", "base_url", "place", "province", "demo_password")
PROBE, PROBE_TEXT = "backup.probe", "jisui"


def make(installation: Installation, target: Path, *, with_keys: bool) -> dict[str, Any]:
    """Back up into `target`, which must be new or empty; the manifest. Raises `BackupRefused`.

    Files first, then the database, then what files came meanwhile: each row finds its file.
    """
    settings = installation.settings
    with _prepared(target) as half:
        _copy_files(settings, half)
        rows = database_copies.save(installation.database, half)
        _copy_files(settings, half)
        if with_keys:
            (half / KEYS).mkdir(mode=0o700)
            shutil.copy2(settings.key_ring, half / KEYS / RING)
            if settings.signing.exists():
                shutil.copytree(settings.signing, half / KEYS / "signing")
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        ring = encryption.ring()
        manifest = {
            "format": FORMAT,
            "made_at": made_at,
            "database": installation.database.dialect.name,
            "settings": {name: getattr(settings, name) for name in TOLD},
            "rows": rows,
            "key_ids": [key.id.hex() for key in ring.keys],
            "probe": ring.encrypt(PROBE, made_at, PROBE_TEXT).hex(),
            "files": {
                name: _sha256(half / name) for name in sorted(_names(half)) if not name.startswith(KEYS)
            },
        }
        (half / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1))
    return manifest


def restore(source: Path, target: Path, *, keys: Path | None, database_url: str | None) -> dict[str, Any]:
    """Make the data folder `target` from a backup; its manifest. Nothing stays of one that fails.

    `keys`: the key ring, or a folder with it and the signing keys; else those in the backup. A dump of
    PostgreSQL goes into the empty database at `database_url`. Everybody signs in anew.
    Raises `BackupRefused`.
    """
    manifest = _manifest_of(source)
    given = _keys(source, keys)
    _must_open(given, manifest)
    damaged = [name for name, told in manifest["files"].items() if _sha256(source / name) != told]
    if damaged:
        raise BackupRefused(f"The backup is damaged: {', '.join(damaged[:3])} is not what was backed up.")
    with _prepared(target) as half:
        for name in manifest["files"]:
            if name != database_copies.DUMP:
                (half / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                shutil.copy2(source / name, half / name)
        if KEY_RING_VARIABLE not in os.environ:
            shutil.copy2(given, half / RING)
            (half / RING).chmod(0o600)
        if (given.parent / "signing").is_dir():
            shutil.copytree(given.parent / "signing", half / "signing", dirs_exist_ok=True)
        stored = manifest["settings"] | {
            "secret_key": secrets.token_urlsafe(48),
            "database_url": database_url,
        }
        (half / "settings.json").touch(mode=0o600)
        (half / "settings.json").write_text(json.dumps(stored, ensure_ascii=False, indent=1))
        rows = database_copies.load(source, half, manifest["database"], database_url)
        wrong = sorted(name for name, count in manifest["rows"].items() if rows.get(name) != count)
        if wrong:
            raise BackupRefused(f"Rows are missing in {', '.join(wrong)}: this is not what was backed up.")
    return manifest


@contextmanager
def _prepared(target: Path) -> Iterator[Path]:
    """A folder to fill, which takes the place of `target` when all went well, and vanishes if not."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupRefused(f"{target} is not empty. Name a new folder.")
    half = target.with_name(f"{target.name}.part")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True, mode=0o700)
    try:
        yield half
        half.replace(target)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise


def _copy_files(settings: Settings, half: Path) -> None:
    """Evidence, certificates, anchors, and what verifies signatures; what is there already stays, but for
    the single files: only they ever change."""
    for folder in FOLDERS:
        for path in sorted((settings.data / folder).glob("??/*")):
            copy = half / folder / path.parent.name / path.name
            if path.name.startswith(".") or path.suffix == ".part" or copy.exists():
                continue
            copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with suppress(FileNotFoundError):  # swept away meanwhile: no row claims it
                shutil.copy2(path, copy)
    singles = [path for pattern in FILES for path in settings.data.glob(pattern) if path.name not in SECRET]
    public = [path for pattern in PUBLIC for path in settings.signing.glob(pattern)]
    for path in (*singles, *public):
        copy = half / path.relative_to(settings.data)
        copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copy2(path, copy)


def _manifest_of(source: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((source / MANIFEST).read_text())
    except (OSError, ValueError):
        raise BackupRefused(f"{source} is no backup: it has no readable {MANIFEST}.") from None
    if manifest.get("format") != FORMAT:
        raise BackupRefused(
            f"{source} was made by another version of Jisui (format {manifest.get('format')})."
        )
    return manifest


def _keys(source: Path, keys: Path | None) -> Path:
    """The key ring to open the backup with."""
    told = os.environ.get(KEY_RING_VARIABLE)
    asked = [keys / RING if keys.is_dir() else keys] if keys else [source / KEYS / RING]
    found = next(
        (ring for ring in (*asked, *([Path(told)] if told and not keys else [])) if ring.is_file()), None
    )
    if found is None:
        raise BackupRefused(
            f"No key ring: {keys or 'this backup'} holds none, and without it nobody reads ID numbers, "
            "addresses, applications and evidence. Give it with --keys FILE."
        )
    return found


def _must_open(ring: Path, manifest: dict[str, Any]) -> None:
    try:
        opened = KeyRing.load(ring).decrypt(PROBE, manifest["made_at"], bytes.fromhex(manifest["probe"]))
    except KeyRingRefused as refused:
        reason = refused.facts.get("reason", "")
        raise BackupRefused(f"The key ring {ring} does not open this backup: {reason}.") from None
    if opened != PROBE_TEXT:
        raise BackupRefused(f"The key ring {ring} does not open this backup.")


def _names(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
