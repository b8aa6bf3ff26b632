"""Guards of entries, and which of them a change of files moves: names, permissions, markets."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from reconciler.manifests.catalogue import Catalogue
from reconciler.manifests.estate import Estate
from reconciler.manifests.files import Directory
from reconciler.manifests.guard_values import GRADES, written
from reconciler.manifests.special_files import OFFERS
from reconciler.model.desired import Desired
from reconciler.model.place import Place
from reconciler.model.plan import Notice
from reconciler.model.term import ChangeTerm


def named_freely(estate: Estate, before: Catalogue) -> Iterator[Notice]:
    """Names of the catalogue that the service's names are held against no more.

    Of an earlier catalogue that could not be parsed nobody knows what its names meant.
    """
    if not before.readable:
        shown = Directory(path=estate.root, shown=estate.root).show(
            next((name for name in OFFERS if name in estate.files), OFFERS[0])
        )
        source = Place(file=shown, line=1, column=1)
        yield Notice(
            code="guard_loosened", subject=OFFERS[0], before="could not be read", after="as it stands", source=source
        )
    for name, offer in estate.catalogue.items():
        known = before.offers.get(name)
        place = estate.catalogue_places.get(name)
        if offer.alias and not (known and known.alias):
            yield Notice(
                code="guard_loosened",
                subject=f"{name}: alias",
                setting="alias",
                before="false",
                after="true",
                source=place,
            )
        if known and offer.service_name and not known.agrees_with(offer.service_name):
            yield Notice(
                code="guard_loosened",
                subject=f"{name}: service_name",
                setting="service_name",
                before=known.service_name or known.name,
                after=offer.service_name,
                source=place,
            )


def allowed(today: Mapping[str, tuple[Desired, ...]], before: Mapping[str, tuple[Desired, ...]]) -> Iterator[Notice]:
    """Yields the permissions that addresses have now and did not have before."""
    known = _Earlier(before)
    for desired in (desired for entries in today.values() for desired in entries):
        earlier = known.entry_of(desired)
        was = _permissions(earlier) if earlier else {**_permissions(desired), **_NO_PERMISSIONS}
        for key, (grade, shown) in _permissions(desired).items():
            new_once = desired.fewer_seats_once and grade == was[key][0] and shown != was[key][1]
            if grade > was[key][0] or (key == "fewer_seats" and new_once):
                yield Notice(
                    code="guard_loosened",
                    subject=f"{desired.address}: {key}",
                    setting=key,
                    before=was[key][1],
                    after=shown,
                    source=desired.source,
                )


def sold_elsewhere(
    today: Mapping[str, tuple[Desired, ...]], before: Mapping[str, tuple[Desired, ...]]
) -> Iterator[Notice]:
    """Yields the market and the segment of addresses that had another one: other prices count there. Where they are a
    customer's, once for that one.
    """
    known = _Earlier(before)
    for entries in today.values():
        earlier = [(entry, desired) for desired in entries if (entry := known.entry_of(desired))]
        for key in ("market", "segment"):
            pairs = [(getattr(entry, key), desired) for entry, desired in earlier]
            moved = [(was, entry) for was, entry in pairs if was != getattr(entry, key)]
            alike = {(was, getattr(entry, key)) for was, entry in moved}
            of_customer = len(moved) == len(entries) > 1 and len(alike) == 1
            for was, desired in moved[:1] if of_customer else moved:
                yield Notice(
                    code="guard_moved",
                    subject=f"{desired.customer.name if of_customer else desired.address}: {key}",
                    setting=key,
                    before=written(was),
                    after=written(getattr(desired, key)),
                    source=desired.source,
                )


class _Earlier:
    """The entries that were declared before."""

    def __init__(self, before: Mapping[str, tuple[Desired, ...]]) -> None:
        entries = [desired for declared in before.values() for desired in declared]
        self._by_address = {desired.address: desired for desired in entries}
        self._by_subscription = {_subscription(desired): desired for desired in entries}

    def entry_of(self, desired: Desired) -> Desired | None:
        """Returns the earlier entry of an address, or of its subscription, where that had another name."""
        return self._by_address.get(desired.address) or self._by_subscription.get(_subscription(desired))


def _subscription(desired: Desired) -> tuple[str, str]:
    return desired.customer.tenant, desired.subscription_id


def _permissions(desired: Desired) -> Mapping[str, tuple[Decimal | int, str]]:
    """Returns the permissions of an entry by their keys: how much each lets through, and its value as it is written."""
    twice, at_once = desired.allow_duplicate_offer, desired.change_term is ChangeTerm.NOW
    once = desired.fewer_seats_once
    return {
        "fewer_seats": (GRADES[desired.fewer_seats] - bool(once), str(once or desired.fewer_seats)),
        "allow_duplicate_offer": (int(twice), str(twice).lower()),
        "change_term": (int(at_once), str(desired.change_term)),
        "max_unit_price": (desired.max_unit_price or 0, str(desired.max_unit_price or "not set")),
        "besides": (len(desired.besides), ", ".join(desired.besides) or "not set"),
    }


_NO_PERMISSIONS: Mapping[str, tuple[Decimal | int, str]] = {
    "fewer_seats": (0, "refuse"),
    "allow_duplicate_offer": (0, "false"),
    "change_term": (0, "at_renewal"),
}
"""The permissions of an entry that says nothing. What a new one may pay, and stand beside, is its declaration."""
