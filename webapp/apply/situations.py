"""哪些情况不能转学: every rule of the pre-check in a family's words."""

from __future__ import annotations

from flask_babel import gettext as _


def situations() -> list[tuple[str, str, str]]:
    """Every rule in a family's words: code, heading, what can be done."""
    return [
        ("R05", _("孩子正在休学"), _("先办复学，病好了可以提前办。")),
        ("R16", _("孩子已经毕业或离校"), _("不能转学。升学、复学请看办事指南。")),
        ("R10", _("孩子还有一件业务没办完"), _("办完或撤回那件，再来提交。不知道是哪件？问原学校。")),
        ("R11", _("孩子的学籍有问题没处理完"), _("要先由原学校处理。")),
        ("R04", _("毕业年级下学期不能转学"), _("等升学时再办。军人调动的，请选“军人调动”并上传调令。")),
        ("R09", _("年级不一样"), _("转学不能换年级。请选有同一年级的学校。")),
        ("R08", _("普通高中转到等级更高的学校"), _("请选同级或下级的学校。")),
        ("R03", _("现在不是办理时间"), _("先填好，到时再提交。您填的会保留。")),
        ("R01", _("新学校满员了"), _("可以换一所学校；也可以继续提交，由教育局另行安排。")),
    ]


def headings() -> dict[str, tuple[str, str]]:
    """By the code of the rule: what stands in the way, and what can be done."""
    return {code: (heading, remedy) for code, heading, remedy in situations()}
