"""An estate with a snapshot of its own, and everybody who may change something after it was taken."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from reconciler.changes.term import TermRequest
from reconciler.documents.snapshot import Snapshot
from reconciler.model.alarm import Alarm
from reconciler.model.commerce import Commerce, Ticket
from reconciler.model.plan import Plan
from reconciler.model.renewal import EndOfTerm, NextTerm, ScheduleForm
from reconciler.model.request import RenewalRequest, TransitionRequest
from reconciler.operations.plan import plan_estate
from reconciler.operations.recent import RecentSnapshot
from reconciler.operations.snapshot import take_snapshot
from reconciler.planning import Globs
from reconciler.sandbox import Colleague, Sold, Tenant, colleague
from reconciler.sandbox.catalogue import BUSINESS, E3, EXCHANGE_1, EXCHANGE_ARCHIVING
from reconciler.sandbox.nudge import nudge_world
from reconciler.snapshot import Recorder
from tests.applying.scenes import NOON, Scene
from tests.requested import a_resize, an_order
from tests.worlds import new_tenant

BASIC, COPILOT, PREMIUM = "CFQ7TTC0LH18:0001", "CFQ7TTC0MM8R:0001", "CFQ7TTC0LCHC:0002"
DAY = timedelta(days=1)


def customer(name: str) -> Tenant:
    """One customer: something traditional, something that add-ons go with, and two of new commerce."""
    return new_tenant(
        name,
        office=Sold(offer=BUSINESS, quantity=25),
        mail=Sold(offer=EXCHANGE_1, quantity=25),
        basic=Sold(offer=f"{BASIC}:CFQ7TTC0K971", quantity=25, created=NOON - 100 * DAY),
        premium=Sold(offer=f"{PREMIUM}:CFQ7TTC0SBX3", quantity=25, created=NOON - 200 * DAY),
    )


class RecentEstate(Scene):
    """A scene whose state knows every customer, and whose snapshot was taken three days later."""

    def __init__(self, path: Path, *names: str) -> None:
        super().__init__(path, *map(customer, names))
        self.settings = replace(self.settings, parallelism=1)
        self.apply()
        self.pass_time(3 * DAY)
        self.snapshot = self.taken()

    def pass_time(self, time: timedelta) -> None:
        self.clock.sleep(time.total_seconds())

    def taken(self) -> Snapshot:
        """Returns what `reconciler snapshot` records now."""
        with self.workspace() as workspace:
            return take_snapshot(workspace)

    def plan_recent(self, snapshot: Snapshot | None = None, globs: Globs | None = None) -> Plan:
        recent = RecentSnapshot(file="s.json", snapshot=snapshot or self.snapshot)
        with self.workspace() as workspace:
            return plan_estate(workspace, globs or Globs(), recent=recent).plan

    def age(self, **members: Any) -> None:
        """The snapshot has other members."""
        self.snapshot = replace(self.snapshot, **members)

    @property
    def since_noon(self) -> timedelta:
        """Returns how far the time has moved on since the first day."""
        return self.clock.utc() - NOON

    @property
    def portal(self) -> Colleague:
        return colleague(self.world_file, self.clock.utc)

    def logged(self) -> set[str]:
        """Returns the names of the customers that the emulator's log names."""
        world = self.world
        return {
            tenant.name for tenant in world.customers for record in world.records if record.customer == tenant.tenant
        }


