"""A book of new commerce over the emulator: terms end, colleagues are in the portal, and runs come and go."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from reconciler.documents.plan import fingerprint
from reconciler.model.address import Address
from reconciler.model.event import Event
from reconciler.model.plan import Plan
from reconciler.model.subscription import Live
from reconciler.model.term import Billing, ChangeTerm, FewerSeats, Renew, Term
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import plan_estate
from reconciler.operations.settle import settle_pending, unsettled_works
from reconciler.planning import Globs
from reconciler.sandbox import Behaviour, Sold
from tests.applying.scenes import EVERYTHING, Scene
from tests.sandbox.modern import BASIC
from tests.worlds import new_tenant

OFFICE = Address("contoso/office")
BOUGHT = datetime(2025, 9, 10, 8, 15, tzinfo=UTC)
"""A purchase whose year ends with 9 September 2026."""

ENDS = datetime(2026, 9, 10, tzinfo=UTC)
LATER: dict[str, Any] = {"fewer_seats": FewerSeats.AT_RENEWAL}
AT_ONCE: dict[str, Any] = {"fewer_seats": FewerSeats.NOW}
MONTHLY: dict[str, Any] = {"term": Term.MONTHLY, "billing": Billing.MONTHLY}
THREE_YEARS: dict[str, Any] = {"term": Term.TRIENNIAL, "billing": Billing.ANNUAL}
COMMIT: dict[str, Any] = {"change_term": ChangeTerm.NOW}
END: dict[str, Any] = {"renew": Renew.END}
NOTHING_ELSE: Mapping[str, Mapping[str, Sold]] = {}


class Book(Scene):
    """Contoso; its office has 25 seats of Business Basic, for a year, billed monthly. What else is sold is `beside`:
    the subscriptions of each customer, contoso's further ones too.
    """

    def __init__(
        self,
        path: Path,
        behaviour: Behaviour | None = None,
        *,
        beside: Mapping[str, Mapping[str, Sold]] = NOTHING_ELSE,
        **office: Any,
    ) -> None:
        values = {"offer": BASIC, "quantity": 25, "created": BOUGHT, **office}
        sold = {**beside, "contoso": {"office": Sold(**values), **beside.get("contoso", {})}}
        tenants = (new_tenant(customer, **subscriptions) for customer, subscriptions in sorted(sold.items()))
        super().__init__(path, *tenants, behaviour=behaviour)
        limits = replace(self.settings.limits, max_ended=1, max_terms_committed=1, max_seats_removed=1000)
        self.settings = replace(self.settings, limits=limits)

    @property
    def here(self) -> datetime:
        return self.clock.utc()

    # Time

    def later(self, **units: float) -> None:
        self.clock.sleep(timedelta(**units).total_seconds())

    def before_the_end(self, ends: datetime = ENDS, **units: float) -> None:
        """Goes to so long before the end of the term."""
        self.clock.sleep((ends - timedelta(**units) - self.clock.utc()).total_seconds())

    def renew(self, ends: datetime = ENDS) -> None:
        """Lets the term end, and the renewal show."""
        self.before_the_end(ends, hours=-3)
        self.live()

    # What is asked and done

    def ask(self, **values: Any) -> Plan:
        """Edits the office's entry, and plans."""
        self.want(OFFICE, **values)
        return self.plan()

    def merge(self, **values: Any) -> list[Event]:
        """Edits the office's entry, and applies."""
        self.want(OFFICE, **values)
        return self.apply()

    def accepting(self, *, applied: bool = False) -> Plan:
        """Plans with `--accept-drift` for the office, and applies that where it is to be."""
        with self.workspace() as found:
            workspace = replace(found, accepted=frozenset({OFFICE}))
            planned = plan_estate(workspace, EVERYTHING)
            if applied:
                list(apply_plan(workspace, planned, ApplySettings(fingerprint=fingerprint(planned.plan))))
            return planned.plan

    def settled(self) -> list[Event]:
        """Carries out `apply --settle`."""
        with self.workspace() as workspace:
            return list(settle_pending(workspace, unsettled_works(workspace, Globs())))

    @property
    def office(self) -> str:
        return self.id_of(OFFICE)

    @property
    def sold(self) -> Sold:
        return self.world.find(self.office)

    def live(self, address: Address = OFFICE) -> Live:
        with self.commerce() as commerce:
            return commerce.subscription(self.tenant(address.customer), self.id_of(address))

    def outcome(self) -> str:
        found = self.live().commitment
        assert found
        return found.renewal.outcome


def actions(plan: Plan) -> list[str]:
    return [change.action for change in plan.changes]


def reasons(plan: Plan) -> list[str]:
    return [reason.code for blocked in plan.blocked for reason in blocked.reasons]


def warned(plan: Plan) -> list[str]:
    return [
        *(alarm.code for alarm in plan.warnings),
        *(warning.code for change in plan.changes for warning in change.warnings),
    ]


def calm(plan: Plan) -> bool:
    return not (plan.changes or plan.blocked or plan.pending)
