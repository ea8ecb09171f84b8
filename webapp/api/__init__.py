"""The HTTP interface `/api/v1`: the same functions as the pages, for machines."""

from __future__ import annotations

from webapp.api import cases, certificates, evidence, problems, processes, students, tasks, track
from webapp.api.blueprint import bp

__all__ = ["bp", "cases", "certificates", "evidence", "problems", "processes", "students", "tasks", "track"]
