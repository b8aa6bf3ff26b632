"""What a change asks of the service, as one tagged value.

The same value stands in a plan's change, in the state's pending change and in its result. `kind` is the tag by which a
document tells them apart; `changes.of` has the meaning of each. A request never holds ids of the run that sends it.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from reconciler.model.subscription import Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What all requests have: the action that a plan lists them under, and what they lead to.

    `new_offer` and `new_quantity` are None where the request leaves that as it is.
    """

    action: ClassVar[str]

    @property
    def new_offer(self) -> Offer | None:
        return None

    @property
    def new_quantity(self) -> int | None:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeRequest(Asked):
    """Another offer for a traditional subscription (upgrade-resources, "Upgrade").

    `type` is the service's way of upgrading. The offer's name is for people: it is no part of what is asked.
    `target_offer_id` is empty in results of versions that did not record it.
    """

    action: ClassVar[str] = "upgrade"
    kind: Literal["upgrade"]
    type: str
    target_offer_id: str
    target_offer_name: str = field(default="", compare=False)
    quantity: int

    @property
    def new_offer(self) -> Offer | None:
        return Offer(id=self.target_offer_id, name=self.target_offer_name)

    @property
    def new_quantity(self) -> int | None:
        return self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class ResizeRequest(Asked):
    """Another number of licences for the same subscription (subscription-resources, `quantity`)."""

    action: ClassVar[str] = "resize"
    kind: Literal["resize"]
    quantity: int

    @property
    def new_quantity(self) -> int | None:
        return self.quantity


Request = UpgradeRequest | ResizeRequest
"""Every request there is. A new kind of change adds its own here, and a file in `changes/`."""
