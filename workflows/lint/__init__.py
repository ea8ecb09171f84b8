"""Judging diagrams before they run: the whitelist, the traps of the engine, the words for the author."""

from workflows.lint.catalogue import Catalogue
from workflows.lint.check import lint
from workflows.lint.finding import Finding

__all__ = ["Catalogue", "Finding", "lint"]
