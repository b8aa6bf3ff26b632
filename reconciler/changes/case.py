"""One address with everything that a rule may look at."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from reconciler import advice
from reconciler.changes.facts import Circumstances, Facts
from reconciler.changes.offer_names import OfferNames, called
from reconciler.model.alarm import Alarm
from reconciler.model.binding import Bound
from reconciler.model.cached import cached_property
from reconciler.model.capabilities import Capability
from reconciler.model.change import ATTRIBUTES, After, Before, Blocked, Caution
from reconciler.model.desired import Desired
from reconciler.model.errors import ServiceError
from reconciler.model.offer import Offer
from reconciler.model.order import Sku
from reconciler.model.pending import Pending
from reconciler.model.reason import Datum, Reason
from reconciler.model.request import Request
from reconciler.model.subscription import Live, UnreadableItem
from reconciler.model.term import Platform
from reconciler.model.upgrade import UpgradeError


@dataclass(frozen=True, kw_only=True)
class Case:
    """A declared address, the facts of its customer, and the run's circumstances.

    `left` is the subscription as the earlier changes of the address leave it; None where there are none.
    """

    desired: Desired
    facts: Facts
    circumstances: Circumstances
    left: Live | None = None

    @property
    def name(self) -> str:
        return self.desired.address.name

    @cached_property
    def bound(self) -> Bound | None:
        """Returns where state binds the address, with what our schedule has made of the subscription since."""
        bound = self.facts.bound(self.name)
        return bound.renewed(self.facts.lives.get(bound.id), self.circumstances.now) if bound else None

    @cached_property
    def subscription_id(self) -> str:
        """The subscription that the address means now: what state says, else what the manifest says."""
        return self.bound.id if self.bound else self.desired.subscription_id

    @cached_property
    def live(self) -> Live | None:
        """The subscription that the address means, where the service has it, as the earlier changes leave it; a null
        object where it is still to be bought.
        """
        return self.left or self.facts.find(self.subscription_id)

    @property
    def present(self) -> Live:
        """The same, where it is known to be there."""
        if self.live is None:
            message = f"{self.desired.address} means no live subscription"
            raise ValueError(message)
        return self.live

    def following(self, leaves: Callable[[Live, Request], Live], request: Request) -> "Case":
        """The case as it is once the request is carried out."""
        return replace(self, left=leaves(self.present, request))

    @property
    def unreadable(self) -> UnreadableItem | None:
        """The item of the customer's list that should be the subscription, where it can't be understood."""
        return self.facts.listing.unreadable_as(self.subscription_id)

    @property
    def modern(self) -> bool:
        """Returns whether the subscription is one of new commerce."""
        return self.live is not None and self.live.platform is Platform.NEW_COMMERCE

    @property
    def accepts_drift(self) -> bool:
        """Returns whether the manifest is to win over what somebody else changed (`--accept-drift`)."""
        return self.desired.address in self.circumstances.accepted

    @property
    def doubts(self) -> tuple[Pending, ...]:
        """Of its subscription: what was given up as not done and may still show."""
        state = self.facts.state
        chain = self.bound.chain if self.bound else (self.desired.subscription_id,)
        return tuple(doubt for doubt in (state.doubts() if state else ()) if doubt.subscription_id in chain)

    @property
    def offer_changes(self) -> bool:
        """Returns True if another offer is wanted than the live one. Offers are compared by id."""
        return self.live is not None and self.live.offer.id != self.desired.offer.id

    @cached_property
    def names(self) -> OfferNames:
        """Returns what the service calls the wanted offer, and which offers it calls by our name."""
        ours = self.circumstances.catalogue_names.get(self.desired.offer.id, ())
        return OfferNames(wanted=self.desired.offer, known=tuple(self._known_offers()), ours=ours)

    @property
    def target(self) -> Offer:
        """The wanted offer by the service's name, where that is known and tells it from others."""
        return self.names.target

    @property
    def after(self) -> After:
        """Returns what the manifest asks for."""
        return After.of(self.desired, self.target.name)

    def after_of(self, left: Live, changed: Collection[str]) -> After:
        """Returns what a change of these attributes comes to that leaves the subscription so."""
        declared, then = self.after, Before.of(left)
        managed = {name for name in ATTRIBUTES if name in changed or getattr(declared, name) is not None}
        values: dict[str, Any] = {name: getattr(then, name) if name in managed else None for name in ATTRIBUTES}
        after = replace(declared, **values, renewal=then.renewal if "renewal.outcome" in changed else None)
        moved = then.offer_id != declared.offer_id
        return replace(after, offer_name=then.offer_name, catalogue_name="") if moved else after

    def _known_offers(self) -> Iterator[Offer]:
        """Yields offers by the service's names: in its list of upgrades or transitions, of the subscription itself, in
        its catalogue, then in the customer's subscriptions.
        """
        for answers in (self.facts.upgrades, self.facts.transitions):
            found = answers.get(self.subscription_id, ())
            yield from () if isinstance(found, ServiceError) else (option.target for option in found)
        if self.live:
            yield self.live.offer
        skus = (found for found in self.facts.skus.values() if isinstance(found, Sku))
        yield from (Offer(id=sku.offer_id, name=sku.name) for sku in skus)
        yield from (live.offer for live in self.facts.lives.values())

    @property
    def seats(self) -> int:
        """The seats that are wanted beyond the live ones; negative where fewer."""
        return self.desired.quantity - self.live.quantity if self.live else 0

    @property
    def seats_removed(self) -> int:
        """Returns how many seats fewer than live are wanted; 0 where none."""
        return max(0, -self.seats)

    @property
    def admin_center(self) -> str:
        """Returns where users are assigned: 21Vianet's services have an admin center of their own."""
        names = f"{self.target.name} {self.desired.offer.name}".casefold()
        china = self.circumstances.cloud == "china" or "21vianet" in names
        return f"{'Office 365 (operated by 21Vianet)' if china else 'Microsoft 365'} admin center"

    def unavailable(self, capability: Capability) -> str:
        """Returns why the cloud, the sign-in or the endpoint lacks something; empty where it does not."""
        return "" if capability.available else advice.sentence(capability.lacking)

    def because(
        self,
        code: str,
        origin: Literal["service", "rule"] = "rule",
        *,
        description: str = "",
        details: str = "",
        number: int | None = None,
        known: Mapping[str, str] | None = None,
    ) -> Reason:
        """Returns the reason of a code, with what is known of the case. `description` is the service's own words."""
        row = advice.row(code)
        values = self._known() | dict(known or {})
        return Reason(
            code=code,
            number=row.number if number is None else number,
            origin=origin,
            description=description or row.sentence(values),
            details=details,
            remedy=row.remedy(values),
            data=tuple(Datum(name, values[name]) for name in row.used(values)),
        )

    def alarm(self, code: str, description: str) -> Alarm:
        """Returns a warning of the address, though no change of it is planned."""
        return Alarm(address=self.desired.address, code=code, description=description, source=self.desired.source)

    def caution(self, code: str, **known: str) -> Caution:
        """Returns the warning of a code, with what is known of the case."""
        return Caution(code=code, description=advice.row(code).sentence(self._known() | known))

    def refused(self, error: UpgradeError, known: Mapping[str, str]) -> Reason:
        """The reason for one error of the service's, in its own words."""
        return self.because(
            error.code,
            "service",
            description=error.description,
            details=error.details,
            number=error.number,
            known=known,
        )

    def unanswered(self, error: ServiceError) -> Reason:
        """The reason for a question that the service did not answer; the error itself may know who must act."""
        reason = self.because("customer_unreadable", details=" ".join(problem.what for problem in error.problems))
        remedy = error.remedy or reason.remedy
        steps = tuple(step.of(self.desired.address) for step in remedy.steps)
        return replace(reason, remedy=replace(remedy, steps=steps), support=error.support, data=())

    def blocked(self, reasons: Iterable[Reason]) -> Blocked:
        """The address as blocked for these reasons. What is live is left out where it is another address's by state."""
        state = self.facts.state
        owner = state.claimed_by(self.subscription_id) if state else None
        ours = owner in {None, self.name}
        return Blocked(
            address=self.desired.address,
            customer=self.desired.customer,
            subscription_id=self.subscription_id,
            before=Before.of(self.live) if self.live and not self.live.absent and ours else None,
            after=self.after,
            source=self.desired.source,
            reasons=tuple(reasons),
            recorded=self.bound is not None,
        )

    def _known(self) -> dict[str, str]:
        known = {
            "address": self.desired.address,
            "customer": self.desired.customer.name,
            "tenant": self.desired.customer.tenant,
            "subscription": self.subscription_id,
            "target": called(self.target),
            "quantity": str(self.desired.quantity),
            "wanted_id": self.desired.offer.id,
            "place": str(self.desired.source),
            "admin_center": self.admin_center,
        }
        if self.live:
            known |= {
                "offer": called(self.live.offer),
                "written": self.circumstances.written_as.get(self.live.offer.id, self.live.offer.id),
                "live_quantity": str(self.live.quantity),
                "status": self.live.status,
                self.live.platform.value: "true",
            }
        return {key: str(value) for key, value in known.items()}
