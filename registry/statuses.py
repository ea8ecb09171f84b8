"""The words for the status of a record, and which may follow which (domain: JY/T 1001, 学生当前状态)."""

from __future__ import annotations

ENROLLED = "enrolled"
SUSPENDED = "suspended"
GRADUATED = "graduated"
COMPLETED = "completed"
INCOMPLETE = "incomplete"
WITHDRAWN = "withdrawn"
EXPELLED = "expelled"
DROPOUT = "dropout"
ABROAD = "abroad"
MISSING = "missing"
DECEASED = "deceased"
VOID = "void"

NAMES = {
    ENROLLED: "在读",
    SUSPENDED: "休学",
    GRADUATED: "毕业",
    COMPLETED: "结业",
    INCOMPLETE: "肄业",
    WITHDRAWN: "退学",
    EXPELLED: "开除",
    DROPOUT: "辍学",
    ABROAD: "出国",
    MISSING: "失踪",
    DECEASED: "死亡",
    VOID: "作废",
}

# Who keeps a seat in a class: a suspended student comes back to it.
SEATED = (ENROLLED, SUSPENDED)

# Compulsory education cannot be ended by withdrawal or expulsion (Compulsory Education Law, art. 27).
NEVER_IN_COMPULSORY = (WITHDRAWN, EXPELLED)
COMPULSORY_STAGES = ("primary", "junior")

_LEAVES = (GRADUATED, COMPLETED, INCOMPLETE, WITHDRAWN, EXPELLED)

# Suspended after suspended is an extension.
FOLLOWS: dict[str, frozenset[str]] = {
    ENROLLED: frozenset({SUSPENDED, *_LEAVES, DROPOUT, ABROAD, MISSING, DECEASED, VOID}),
    SUSPENDED: frozenset(
        {ENROLLED, SUSPENDED, WITHDRAWN, EXPELLED, DROPOUT, ABROAD, MISSING, DECEASED, VOID}
    ),
    DROPOUT: frozenset({ENROLLED, WITHDRAWN, MISSING, DECEASED, VOID}),
    ABROAD: frozenset({ENROLLED, WITHDRAWN, DECEASED, VOID}),
    MISSING: frozenset({ENROLLED, DECEASED, VOID}),
    GRADUATED: frozenset({ENROLLED, DECEASED, VOID}),
    COMPLETED: frozenset({ENROLLED, GRADUATED, DECEASED, VOID}),
    INCOMPLETE: frozenset({DECEASED, VOID}),
    WITHDRAWN: frozenset({ENROLLED, DECEASED, VOID}),
    EXPELLED: frozenset({DECEASED, VOID}),
    DECEASED: frozenset(),
    VOID: frozenset(),
}


def may_follow(now: str, then: str, stage: str) -> bool:
    """May a record of `stage` go from status `now` to `then`?"""
    if stage in COMPULSORY_STAGES and then in NEVER_IN_COMPULSORY:
        return False
    return then in FOLLOWS[now]


def sql_list(words: tuple[str, ...] | dict[str, str]) -> str:
    """The words as the list of an SQL ``IN``; for check constraints, never for values that were typed."""
    return ", ".join(f"'{word}'" for word in words)
