"""What may be asked for in which status (学籍状态转换表), and what a family reads where it may not."""

from __future__ import annotations

from collections.abc import Mapping

from registry.statuses import (
    ABROAD,
    COMPLETED,
    DECEASED,
    DROPOUT,
    ENROLLED,
    EXPELLED,
    GRADUATED,
    INCOMPLETE,
    MISSING,
    NAMES,
    SUSPENDED,
    VOID,
    WITHDRAWN,
)
from registry.words import Words, words

ATTENDS = frozenset({ENROLLED})
ACTIONS: Mapping[str, frozenset[str]] = {
    "transfer": ATTENDS,
    "suspend": ATTENDS,
    "extend": frozenset({SUSPENDED}),
    "resume": frozenset({SUSPENDED}),
    "graduate": ATTENDS,
    "drop_out": frozenset({ENROLLED, SUSPENDED}),
    "return": frozenset({DROPOUT, MISSING, ABROAD}),
    "go_abroad": ATTENDS,
    "leave": frozenset({ENROLLED, SUSPENDED, ABROAD}),
    "change_grade": ATTENDS,
    "change_key_data": frozenset(NAMES) - {DECEASED, VOID},
    "die": frozenset({
        ENROLLED, SUSPENDED, DROPOUT, ABROAD, MISSING, GRADUATED, COMPLETED, INCOMPLETE, WITHDRAWN, EXPELLED,
    }),
}  # fmt: skip
"""An action and the statuses from which it may be asked for."""

# Why not, and what to do first, by the status that stands in the way.
IN_THE_WAY: Mapping[str, tuple[str, Words, Words]] = {
    ENROLLED: ("R16", words("孩子现在在读"), words("没有休学、离校或出国的，不用办这一项。")),
    SUSPENDED: ("R05", words("孩子正在休学"), words("先办复学，病好了可以提前办。")),
    DROPOUT: ("R16", words("孩子登记为辍学"), words("先办回流复学。")),
    ABROAD: ("R16", words("孩子登记为出国"), words("先办回国复学。")),
    MISSING: ("R16", words("孩子登记为失踪"), words("找到孩子以后，先办回流复学。")),
    DECEASED: ("R16", words("这份学籍已经注销"), words("有错的，请与学校联系。")),
    VOID: ("R16", words("这份学籍已经作废"), words("请用孩子现在的学籍号。")),
    **dict.fromkeys(
        (GRADUATED, COMPLETED, INCOMPLETE, WITHDRAWN, EXPELLED),
        ("R16", words("孩子已经毕业或离校"), words("升学、复学请看办事指南。")),
    ),
}
