"""The notice of what a change of the manifests does to the estate's own guards: read before anything else."""

from collections.abc import Iterable

from reconciler.model.plan import Notice as Guard
from reconciler.model.remedy import Step
from reconciler.rendering.report import Item, Level, Notice, Span, Tone

_MEANINGS = {
    "cloud": "another cloud has other customers and other prices",
    "state": "what was bought and what is pending is remembered at the old location",
    "lineage": "the guard against a lost or mistyped state location",
    "partner.tenant": "another partner's tenant signs in",
    "partner.client_id": "another application signs in",
    "partner.auth": "it signs in another way",
    "names": "an upgrade goes ahead though the service calls its offer otherwise than offers.yaml",
    "partner.mpn_id": "other subscriptions count as your own",
    "wait.timeout_seconds": "a lost answer is watched for less long before a change is sent again or given up",
    "wait.interval_seconds": "what became of a lost answer is looked at less often",
    "wait.request_seconds": "a write is taken for lost earlier, and other runs may give it up earlier",
    "fewer_seats": "seats may be removed there",
    "defaults.fewer_seats": "seats may be removed wherever an entry says nothing else",
    "change_term": "a new commitment may begin there",
    "partner.resellers": "other subscriptions count as your own",
    "alias": "whatever the service calls this offer is taken for right",
    "prices.unpriced": "limits of money do not count changes without a price",
    "prices.sheets": "costs and limits of money go by the price sheets, and count nothing without one",
    "prices": "costs and limits of money go by what this price sheet says",
    "market": "another market's price sheet and currency count there",
    "segment": "another segment's prices count there",
    "defaults.market": "another market's price sheet and currency count wherever a customer says nothing else",
    "defaults.segment": "another segment's prices count wherever a customer says nothing else",
    "orders.attest_partner_on_record": "it is a person's statement to Microsoft that goes along with every order",
    "max_unit_price": "an order may cost more there",
    "besides": "an offer may be ordered there that the customer holds already",
    "allow_duplicate_offer": "an offer may be bought there that the customer holds already",
}
_LOOSER = "more is let through than before"


def guards(changed: tuple[Guard, ...]) -> tuple[Notice, ...]:
    """The notice of these guards; none where there are none."""
    if not changed:
        return ()
    codes = {guard.code for guard in changed}
    level = Level.NOTE if codes == {"guard_tightened"} else Level.WARNING
    about = Step(run=("explain", changed[0].code if len(codes) == 1 else "CODE"))
    return (Notice(heading=_heading(codes), level=level, items=tuple(map(_item, changed)), steps=(about,)),)


def _heading(codes: Iterable[str]) -> str:
    if "guard_loosened" in codes:
        return "READ THIS FIRST: this change loosens its own guards"
    if "guard_moved" in codes:
        return "READ THIS FIRST: this change moves its own guards"
    return "This change tightens its own guards"


def _item(guard: Guard) -> Item:
    tightened = guard.code == "guard_tightened"
    return Item(
        subject=guard.subject,
        sign=Span("-") if tightened else Span("!", Tone.BAD),
        level=Level.NOTE if tightened else Level.WARNING,
        value=f"{guard.before} -> {guard.after}",
        code=guard.code,
        says="less is let through than before" if tightened else _MEANINGS.get(guard.setting, _LOOSER),
        place=guard.source,
    )
