"""Transfer (转学): may it be filed, which offices decide it, and how the record moves."""

from __future__ import annotations

from registry.transfers.checking import GROUNDS, Check, FieldError, TransferRequest, check
from registry.transfers.moving import move_record
from registry.transfers.routing import Route, route
from registry.transfers.rules import Violation

__all__ = [
    "GROUNDS",
    "Check",
    "FieldError",
    "Route",
    "TransferRequest",
    "Violation",
    "check",
    "move_record",
    "route",
]
