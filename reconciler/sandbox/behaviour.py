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
        how long a transition of new commerce takes. `idempotent`: whether MS-RequestId is honoured;
        `remembered_for`: for how long, 0: for ever.
    Carts and orders
        `cart_kept`: after how long a cart is gone. `checkout_repeated`: how a checkout of a cart that is ordered is
        answered: with its orders, or with 400 and code 800065. `orders_listed_after`: when the list of orders shows a
        new one, which is read by its id at once. `subscription_named`: when an order names what it bought: at once,
        once it is provisioned (`provisioned_after`), or never. `visible_after`, `visible_after_reads` as above.
        `friendly_name_kept`: whether the name of a line becomes the subscription's (else the product's title is).
        `attestation_required`: whether a checkout without the partner's attestation is refused (code 900206).
        `prices_shown`: whether lines have prices. `price_percent`: what everything costs, in percent of the sandbox's
        first day. `promotions_applied`: whether the service applies promotions by itself.
    Eligibility
        `no_path_as_item`: whether a subscription without upgrade paths is answered with an item that carries code 7
        rather than with an empty list. `delegation_for_every_upgrade`: whether missing delegated administration closes
        `upgrade_only` too (it always does in 21Vianet).
        `offer_names`: what offers are called since Microsoft renamed them, by their ids.
    New commerce
        `renewed_after`: how long after midnight a renewal is through; until then the subscription can't be changed.
        `frozen_before`: for how long before it ends a subscription that is not renewed can't be changed.
        `availability_days`: after how many days the catalogue's availabilities are replaced; 0: never.
        `own_availability_stays`: whether a subscription's own availability can be named for its next term once it was
        replaced. `batch_order`: which seats are given back first. `too_late_code`: how a reduction after the window is
        refused. `one_change_at_a_time`: whether two changed properties in one body are refused (else both are made).
        `term_opens_window`: whether a longer term opens a window. `transition_begins_term`: whether moving all seats
        begins a new term of the same length. `licensed_after`: how long after a conversion the licences have moved.
        `updates_allowed`: in the life of one subscription. `cancelled_status`: of one that was cancelled at the end of
        its term.
        How schedules are shown: `schedule_shown`: by the member they were written by, as actions, or by both;
        `actions_shown`, `actions_as_object`, `schedule_type_member`, and `schedules_in_lists`.
        How transitions are shown: `history_member` (samples and SDKs disagree), `transition_spelling`: with the casing
        and blanks of the samples or with the names of the SDK, and `operation_ids`.
        `zero_width_spaces`: whether the list of possible ends of terms is spoilt by them, as in Microsoft's sample.
    Access
        `cloud`: which cloud this is. `require_mfa`: whether a user's token must tell of a second factor.
    Lists
        `next_link`. `page_limit`: the most customers on a page, whatever is asked for; 0: no bound.
        `audited_after`: when an audit record is shown.
    The gateway
        `requests_per_minute`, `customer_requests_per_minute`: how many requests it lets pass within `throttle_seconds`
        for the partner, and for one customer; `orders_per_minute`: how many about orders and carts (the service takes
        500); 0: all. `retry_after`: how a 429 says when to come again.
        `latency`: how long every answer is held back, in real seconds.
    """

    source_fate: SourceFate = SourceFate.SUSPENDED_NOW
    source_suspended_after: float = 600
    visible_after: float = 0
    visible_after_reads: int = 0
    provisioned_after: float = 0
    transitioned_after: float = 60
    idempotent: bool = True
    remembered_for: float = 0
    cart_kept: float = 7 * 24 * 3600
    checkout_repeated: Literal["orders", "already_submitted"] = "orders"
    orders_listed_after: float = 0
    subscription_named: Literal["at_once", "provisioned", "never"] = "at_once"
    friendly_name_kept: bool = True
    attestation_required: bool = True
    prices_shown: bool = True
    price_percent: int = 100
    promotions_applied: bool = True
    no_path_as_item: bool = False
    delegation_for_every_upgrade: bool = False
    renewed_after: float = 3600
    frozen_before: float = 0
    availability_days: int = 90
    own_availability_stays: bool = True
    batch_order: Literal["newest_first", "oldest_first"] = "newest_first"
    too_late_code: Literal["800090", "900257"] = "800090"
    one_change_at_a_time: bool = True
    term_opens_window: bool = False
    transition_begins_term: bool = False
    licensed_after: float = 0
    updates_allowed: int = 1200
    cancelled_status: Literal["deleted", "expired"] = "deleted"
    schedule_shown: Literal["as_written", "actions", "both"] = "as_written"
    actions_shown: bool = True
    actions_as_object: bool = False
    schedule_type_member: Literal["scheduleType", "scheduledType"] = "scheduleType"
    schedules_in_lists: bool = True
    transition_spelling: Literal["plain", "samples", "sdk"] = "plain"
    operation_ids: bool = True
    zero_width_spaces: bool = False
    offer_names: dict[str, str] = field(default_factory=dict)
    cloud: Cloud = Cloud.SANDBOX
    require_mfa: bool = False
    next_link: NextLink = NextLink.PLAIN
    page_limit: int = 0
    history_member: Literal["items", "transition"] = "items"
    audited_after: float = 0
    requests_per_minute: int = 0
    customer_requests_per_minute: int = 0
    orders_per_minute: int = 0
    throttle_seconds: float = 60
    retry_after: Literal["seconds", "http_date"] = "seconds"
    latency: float = 0
