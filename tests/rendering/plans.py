"""Builders of plans for tests: each names only what the test is about."""

import shlex
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from reconciler.model.address import Address
from reconciler.model.alarm import Alarm
from reconciler.model.breach import Breach, Held
from reconciler.model.change import After, Before, Binding, Blocked, Caution, Change, Difference
from reconciler.model.customer import Customer
from reconciler.model.offer import Offer
from reconciler.model.place import Place
from reconciler.model.plan import CatalogueName, Drift, Notice, Plan, PlanItem
from reconciler.model.reason import Reason
from reconciler.model.remedy import Actor, Remedy, Retry, Step
from reconciler.model.selection import Estate, Selection
from reconciler.model.task import Task
from reconciler.model.unsettled import Unsettled
from tests.requested import a_resize, an_upgrade

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PREMIUM = Offer(id="031C9E47-4802-4248-838E-778FB1D2CC05", name="Office 365 Business Premium")
E3 = Offer(id="796B6B5F-613C-4E24-A17C-EBA730D49C02", name="Office 365 Enterprise E3")
EXCHANGE = Offer(id="195416C1-3447-423A-B37B-EE59A99A19C4", name="Exchange Online (Plan 1)")
TRANSFER = "upgrade_with_license_transfer"
NO_TRANSFER = "upgrade_only"


def guid(seed: str) -> str:
    """A GUID that is always the same for the same seed."""
    return str(uuid5(NAMESPACE_URL, seed))


def customer_of(address: str) -> Customer:
    name = address.partition("/")[0]
    return Customer(name=name, tenant=guid(name), display_name="Fabrikam, Inc." if name == "fabrikam" else "")


def place_of(address: str, line: int = 8) -> Place:
    return Place(file=f"manifests/{address.partition('/')[0]}.yaml", line=line, column=3)


def before(offer: Offer = PREMIUM, seats: int = 25, status: str = "active") -> Before:
    return Before(offer_id=offer.id, offer_name=offer.name, quantity=seats, status=status, etag="eyJ2IjoxfQ==")


def after(offer: Offer = E3, seats: int = 25) -> After:
    return After(offer_id=offer.id, offer_name=offer.name, quantity=seats)


def caution(code: str, description: str) -> Caution:
    return Caution(code=code, description=description)


def upgrade(
    address: str = "contoso/office",
    *,
    old: Offer = PREMIUM,
    new: Offer = E3,
    seats: int | tuple[int, int] = 25,
    kind: str = TRANSFER,
    warnings: tuple[Caution, ...] = (),
    line: int = 8,
) -> Change:
    """An upgrade that can go ahead; `seats` are the same, or (before, after)."""
    live, wanted = seats if isinstance(seats, tuple) else (seats, seats)
    more = () if live == wanted else (Difference(path="quantity", before=live, after=wanted),)
    return Change(
        address=Address(address),
        customer=customer_of(address),
        subscription_id=guid(address),
        action="upgrade",
        before=before(old, live),
        after=after(new, wanted),
        differences=(Difference(path="offer_id", before=old.id, after=new.id), *more),
        request=an_upgrade(new.id, wanted, way=kind, name=new.name),
        binding=Binding(lineage=guid("estate"), id=guid(address), last_request_id=None),
        warnings=warnings,
        source=place_of(address, line),
    )


def resize(
    address: str = "contoso/mail",
    seats: tuple[int, int] = (10, 15),
    *,
    offer: Offer = EXCHANGE,
    warnings: tuple[Caution, ...] = (),
    line: int = 12,
) -> Change:
    """A change of seats that can go ahead, from and to."""
    return Change(
        address=Address(address),
        customer=customer_of(address),
        subscription_id=guid(address),
        action="resize",
        before=before(offer, seats[0]),
        after=after(offer, seats[1]),
        differences=(Difference(path="quantity", before=seats[0], after=seats[1]),),
        request=a_resize(seats[1]),
        binding=Binding(lineage=guid("estate"), id=guid(address), last_request_id=guid("earlier request")),
        warnings=warnings,
        source=place_of(address, line),
    )


def step(text: str, by: Actor = Actor.PARTNER) -> Step:
    """The step that is written so; where its last line is a command, that is one."""
    head, _, last = text.rpartition("\n")
    command, *words = shlex.split(last) if last.startswith("reconciler ") else ("",)
    return Step(head, tuple(words), by) if command else Step(text, by=by)


def reason(
    code: str = "seat_loss_not_allowed",
    description: str = "Fewer seats are wanted than are live.",
    *steps: str,
    actor: Actor = Actor.PARTNER,
    steps_by: tuple[Actor, ...] = (),
    retry: Retry = Retry.NO,
    number: int | None = None,
    details: str = "",
    url: str | None = None,
) -> Reason:
    """A reason of the service's where it has a number, else of a rule's. The last line of a step may be a command."""
    named = zip_longest(steps or ("Change the manifest.",), steps_by, fillvalue=Actor.PARTNER)
    taken = tuple(step(text, by) for text, by in named)
    return Reason(
        code=code,
        number=number,
        origin="rule" if number is None else "service",
        description=description,
        details=details,
        remedy=Remedy(actor=actor, retry=retry, steps=taken, url=url),
    )


