"""Capabilities of the cloud, the sign-in and the endpoint, handed on as one value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """Something that is there or not. `lacking` is the code of why not, in the table of advice; empty where it is."""

    available: bool = True
    lacking: str = ""


AVAILABLE = Capability()


def unavailable(code: str) -> Capability:
    """Returns a capability that is missing for the reason of this code."""
    return Capability(available=False, lacking=code)


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
