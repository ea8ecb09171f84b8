"""The words of the public contract as people read them: members of applications, what happened in a case."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from forms.process import declared
from forms.transfer import GROUNDS, RELATIONS
from registry.students import ID_TYPES, SEXES

# member of an application → label; in the order of the page
MEMBERS: Mapping[str, object] = {
    "/ground": _l("原因"),
    "/changes/name": _l("新的姓名"),
    "/changes/id_type": _l("新的证件类型"),
    "/changes/id_number": _l("新的证件号"),
    "/changes/sex": _l("新的性别"),
    "/changes/birth_date": _l("新的出生日期"),
    "/grade": _l("年级"),
    "/explanation": _l("补充说明"),
    "/guardian/name": _l("监护人姓名"),
    "/guardian/relation": _l("监护人关系"),
    "/guardian/phone": _l("监护人手机号"),
    "/absent_since": _l("从哪天开始没来上课"),
    "/effective_from": _l("开始日期"),
    "/effective_to": _l("结束日期"),
}

VALUES: Mapping[str, Mapping[str, object]] = {
    "/ground": {value: label for process in declared().values() for value, label in process.grounds}
    | {value: label for value, label, _what in GROUNDS}
    | {"illness": _l("因病"), "infectious_disease": _l("传染病")},
    "/guardian/relation": dict(RELATIONS),
    "/changes/id_type": {code: _l(words) for code, words in ID_TYPES.items()},
    "/changes/sex": {code: _l(words) for code, words in SEXES.items()},
}

# processes that nobody applies for: they follow a case
FOLLOW_UPS: Mapping[str, object] = {
    "archive-handover": _l("纸质档案移交"),
    "placement": _l("安排就学"),
}

EVIDENCE: Mapping[str, object] = {
    "household_book": _l("户口簿"),
    "home_proof": _l("住址证明"),
    "work_proof": _l("工作证明"),
    "posting_order": _l("调令"),
    "reason_proof": _l("情况说明"),
    "guardianship_proof": _l("监护关系证明"),
    "other_proof": _l("其他说明材料"),
    "other": _l("其他说明材料"),
}

EVENTS: Mapping[str, object] = {
    "opened": _l("提交申请"),
    "reached": _l("送到"),
    "decided": _l("办理"),
    "effect": _l("自动办理"),
    "closed": _l("结束"),
    "withdrawn": _l("撤回"),
    "withdrawal_asked": _l("家长申请撤回"),
    "phone_changed": _l("家长改了手机号"),
    "terminated": _l("终止"),
    "timer": _l("到期"),
    "overdue": _l("超期"),
    "reminder": _l("提醒"),
    "urged": _l("催办"),
    "handed_over": _l("改派"),
}

# why something must be corrected → what the family is told if nothing else is written
FAULTS: Mapping[str, tuple[object, object]] = {
    "unclear": (_l("看不清"), _l("看不清，请重拍。")),
    "incomplete": (_l("缺页"), _l("缺页，请补全。")),
    "expired": (_l("过期"), _l("已经过期，请换有效的。")),
    "mismatch": (_l("与实际不符"), _l("与实际不符，请核对。")),
    "other": (_l("其他"), ""),
}
