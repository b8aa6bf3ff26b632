"""Better words for some keys that a schema does not know: where they belong, or what replaced them."""

from collections.abc import Mapping

from reconciler.manifests.check import Hint
from reconciler.manifests.scalars import Wrong
from reconciler.manifests.tree import Unquoted

_COMMITMENTS = ("offer", "quantity", "term", "billing", "change_term", "renew", "reseller")
"""Keys of an entry or a customer that no default may hold."""

_SUCCESSORS = {"true": "fewer_seats: now", "false": "fewer_seats: refuse"}


def hint(code: str, **data: object) -> Hint:
    """Returns the hint that says the same whatever the value is."""
    return lambda _: Wrong(code, **data)


def seat_loss(value: object) -> Wrong:
    """Names the spelling that replaced `allow_seat_loss`."""
    successor = _SUCCESSORS.get(value.text) if isinstance(value, Unquoted) else None
    return Wrong("allow_seat_loss_replaced", **({"successor": successor} if successor else {"unclear": "yes"}))


DEFAULTS_HINTS: Mapping[str, Hint] = {
    "allow_seat_loss": seat_loss,
    **{f"defaults.{key}": hint("commitment_in_defaults", key=key) for key in _COMMITMENTS},
}
"""Of `defaults:`, which settings and customers' documents may have."""
