"""Every table there is, so that schema and migrations know them all (a test looks for one left out)."""

from __future__ import annotations

from types import ModuleType

import documents.model
import registry.models
import webapp.accounts
import webapp.apply.drafts
import webapp.apply.uploads
import webapp.attempts
import webapp.families
import webapp.inbox.saved
import webapp.phone_codes
import webapp.register.looks
import webapp.register.references
import webapp.track.record
import workflows.anchors
import workflows.idempotency
import workflows.incidents
import workflows.model
import workflows.notices
import workflows.outbox
from registry.base import Base as RegistryBase
from workflows.base import Base as WorkflowBase

METADATA = (RegistryBase.metadata, WorkflowBase.metadata)
MODULES: tuple[ModuleType, ...] = (
    documents.model,
    registry.models,
    webapp.accounts,
    webapp.apply.drafts,
    webapp.apply.uploads,
    webapp.attempts,
    webapp.families,
    webapp.inbox.saved,
    webapp.phone_codes,
    webapp.register.looks,
    webapp.register.references,
    webapp.track.record,
    workflows.anchors,
    workflows.idempotency,
    workflows.incidents,
    workflows.model,
    workflows.notices,
    workflows.outbox,
)
