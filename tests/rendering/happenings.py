"""Builders of events and states for tests, about `contoso/office` and `contoso/mail` unless said otherwise."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.cost import Cost
from reconciler.model.event import (
    CostChanged,
    Event,
    Failed,
    Finished,
    HeldByService,
    NotDone,
    Recovered,
    SentAgain,
    Skipped,
    Stale,
    Started,
    StateNotWritten,
    Succeeded,
    Unknown,
    Waiting,
)
from reconciler.model.pending import Pending
from reconciler.model.remedy import Step
from reconciler.model.result import Outcome, Result, UnassignedUser
from reconciler.model.run import Run
from reconciler.model.state import CustomerState
from reconciler.model.support import Support
from reconciler.model.upgrade import LicenseError, UpgradeError
from tests.rendering.plans import E3, EXCHANGE, NOON, before, customer_of, guid, resize, upgrade
from tests.requested import a_resize, an_upgrade

OFFICE = Address("contoso/office")
MAIL = Address("contoso/mail")
RUN = Run(id="1741", actor="Jo Doe", url="https://ci.example/runs/1741")

SUPPORT = Support(
    method="POST",
    path=f"/v1/customers/{guid('contoso')}/subscriptions/{guid('contoso/office')}/upgrades",
    status=500,
    request_id=guid("request"),
    correlation_id=guid("correlation"),
    ms_cv="qW0GxmhvHEq.0",
    server_id="030020644",
    at=NOON,
)


def result(
    address: Address = OFFICE,
    outcome: Outcome = Outcome.SUCCEEDED,
    *,
    users: int = 0,
    errors: tuple[UpgradeError, ...] = (),
) -> Result:
    """Returns what became of the upgrade of `contoso/office`, or of the resize of `contoso/mail`."""
    upgraded = address == OFFICE
    return Result(
        address=address,
        request=an_upgrade(E3.id) if upgraded else a_resize(15),
        outcome=outcome,
        subscription_id=guid(address),
        target_subscription_id=guid("target") if upgraded and outcome.performed else None,
        request_id=guid("request"),
        correlation_id=guid("correlation"),
        started_at=NOON,
        finished_at=NOON,
        upgrade_errors=errors,
        license_errors=tuple(UnassignedUser(user_object_id=guid(str(n)), codes=("60000",)) for n in range(users)),
        run=RUN,
    )


def succeeded(*, users: int = 0, visible: bool = True) -> Succeeded:
    """Its licence errors carry names and addresses, which no rendering may show."""
    outcome = Outcome.SUCCEEDED_WITH_LICENSE_ERRORS if users else Outcome.SUCCEEDED
    people = tuple(
        LicenseError(user_object_id=guid(str(n)), codes=("60000",), name="Jo Doe", email="jo@contoso.example")
        for n in range(users)
    )
    return Succeeded(
        at=NOON, address=OFFICE, result=result(outcome=outcome, users=users), visible=visible, license_errors=people
    )


def state() -> CustomerState:
    """`contoso/office` was upgraded once, after a failure; `contoso/mail` has something pending."""
    return CustomerState(
        lineage=guid("estate"),
        serial=7,
        customer=customer_of("contoso"),
        subscriptions={
            "office": Bound(
                id=guid("target"),
                previous_ids=(guid(OFFICE),),
                offer_id=E3.id,
                offer_name=E3.name,
                quantity=25,
                status="active",
                observed_at=NOON,
            ),
            "mail": Bound(
                id=guid(MAIL),
                offer_id=EXCHANGE.id,
                offer_name="交换在线 (计划 1)",
                quantity=1500,
                status="suspended",
                observed_at=NOON,
            ),
        },
        pending={"mail": {"resize": pending()}},
        results=(
            result(
                outcome=Outcome.FAILED,
                errors=(UpgradeError(code="concurrency_conflicts", number=4, description="Too many of this offer."),),
            ),
            result(outcome=Outcome.SUCCEEDED_WITH_LICENSE_ERRORS, users=2),
        ),
    )


def pending() -> Pending:
    return Pending(
        request=a_resize(15),
        run=RUN,
        request_id=guid("request"),
        correlation_id=guid("correlation"),
        started_at=NOON,
        subscription_id=guid(MAIL),
        before=before(EXCHANGE, 10),
    )


def unknown(support: Support | None = None) -> Unknown:
    return Unknown(
        at=NOON,
        address=OFFICE,
        request_id=guid("request"),
        description="The service did not answer, and two new subscriptions could be the result.",
        next=(
            Step(
                "Look at the customer's subscriptions in Partner Center, then say what you found:",
                ("state", "resolve", "contoso/office", "--succeeded", "SUBSCRIPTION_ID"),
            ),
            Step(run=("state", "resolve", "contoso/office", "--not-done")),
        ),
        support=support,
    )


def failed(description: str = "The customer holds as many subscriptions of the new offer as it may.") -> Failed:
    return Failed(
        at=NOON,
        address=OFFICE,
        action="upgrade",
        code="concurrency_conflicts",
        description=description,
        remedy=(Step("Cancel one that is not needed."),),
        support=SUPPORT,
    )


def cost(before: int, after: int) -> Cost:
    """A cost in whole dollars."""
    return Cost(
        currency="USD",
        monthly_before=Decimal(before),
        monthly_after=Decimal(after),
        committed=Decimal(12 * (after - before)),
        committed_until=date(2027, 3, 14),
    )


def every_event() -> tuple[Event, ...]:
    """One of each kind, and the variants that read differently."""
    return (
        Started(at=NOON, address=OFFICE, change=upgrade(), request_id=guid("request")),
        Started(at=NOON, address=MAIL, change=resize(), request_id=guid("request")),
        Waiting(at=NOON, address=OFFICE, what="the new subscription", elapsed_seconds=15.2, timeout_seconds=120),
        SentAgain(at=NOON, address=OFFICE, request_id=guid("request")),
        succeeded(),
        Succeeded(at=NOON, address=MAIL, result=result(MAIL), visible=True),
        succeeded(users=13, visible=False),
        Recovered(at=NOON, address=OFFICE, result=result(outcome=Outcome.RECOVERED)),
        NotDone(
            at=NOON,
            address=OFFICE,
            result=result(outcome=Outcome.NOT_DONE),
            next=(Step("What is left to do:", ("plan",)),),
        ),
        failed(),
        Skipped(at=NOON, address=MAIL, code="too_many_failures", description="Five changes failed in this run."),
        Stale(at=NOON, address=MAIL, description="There are 12 seats now; there were 10 when this was planned."),
        Stale(at=NOON, address=MAIL, description="The answer was lost, and somebody changed it meanwhile.", sent=True),
        Stale(at=NOON, address=MAIL, description="Taken back.", nothing_left=True),
        replace(failed(), in_doubt=True),
        unknown(SUPPORT),
        HeldByService(
            at=NOON,
            address=OFFICE,
            operation="9f3c2a41d07b",
            description="The service holds the order until a person has acted.",
            next=(Step("Then this settles it, and starts nothing new:", ("apply", "--settle")),),
        ),
        CostChanged(
            at=NOON,
            address=MAIL,
            action="resize",
            reviewed=cost(12, 15),
            now=replace(cost(12, 14), estimate=True),
        ),
        CostChanged(at=NOON, address=MAIL, action="resize", reviewed=cost(12, 15), now=None),
        StateNotWritten(
            at=NOON,
            customer="contoso",
            description="The state directory is read-only.",
            state=state(),
            file="errored.contoso.json",
            next=(Step(run=("state", "push", "errored.contoso.json")),),
        ),
        Finished(at=NOON, succeeded=2, with_license_errors=1, recovered=1, failed=1, unknown=1, stale=1, skipped=1),
        Finished(at=NOON, succeeded=2, skipped=4, interrupted=True),
        Finished(at=NOON, succeeded=3),
        Finished(at=NOON, not_done=1, held=1),
        Finished(at=NOON, state_not_written=1),
        Finished(at=NOON),
    )
