"""Where this installation keeps its data, and what it is told from outside."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from registry import encryption

DATA_VARIABLE, DATABASE_VARIABLE, KEY_RING_VARIABLE = "JISUI_DATA", "JISUI_DATABASE_URL", "JISUI_KEYRING"


class NotSetUp(Exception):
    """The data folder holds no installation yet."""


@dataclass(frozen=True)
class Settings:
    """One installation: a data folder and a database."""

    data: Path
    database_url: str
    demo: bool
    secret_key: str
    base_url: str
    place: str
    province: str
    demo_password: str = ""

    @property
    def key_ring(self) -> Path:
        """Keys lie outside the database; in production outside the data folder too."""
        return _key_ring(self.data)

    @property
    def clock_file(self) -> Path:
        return self.data / "clock.json"

    @property
    def evidence(self) -> Path:
        return self.data / "evidence"

    @property
    def certificates(self) -> Path:
        return self.data / "certificates"

    @property
    def signing(self) -> Path:
        return self.data / "signing"


def data_folder(given: str | None) -> Path:
    return Path(given or os.environ.get(DATA_VARIABLE) or "var").absolute()


def load(data: Path) -> Settings:
    """The installation in a data folder. Raises `NotSetUp`."""
    try:
        stored = json.loads((data / "settings.json").read_text())
    except FileNotFoundError as error:
        raise NotSetUp(str(data)) from error
    return Settings(
        data=data,
        database_url=os.environ.get(DATABASE_VARIABLE)
        or stored.get("database_url")
        or f"sqlite:///{data / 'jisui.sqlite'}",
        demo=bool(stored["demo"]),
        secret_key=stored["secret_key"],
        base_url=os.environ.get("JISUI_BASE_URL") or stored["base_url"],
        place=stored["place"],
        province=stored["province"],
        demo_password=stored.get("demo_password", ""),
    )


def set_up(
    data: Path,
    *,
    demo: bool,
    base_url: str,
    place: str,
    province: str,
    demo_password: str,
    database_url: str | None = None,
) -> Settings:
    """Make a new data folder: its settings (0600) and its key ring."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    stored = {
        "demo": demo,
        "secret_key": secrets.token_urlsafe(48),
        "base_url": base_url,
        "place": place,
        "province": province,
        "demo_password": demo_password,
        "database_url": database_url,
    }
    draft = data / "settings.json.new"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(stored, ensure_ascii=False, indent=1))
    ring = _key_ring(data)
    if not ring.exists():
        encryption.KeyRing.create(ring)
    draft.replace(data / "settings.json")  # last: a folder that has settings has its keys
    return load(data)


def _key_ring(data: Path) -> Path:
    return Path(os.environ.get(KEY_RING_VARIABLE, data / "keyring.json"))
