"""What a process people can start says of itself. A module of `forms/` that names one as `PROCESS` adds it.

A further process is such a module, a diagram of the same key, a certificate template where one is due,
and its policy values: nothing else of the product knows it by name.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import forms
from forms.fields import Questions
from forms.members import ApplicationMember
from registry.changes import Demands


@dataclass(frozen=True)
class Process:
    """A change at one school: its key, its name, the letters of its case numbers.

    `application` is the public contract, `page` asks for it, `demands` hold it against the register.
    `variables` are members of the application that the diagram's conditions read, `grounds` the words of
    its grounds. `beside_others`: an open case of another process does not stand in its way (its diagram
    says `lock="none"`).
    """

    key: str
    name: str
    letters: str
    application: type[ApplicationMember]
    page: type[Questions]
    demands: Demands
    variables: tuple[str, ...] = ()
    grounds: Sequence[tuple[str, Any]] = ()
    beside_others: bool = False


@cache
def declared() -> dict[str, Process]:
    """Every process of the modules of `forms/`, by key, in the order of the modules' names."""
    names = sorted(module.name for module in pkgutil.iter_modules(forms.__path__))
    modules = (import_module(f"forms.{name}") for name in names if name != "process")
    found = [module.PROCESS for module in modules if hasattr(module, "PROCESS")]
    return {process.key: process for process in found}
