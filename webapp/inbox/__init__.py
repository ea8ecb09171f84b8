"""The officials' work bench: what waits for an office, and the page on which it is decided."""

from webapp.inbox import evidence, lists, task, viewer, withdrawing
from webapp.inbox.blueprint import bp

__all__ = ["bp", "evidence", "lists", "task", "viewer", "withdrawing"]
