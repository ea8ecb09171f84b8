"""The officials' work bench: what waits for an office, and the page on which it is decided."""

from webapp.inbox import ahead, batching, evidence, holding, lists, saving, task, told, viewer, withdrawing
from webapp.inbox.blueprint import bp

__all__ = [
    "ahead", "batching", "bp", "evidence", "holding", "lists", "saving", "task", "told", "viewer",
    "withdrawing",
]  # fmt: skip
