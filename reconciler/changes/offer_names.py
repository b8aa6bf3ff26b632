"""The names of offers, ours and the service's, and offers in words. Offers are compared by id, never by name."""

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.changes.in_words import in_seats
from reconciler.model.cached import cached_property
from reconciler.model.offer import Offer, same_name
from reconciler.model.subscription import Live


@dataclass(frozen=True, kw_only=True)
class OfferNames:
    """The names of a wanted offer. `known` are offers by the service's names, the most telling first; `ours` are
    the names that our catalogue has for it.
    """

    wanted: Offer
    known: tuple[Offer, ...]
    ours: tuple[str, ...] = ()

    @cached_property
    def target(self) -> Offer:
        """The wanted offer by the service's name. Where that is not known, by ours; where the service has our name for
        another offer, by another one that the catalogue has, else by its id.
        """
        wanted, others = self.wanted, [offer for offer in self.known if offer.id != self.wanted.id]
        free = (name for name in self.ours if not any(same_name(offer.name, name) for offer in others))
        ours = next(free, wanted.id) if self.namesakes else wanted.name
        return Offer(id=wanted.id, name=next(iter(self._of_service), "") or ours)

    @property
    def differ(self) -> bool:
        """Returns True if the service calls the wanted offer otherwise than the catalogue, by every name that it gives
        it.
        """
        return bool(self._of_service) and not any(map(self.wanted.agrees_with, self._of_service))

    @property
    def namesakes(self) -> tuple[Offer, ...]:
        """Other offers that the service calls by our name of the wanted one."""
        ours = self.wanted
        if ours.alias:
            return ()
        others = (offer for offer in self.known if offer.id not in {"", ours.id})
        return tuple(offer for offer in others if same_name(offer.name, ours.service_name or ours.name))

    @cached_property
    def _of_service(self) -> tuple[str, ...]:
        return tuple(offer.name for offer in self.known if offer.id == self.wanted.id and offer.name.strip())


def called(offer: Offer) -> str:
    """An offer for a reader: by its name; by its id where the service gives no name."""
    return offer.name or offer.id


def distinguished(first: Offer, second: Offer) -> tuple[str, str]:
    """Two offers for a reader, each with its id where their names do not tell them apart."""
    if first.id != second.id and same_name(called(first), called(second)):
        return f"{called(first)} ({first.id})", f"{called(second)} ({second.id})"
    return called(first), called(second)


def listed(subscriptions: Iterable[Live]) -> str:
    """Subscriptions in one line: name, id and seats of each."""
    return ", ".join(f"{called(live.offer)} ({in_seats(live.quantity)}, {live.id})" for live in subscriptions)


def named(offers: Iterable[Offer]) -> str:
    """Offers in one line, each once."""
    return ", ".join(dict.fromkeys(f"{offer.name} ({offer.id})" for offer in offers))
