"""Which rows an office may see: everything below its own path, nothing else.

A path names the chain of authorities down to the owner: ``/`` the nation,
``/35/`` a province, ``/35/3501/`` a prefecture, ``/35/3501/350102/`` a county;
a school hangs below the authority of its stage, ``/35/3501/350102/s2135000001/``.
The guard that adds the criterion to every query lives with the sessions.
"""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

NATION = "/"

# Byte order is what the range of a path relies on.
OfficePath = String(120).with_variant(String(120, collation="C"), "postgresql")


class OfficeScoped:
    """A table whose rows belong to one office; sessions show an office only what lies below it."""

    office_path: Mapped[str] = mapped_column(OfficePath, index=True)


def path_range(path: str) -> tuple[str, str]:
    """The half-open range ``low <= office_path < high`` that holds exactly the rows below `path`."""
    if not (path.startswith("/") and path.endswith("/")):
        raise ValueError(f"an office path starts and ends with a slash: {path!r}")
    return path, path[:-1] + "0"  # "0" follows "/" in byte order


def lies_within(path: str, office: str) -> bool:
    """Does `path` belong to `office` or to one of the offices below it?"""
    low, high = path_range(office)
    return low <= path < high
