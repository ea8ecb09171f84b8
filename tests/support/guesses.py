"""Applications by chance: the members a form asks for, of the right kind, seldom all of them right."""

from __future__ import annotations

import random
import types
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

DAYS = {"effective_from": (0, 0, 0, 1, 7, -7, 60), "effective_to": (120, 180, 300, 360, 364, 800, 1)}
BEFORE = (-30, -28, -40, -1, -400)
"""How far from today the days of an application lie."""


@dataclass(frozen=True)
class Guesses:
    """Members by chance, beside those that are `known`."""

    chance: random.Random
    today: date
    known: Mapping[str, Any]

    def members(self, model: type[BaseModel]) -> dict[str, Any]:
        """An application of this form. What may be missing often is."""
        found: dict[str, Any] = {}
        for name, member in model.model_fields.items():
            if name in self.known:
                found[name] = self.known[name]
            elif member.is_required() or self.chance.random() < 0.4:
                found[name] = self._value(name, member.annotation)
        return {name: value for name, value in found.items() if value is not None}

    def _value(self, name: str, kind: Any) -> Any:
        origin = get_origin(kind)
        if origin in (Annotated, Union, types.UnionType):
            return self._value(name, get_args(kind)[0])
        if origin is Literal:
            return self.chance.choice(get_args(kind))
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return self.members(kind)
        if kind is date:
            return (self.today + timedelta(days=self.chance.choice(DAYS.get(name, BEFORE)))).isoformat()
        guesses = {int: self.chance.randint(1, 12), bool: True, str: self.chance.choice(["", "林亦航"])}
        return guesses.get(kind)
