"""What a newcomer reads when the demo has started."""

from __future__ import annotations

from typing import Any

OFFICES = (
    ("2135000001", "榕城小学"),
    ("2135000002", "江滨小学"),
    ("2135000003", "晋江实验小学"),
    ("350102", "鼓楼区教育局"),
    ("350582", "晋江市教育局"),
    ("2144000001", "南山小学 (Guangdong)"),
    ("440305", "南山区教育局 (Guangdong)"),
    ("350103", "台江区教育局 (a full inbox)"),
)


def welcome(url: str, password: str, told: dict[str, dict[str, Any]]) -> str:
    """Addresses, sign-ins, and the sample cases with the codes that their families got."""
    accounts = [
        f"             {f'registrar.{code}':<22}{f'leader.{code}':<20}{name}" for code, name in OFFICES
    ]
    cases = [
        f"             {state.replace('_', ' '):<18}{number}   {code}"
        for state, (number, code) in told["cases"].items()
    ]
    certificates = [
        f"             {state:<18}{url}/c/{address}" for state, address in told["certificates"].items()
    ]
    return "\n".join(
        [
            "",
            f"籍随 Jisui runs.    {url}",
            "",
            f"  Parents    {url}/apply/transfer",
            f"  Officials  {url}/sign-in",
            *accounts,
            "             policy.350000         policy2.350000      admin",
            f"  Password   {password}   (the same for all)",
            "",
            "  A student to transfer:  林一航  G350102201503150019  (grade 5 at 榕城小学)",
            "",
            f"  Track      {url}/track",
            *cases,
            f"  Verify     {url}/verify",
            *certificates,
            "",
            "  The clock began at 2026-03-02 09:00; move it with: ./run jisui clock advance 3d",
            "  Stop with Ctrl-C.",
            "",
        ]
    )