NOT_THERE = Before(offer_id="", offer_name="", quantity=0, status="", etag=None)


def blocked(
    address: str,
    *reasons: Reason,
    old: Before | None = NOT_THERE,
    new: After | None = None,
    line: int = 8,
) -> Blocked:
    """A blocked upgrade of 25 seats, unless said otherwise; `old=None` where nothing live could be read."""
    return Blocked(
        address=Address(address),
        customer=customer_of(address),
        subscription_id=guid(address),
        before=before() if old is NOT_THERE else old,
        after=new or after(),
        source=place_of(address, line),
        reasons=reasons or (reason(),),
    )


def unsettled(
    address: str = "tailspin/office",
    outcome: Literal["recovered", "waiting", "unknown"] = "unknown",
    next_step: str = "",
) -> Unsettled:
    """An upgrade that an earlier run sent at 9:43."""
    steps = {
        "recovered": "The next apply records it.",
        "waiting": "Wait: Partner Center can take up to a day to show a new subscription.",
        "unknown": "The next apply reads it back; or settle it:",
    }
    run = ("state", "resolve", address, "--not-done") if outcome == "unknown" and not next_step else ()
    return Unsettled(
        address=Address(address),
        customer=customer_of(address),
        what=f"upgrade to {E3.name}, 25 seats, sent by run 1741, request id {guid('request')}",
        since=datetime(2026, 3, 2, 9, 43, tzinfo=UTC),
        outcome=outcome,
        remedy=Remedy(actor=Actor.PARTNER, retry=Retry.NO, steps=(Step(next_step or steps[outcome], run),)),
    )


def drift(address: str = "contoso/mail", *differences: Difference) -> Drift:
    return Drift(
        address=Address(address),
        differences=differences or (Difference(path="quantity", before=10, after=12),),
    )


def alarm(address: str, code: str, description: str) -> Alarm:
    return Alarm(address=Address(address), code=code, description=description)


def task(address: str, code: str = "assign_users") -> Task:
    """A task that a change of the day before left."""
    since = NOON - timedelta(days=1)
    return Task(
        address=Address(address),
        customer=customer_of(address),
        code=code,
        description="Users did not move along: assign them to Office 365 Enterprise E3 in the customer's admin center.",
        since=since,
        run="1740",
        request_id="990ba671-7a7d-52d4-885b-b476bf4a4d7a",
        started_at=since,
    )


def breach(name: str = "max_seats_added", limit: int = 1000, figure: int = 1500) -> Breach:
    return Breach(name=name, limit=limit, figure=figure)


def held(change: Change, *limits: str, earlier: bool = False) -> Held:
    """A change that limits hold back; or, with `earlier`, what follows from such a change."""
    code: Literal["held_by_limit", "earlier_change_held"] = "earlier_change_held" if earlier else "held_by_limit"
    return Held(address=change.address, action=change.action, code=code, limits=limits)


def loosened(subject: str = "limits.max_seats_removed", before: str = "0", after: str = "500") -> Notice:
    place = Place(file="manifests/reconciler.yaml", line=7, column=3)
    return Notice(code="guard_loosened", subject=subject, setting=subject, before=before, after=after, source=place)


M365_E5 = Offer(id="8BDBB60B-E526-43E9-92EF-AB760C8E0B72", name="Microsoft 365 E5")
E5_NAMED = "Office 365 Enterprise E5"


def named_otherwise(address: str = "contoso/office", seats: int = 200) -> Change:
    """An upgrade to an offer that the service calls otherwise than the catalogue."""
    description = f'The service calls this offer "{M365_E5.name}"; offers.yaml calls it "{E5_NAMED}" ({M365_E5.id}).'
    found = upgrade(address, new=M365_E5, seats=seats, warnings=(caution("offer_named_otherwise", description),))
    return replace(found, after=replace(found.after, catalogue_name=E5_NAMED))


def catalogue_name(
    name: str = E5_NAMED, offer: Offer = M365_E5, was: Offer | None = None, line: int = 4
) -> CatalogueName:
    """A name of the catalogue that a reader should look at; `was` is what it meant before."""
    place = Place(file="manifests/offers.yaml", line=line, column=3)
    return CatalogueName(name=name, offer_id=offer.id, before_id=was.id if was else None, source=place)


