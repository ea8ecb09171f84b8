"""What the tracking page shows, for portals. The code is the key, and never stands in an address."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, jsonify, request

from webapp.api.blueprint import bp, documented
from webapp.api.bodies import parsed
from webapp.api.schemas import TrackRequest
from webapp.database import database
from webapp.rights import public
from webapp.services import services
from webapp.track import access
from webapp.track.view import tracking_view
