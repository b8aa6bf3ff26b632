"""Everything about the service that can be switched, in one place; it is kept with the world.

What goes wrong on purpose, now and then, is a `Fault` (faults.py).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class SourceFate(StrEnum):
    """Fate of the source of an upgrade. The real service's documents leave this open."""

    SUSPENDED_NOW = "suspended_now"
    SUSPENDED_LATER = "suspended_later"
    DELETED = "deleted"
    STAYS_ACTIVE = "stays_active"


class Cloud(StrEnum):
    """Cloud that the emulator plays.

    SANDBOX has everything and asks for no audience; customers of China in it live by 21Vianet's rules. The others have
    what their cloud has: 21Vianet no audit records, no granular delegation and no licence transfer; US Government no
    relationship link. They take tokens for their own audience only.
    """

    SANDBOX = "sandbox"
    WORLDWIDE = "worldwide"
    CHINA = "china"
    US_GOVERNMENT = "us-government"


class NextLink(StrEnum):
    """Way in which a page names the next one. A continuation token stands in the body in every case."""

    PLAIN = "plain"
    """links.next without the version, as documented: /customers?…"""
    WITH_V1 = "with_v1"
    """links.next with the version in front, as production has sent it: /v1/customers?…"""
    ABSENT = "absent"
    """No links.next: only the continuation token."""


@dataclass(kw_only=True, slots=True)
class Behaviour:
    """Behaviour of the service where its documents leave room. Delays are in seconds of the emulator's clock.

    Purchases
        `source_fate`, and `source_suspended_after` for SUSPENDED_LATER. `visible_after`, `visible_after_reads`: when
        what an upgrade bought is shown. `provisioned_after`: how long its order is processed. `transitioned_after`:
        how long a transition of new commerce takes. `idempotent`: whether MS-RequestId is honoured.
    Eligibility
        `no_path_as_item`: whether a subscription without upgrade paths is answered with an item that carries code 7
        rather than with an empty list. `delegation_for_every_upgrade`: whether missing delegated administration closes
        `upgrade_only` too (it always does in 21Vianet).
        `offer_names`: what offers are called since Microsoft renamed them, by their ids.
    Access
        `cloud`: which cloud this is. `require_mfa`: whether a user's token must tell of a second factor.
    Lists
        `next_link`. `page_limit`: the most customers on a page, whatever is asked for; 0: no bound.
        `history_member`: where the list of transitions stands (samples and SDKs disagree). `audited_after`: when an
        audit record is shown.
    The gateway
        `requests_per_minute`, `customer_requests_per_minute`: how many requests it lets pass within `throttle_seconds`
        for the partner, and for one customer; 0: all. `retry_after`: how a 429 says when to come again.
        `latency`: how long every answer is held back, in real seconds.
    """

    source_fate: SourceFate = SourceFate.SUSPENDED_NOW
    source_suspended_after: float = 600
    visible_after: float = 0
    visible_after_reads: int = 0
    provisioned_after: float = 0
    transitioned_after: float = 60
    idempotent: bool = True
    no_path_as_item: bool = False
    delegation_for_every_upgrade: bool = False
    offer_names: dict[str, str] = field(default_factory=dict)
    cloud: Cloud = Cloud.SANDBOX
    require_mfa: bool = False
    next_link: NextLink = NextLink.PLAIN
    page_limit: int = 0
    history_member: Literal["items", "transition"] = "items"
    audited_after: float = 0
    requests_per_minute: int = 0
    customer_requests_per_minute: int = 0
    throttle_seconds: float = 60
    retry_after: Literal["seconds", "http_date"] = "seconds"
    latency: float = 0
