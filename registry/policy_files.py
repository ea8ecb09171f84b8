"""Policy files: a head for place, version and dates, then the keys. Those that contradict are refused.

A file says what it means for a reader who has it alone: two versions of a key at one place never
overlap, so the older one names its last day.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import combinations
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from registry.errors import PolicyContradiction
from registry.policy_places import NATION, is_tighter, places_over

Basis = Annotated[str, Field(min_length=1, max_length=300)]


class Entry(BaseModel):
    """A ``[[values]]`` of a file; its basis is that of the file where it names none."""

    model_config = ConfigDict(extra="forbid", strict=True)

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+$", max_length=60)]
    value: JsonValue
    basis: Basis | None = None
    tighten: Literal["", "less", "more"] = ""

    @model_validator(mode="after")
    def _binds_a_number(self) -> Self:
        if self.tighten and type(self.value) is not int:
            raise ValueError("only a whole number can be tightened")
        return self


class PolicyFile(BaseModel):
    """A file: place, version, first and last day of every value in it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    place: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    version: Annotated[str, Field(min_length=1, max_length=20)]
    from_: Annotated[date, Field(alias="from")]
    to: date | None = None
    basis: Basis
    values: list[Entry]

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.to is not None and self.to < self.from_:
            raise ValueError("ends before it begins")
        return self


@dataclass(frozen=True)
class Line:
    """One value of a file, as the columns of the table, and the file it stands in."""

    file: str
    row: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.file} (place {self.row['place']}, version {self.row['version']})"


@lru_cache(maxsize=1)
def shipped() -> tuple[Mapping[str, Any], ...]:
    """The values this release ships, in ``registry/policies/*.toml``."""
    return read(files("registry").joinpath("policies"))


def read(folder: Traversable) -> tuple[Mapping[str, Any], ...]:
    """The values of every file in a folder.

    :raises PolicyContradiction: when a file is no policy file, or two do not go together; it names them.
    """
    texts = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda f: f.name)
    lines = [line for file in texts for line in _lines(file.name, file.read_text(encoding="utf-8"))]
    by_key: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_key[line.row["key"]].append(line)
    for key, group in by_key.items():
        _refuse_unknown(key, group)
        for one, other in combinations(group, 2):
            _refuse_two_at_one_place(key, one, other)
            _refuse_looser(key, one, other)
            _refuse_looser(key, other, one)
    return tuple(line.row for line in lines)


def _lines(name: str, text: str) -> Iterator[Line]:
    try:
        file = PolicyFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise PolicyContradiction(why=f"not TOML: {error}", one=name) from None
    except ValidationError as error:
        wrong = error.errors()[0]
        why = f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}"
        raise PolicyContradiction(why=why, one=name) from None
    of_all = {"place": file.place, "version": file.version, "from_": file.from_, "to": file.to}
    for entry in file.values:
        basis = entry.basis or file.basis
        row = {"key": entry.key, "value": entry.value, "basis": basis, "tighten": entry.tighten}
        yield Line(name, row | of_all)


def _refuse_unknown(key: str, group: Sequence[Line]) -> None:
    """A key is known by its value for the nation; a slip of the pen would otherwise rule nothing."""
    if not any(line.row["place"] == NATION for line in group):
        why = f"unknown key: no file gives it a value for {NATION}"
        raise PolicyContradiction(why=why, key=key, one=str(group[0]))


def _refuse_two_at_one_place(key: str, one: Line, other: Line) -> None:
    if one.row["place"] != other.row["place"]:
        return
    if one.row["version"] == other.row["version"]:
        raise PolicyContradiction(why="the same version twice", key=key, one=str(one), other=str(other))
    if _together(one, other):
        raise PolicyContradiction(why="in force on the same day", key=key, one=str(one), other=str(other))


def _refuse_looser(key: str, lower: Line, upper: Line) -> None:
    """What the upper place allows only to be tightened, as long as both are in force."""
    bound = upper.row["tighten"]
    if not bound or upper.row["place"] not in places_over(lower.row["place"])[1:]:
        return
    if _together(lower, upper) and not is_tighter(lower.row["value"], upper.row["value"], bound):
        why = f"looser than the place above allows ({bound} than {upper.row['value']})"
        raise PolicyContradiction(why=why, key=key, one=str(lower), other=str(upper))


def _together(one: Line, other: Line) -> bool:
    last = min(one.row["to"] or date.max, other.row["to"] or date.max)
    return bool(max(one.row["from_"], other.row["from_"]) <= last)
