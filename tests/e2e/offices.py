"""The demo's offices by name, and the way of a transfer between two counties of one province."""

from __future__ import annotations

RONGCHENG, JIANGBIN, SHIYAN = "2135000001", "2135000002", "2135000003"
GULOU, JINJIANG = "350102", "350582"
TAIJIANG = "350103"
"""A county of the sample cases, none of the scenarios."""
SHIYAN_NAME = "晋江实验小学"
BOTH = ("registrar", "leader")
TO_JINJIANG = (SHIYAN, JINJIANG, RONGCHENG, GULOU)
