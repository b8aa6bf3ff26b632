"""Capabilities of the cloud, the sign-in and the endpoint, handed on as one value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """Returns True if something is available. `reason` says why not, for people; it is empty where it is."""

    available: bool = True
    reason: str = ""


AVAILABLE = Capability()


def unavailable(reason: str) -> Capability:
    """Returns a capability that is missing for this reason."""
    return Capability(available=False, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """The abilities of a cloud that planning and applying may count on. Hints for messages: only the service itself
    says what is permitted.

    `common_time`: the service's clock and this machine's show the same time; without it the service's is the time.
    """

    audit: Capability = AVAILABLE
    gdap: Capability = AVAILABLE
    relationship_link: Capability = AVAILABLE
    license_transfer: Capability = AVAILABLE
    new_commerce: Capability = AVAILABLE
    orders: Capability = AVAILABLE
    common_time: Capability = AVAILABLE