def plan(  # noqa: PLR0913 -- a plan has that many parts, and a test names few of them
    *changes: Change,
    blocked: tuple[Blocked, ...] = (),
    pending: tuple[Unsettled, ...] = (),
    drift: tuple[Drift, ...] = (),
    warnings: tuple[Alarm, ...] = (),
    undeclared: tuple[str, ...] = (),
    limits: tuple[Breach, ...] = (),
    held: tuple[Held, ...] = (),
    unchanged: int = 9,
    cloud: str = "worldwide",
    snapshot: bool = False,
    errored: bool = False,
    target: tuple[str, ...] = (),
    notices: tuple[Notice, ...] = (),
    catalogue: tuple[CatalogueName, ...] = (),
    since: str | None = None,
    dropped: tuple[str, ...] = (),
    unbought: tuple[str, ...] = (),
    vanished: tuple[str, ...] = (),
    asked_before: tuple[str, ...] = (),
    asked_before_items: tuple[PlanItem, ...] = (),
) -> Plan:
    """A plan of an estate of six customers, made at noon."""
    selected = len(changes) + len(blocked) + len(pending) + unchanged
    return Plan(
        created_at=NOON,
        cloud=cloud,
        estate=Estate(lineage=guid("estate"), manifests_digest=f"sha256:{'0' * 64}"),
        token_kind="app+user",
        observed_from="snapshot" if snapshot else "live",
        selection=Selection(
            target=target,
            customers=6,
            subscriptions=selected,
            changed_since=since,
            base=since and "4f0c1d2e" * 5,
            touched=tuple(f"customer-{number}" for number in range(6)) if since else None,
        ),
        errored=errored,
        notices=notices,
        catalogue=catalogue,
        changes=changes,
        blocked=blocked,
        pending=pending,
        drift=drift,
        warnings=warnings,
        undeclared=tuple(map(Address, undeclared)),
        dropped=tuple(map(Address, dropped)),
        unbought=tuple(map(Address, unbought)),
        vanished=vanished,
        asked_before=tuple(map(Address, asked_before)),
        asked_before_items=asked_before_items,
        limits=limits,
        held=held,
        unchanged=unchanged,
    )


LINK = "https://admin.microsoft.com/Adminportal/Home?invType=ResellerRelationship&partnerId=0b0a8b0f&msppId=0&DAP=true"

DELEGATION = reason(
    "delegated_admin_permissions_disabled",
    "The customer has not granted you delegated administration.",
    "Send the customer this mail. The link is the same for every customer. Mail, ready to send:\n"
    "  We would like to upgrade your subscription and need your consent to administer the\n"
    f"  service for you. A global administrator of your tenant opens this link and accepts:\n{LINK}",
    "A global administrator opens the link and accepts.",
    "When the customer has accepted, plan again.",
    number=1,
    actor=Actor.CUSTOMER,
    steps_by=(Actor.PARTNER, Actor.CUSTOMER),
    retry=Retry.DAY,
)

SUSPENDED = reason(
    "subscription_status_not_active",
    "The subscription is not active.",
    "Reactivate it in Partner Center, then plan again.",
    "This live subscription looks like its successor. To bind the address to it:\n"
    f"reconciler adopt northwind/office {guid('successor')}",
    number=2,
    details="Source subscription state: Suspended.",
)

PROVISIONING = reason(
    "subscription_not_provisioned",
    "The subscription's own order is still being processed.",
    "Wait a few minutes, up to a few hours, and plan again.",
    number=9,
    actor=Actor.MICROSOFT,
    retry=Retry.MINUTES,
)

USERS_BY_HAND = caution(
    "users_must_be_assigned",
    "Users do not move along: after apply, assign them to Office 365 Enterprise E3 in the Microsoft 365 admin center.",
)


def showcase() -> Plan:
    """Something of everything: each section of every rendering has something to say."""
    shown = plan(
        upgrade(),
        upgrade("contoso/branch", seats=(40, 45), kind=NO_TRANSFER, warnings=(USERS_BY_HAND,), line=14),
        resize("fabrikam/mail", (20, 18), warnings=(caution("seats_removed", "This removes 2 seats."),)),
        blocked=(
            blocked("northwind/office", SUSPENDED, old=before(seats=30, status="suspended"), new=after(seats=30)),
            blocked("fabrikam/office", DELEGATION),
            blocked("litware/office", DELEGATION, new=after(seats=60), old=before(seats=50)),
            blocked("tailspin/mail", PROVISIONING, old=before(EXCHANGE, 5), new=after(EXCHANGE, 6)),
            blocked("litware/branch", reason(number=None), DELEGATION, line=14),
        ),
        pending=(
            unsettled(),
            unsettled("contoso/lab", "waiting"),
        ),
        drift=(drift(), drift("fabrikam/mail", Difference(path="status", before="active", after="suspended"))),
        warnings=(
            alarm(
                "contoso/lab", "previous_subscription_active", "The old subscription is active again: both are billed."
            ),
        ),
        undeclared=("contoso/archive", "fabrikam/kiosk"),
    )
    return replace(shown, tasks=(task("contoso/sales"),))
