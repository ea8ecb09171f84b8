"""Transfer (转学): may it be filed, which offices decide it, and how the record moves."""

from __future__ import annotations

from registry.routing import Route
from registry.transfers.checking import GROUNDS, Check, TransferRequest, check
from registry.transfers.moving import move_record
from registry.transfers.routing import route

__all__ = [
    "GROUNDS",
    "Check",
    "Route",
    "TransferRequest",
    "check",
    "move_record",
    "route",
]