def read_again(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Returns the customers that were read live, and why."""
    assert plan.recent
    return {again.customer: again.reasons for again in plan.recent.again}


def without_age(plan: Plan) -> Plan:
    """Returns what a plan says, apart from how old it is and from what apply would record."""

    def undated(alarm: Alarm) -> Alarm:
        return replace(alarm, description=alarm.description.partition(" As of 20")[0])

    return replace(plan, recent=None, observed=(), warnings=tuple(map(undated, plan.warnings)))


class WithoutLog(Recorder):
    """A service in a cloud that keeps no log."""

    @property
    def audit_missing(self) -> str:
        return "It has none."


@dataclass(frozen=True)
class Somebody:
    """Somebody else who changes things of one customer: in the portal, or with another program."""

    estate: RecentEstate
    name: str
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def tenant(self) -> str:
        return self.estate.tenant(self.name)

    @property
    def portal(self) -> Colleague:
        return self.estate.portal

    def id(self, of: str) -> str:
        return self.estate.id_of(f"{self.name}/{of}")

    def program(self, do: Callable[[Commerce, Ticket], object]) -> None:
        with self.estate.commerce() as commerce:
            do(commerce, Ticket(request_id=str(uuid4()), correlation_id=str(uuid4())))

    def nudge(self) -> None:
        with self.estate.changed() as world:
            world.nudges = next(i for i, tenant in enumerate(world.customers) if tenant.name == self.name)
            nudge_world(world, self.estate.clock.utc())

    def upgrade(self) -> None:
        def do(commerce: Commerce, ticket: Ticket) -> None:
            options = commerce.upgrades(self.tenant, self.id("office"))
            option = next(option for option in options if option.target.id == E3.lower())
            commerce.upgrade(self.tenant, self.id("office"), option, 25, ticket)

        self.program(do)

    def update(self, of: str, request: object) -> None:
        def do(commerce: Commerce, ticket: Ticket) -> None:
            commerce.update(self.tenant, commerce.subscription(self.tenant, self.id(of)), request, ticket)  # type: ignore[arg-type]

        self.program(do)

    def transition(self) -> None:
        def do(commerce: Commerce, ticket: Ticket) -> None:
            offered = commerce.transition_options(self.tenant, self.id("basic"))
            option = next(option for option in offered if option.permitted)
            request = TransitionRequest(
                kind="transition",
                type=option.type,
                target_offer_id=option.target.id,
                target_offer_name="",
                catalog_item_id=option.catalog_item_id,
                quantity=25,
            )
            commerce.transition(self.tenant, self.id("basic"), request, ticket)

        self.program(do)

    def order(self) -> None:
        def do(commerce: Commerce, ticket: Ticket) -> None:
            cart = commerce.create_cart(self.tenant, an_order(COPILOT, f"{COPILOT}:CFQ7TTC0SC01"), ticket)
            commerce.check_out(self.tenant, cart.id, ticket)

        self.program(do)

    def buy_an_add_on(self) -> None:
        http = httpx.Client(
            transport=httpx.WSGITransport(app=self.estate.counter), base_url="https://sandbox.invalid/v1"
        )
        http.headers["Authorization"] = f"Bearer {self.estate.token}"
        orders = json.loads(http.get(f"/customers/{self.tenant}/orders").content.decode("utf-8-sig"))["items"]
        order = next(order for order in orders if self.id("mail") in json.dumps(order).lower())
        line = {"offerId": EXCHANGE_ARCHIVING, "parentSubscriptionId": self.id("mail"), "quantity": 2}
        body = {"lineItems": [{"lineItemNumber": 0, **line}]}
        assert http.patch(f"/customers/{self.tenant}/orders/{order['id']}", json=body).status_code == 200


LATER = RenewalRequest(
    kind="renewal",
    outcome=EndOfTerm.RENEWS_CHANGED,
    next_term=NextTerm(offer_id=BASIC, quantity=20, term="annual", billing="monthly"),
    form=ScheduleForm.INSTRUCTIONS,
)

LOGGED: Mapping[str, Callable[[Somebody], object]] = {
    "upgrade": Somebody.upgrade,
    "resize": lambda other: other.update("office", a_resize(30)),
    "resize of new commerce": lambda other: other.update("basic", a_resize(30)),
    "term": lambda other: other.update("basic", TermRequest(kind="term", term="triennial", billing="annual")),
    "renewal": lambda other: other.update("basic", LATER),
    "transition": Somebody.transition,
    "order": Somebody.order,
    "add-on": Somebody.buy_an_add_on,
    "nudge": Somebody.nudge,
    "add_seats": lambda other: other.portal.add_seats(other.id("basic"), 3),
    "remove_seats": lambda other: other.portal.remove_seats(other.id("basic"), 3),
    "schedule": lambda other: other.portal.schedule(other.id("basic"), 20),
    "unschedule": lambda other: other.portal.unschedule(other.id("basic")),
    "set_auto_renew": lambda other: other.portal.set_auto_renew(other.id("basic"), on=False),
    "end_at_term": lambda other: other.portal.end_at_term(other.id("basic")),
    "suspend": lambda other: other.portal.suspend(other.id("premium")),
    "reactivate": lambda other: other.portal.reactivate(other.id("premium")),
    "rename": lambda other: other.portal.rename(other.id("basic"), "Somebody's"),
    "order in the portal": lambda other: other.portal.order(other.name, f"{COPILOT}:CFQ7TTC0SC01", 5),
}
"""Every kind of change that the emulator's log has a record of."""
