"""pydantic's findings as the contract's field errors: pointer, code, words in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import ValidationError

MESSAGES = {
    "missing": _l("还没填这一项，请补上"),
    "extra_forbidden": _l("没有这一项，请去掉"),
    "string_too_short": _l("还没填这一项，请补上"),
    "string_too_long": _l("写得太长了，请缩短"),
    "too_short": _l("还没填这一项，请补上"),
    "too_long": _l("太多了，请减少几项"),
    "literal_error": _l("没有这个选项，请选一个"),
    "enum": _l("没有这个选项，请选一个"),
    "uuid_parsing": _l("编号不对，请重新选择"),
    "uuid_type": _l("编号不对，请重新选择"),
    "date_from_datetime_parsing": _l("日期不对，请写成 2026-03-02 这样"),
    "date_parsing": _l("日期不对，请写成 2026-03-02 这样"),
    "date_type": _l("日期不对，请写成 2026-03-02 这样"),
    "int_type": _l("请填数字"),
    "string_type": _l("请填文字"),
    "string_pattern_mismatch": _l("写法不对，请再看一遍"),
}


def errors_of(error: ValidationError, prefix: str = "") -> list[dict[str, str]]:
    """Each finding with a JSON pointer below `prefix`. Never the value that was typed."""
    return [
        {
            "pointer": prefix + "".join(f"/{part}" for part in found["loc"]),
            "code": _code(found["type"], found.get("ctx", {})),
            "message": _message(found["type"], found.get("ctx", {})),
        }
        for found in error.errors(include_url=False, include_input=False)
    ]


def _code(kind: str, context: dict[str, object]) -> str:
    inner = context.get("error")
    return str(getattr(inner, "code", kind))


def _message(kind: str, context: dict[str, object]) -> str:
    """A validator of ours speaks for itself; pydantic's own findings by the table."""
    inner = context.get("error")
    if inner is not None and hasattr(inner, "message"):
        return _(str(inner.message)) % getattr(inner, "facts", {})
    return str(MESSAGES.get(kind, _l("写法不对，请再看一遍")))
