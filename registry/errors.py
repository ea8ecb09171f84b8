"""What the register refuses. The docstring is the sentence for the log; `code` is stable; `facts` fill in."""

from __future__ import annotations


class RegisterError(Exception):
    """The register refuses; nothing was changed."""

    code = "register"

    def __init__(self, **facts: object) -> None:
        super().__init__(f"{self.__doc__} {facts}" if facts else self.__doc__)
        self.facts = facts


class NotFound(RegisterError):
    """There is no such thing in the register, or not for the one who asks."""

    code = "register.not_found"


class NotTransferable(RegisterError):
    """The record may not move now: its student does not attend, or the target cannot take the grade."""

    code = "register.not_transferable"


class StatusNotAllowed(RegisterError):
    """A record may not go from its present status to this one."""

    code = "register.status_not_allowed"


class AlreadyRegistered(RegisterError):
    """A student with this number or document has a record already."""

    code = "register.already_registered"


class PolicyMissing(RegisterError):
    """No value of this policy key is in force at this place and on this day."""

    code = "register.policy_missing"


class LooserThanAbove(RegisterError):
    """A lower place may only tighten this policy value."""

    code = "register.looser_than_above"


class PolicyContradiction(RegisterError):
    """Two policy values cannot hold together, or a policy file does not have the form of one."""

    code = "register.policy_contradiction"


class KeyRingRefused(RegisterError):
    """The key ring is missing, readable by others, or does not hold the key that is asked for."""

    code = "register.key_ring_refused"


class Invalid(RegisterError):
    """Something typed does not have the form it must have.

    `message` is the key of the translated sentence (the Chinese sentence itself),
    with ``%(name)s`` places that `facts` fill in. Neither ever holds the typed value.
    """

    def __init__(self, code: str, message: str, **facts: object) -> None:
        super().__init__(**facts)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message % self.facts


class InvalidIdentifier(Invalid):
    """A student number, ID number or telephone number is not well formed."""


class InvalidName(Invalid):
    """A name is empty, too long, or holds characters no name has."""
