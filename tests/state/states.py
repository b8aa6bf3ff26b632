"""Builders of states in which only what a test is about needs saying."""

from dataclasses import replace
from datetime import UTC, datetime

from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.change import Before
from reconciler.model.customer import Customer
from reconciler.model.pending import Pending
from reconciler.model.result import Outcome, Result, UnassignedUser
from reconciler.model.run import Process, Run
from reconciler.model.state import CustomerState
from reconciler.model.upgrade import UpgradeError
from tests.requested import an_upgrade

LINEAGE = "7c1fd0f0-55fb-4a52-8a0f-2b8fd0b6a111"
TENANT = "0f0e0d0c-1111-4222-8333-444455556666"
E3 = "91fd106f-4b2c-4938-95ac-f54f74e9a239"
E5 = "91fd106f-4b2c-4938-95ac-f54f74e9a555"
OFFICE = "aaaaaaaa-0000-4000-8000-000000000001"
UPGRADED = "aaaaaaaa-0000-4000-8000-000000000002"
REQUEST = "bbbbbbbb-0000-4000-8000-000000000001"
NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)

PROCESS = Process(host="build-7", booted_at=1_772_000_000.0, pid=4711, started_at=1_772_360_000.25)
RUN = Run(id="run-1", actor="alice", url="https://ci.example/run/1", commit="0123abc", process=PROCESS)


def a_state(name: str = "contoso", *, serial: int = 1) -> CustomerState:
    return CustomerState(lineage=LINEAGE, serial=serial, customer=Customer(name=name, tenant=TENANT))


def a_bound(*, offer_name: str = "Office 365 Enterprise E3", previous_ids: tuple[str, ...] = ()) -> Bound:
    return Bound(
        id=OFFICE,
        previous_ids=previous_ids,
        offer_id=E3,
        offer_name=offer_name,
        quantity=25,
        status="active",
        observed_at=NOON,
    )


def a_pending() -> Pending:
    return Pending(
        request=an_upgrade(E5, name="Office 365 Enterprise E5"),
        run=RUN,
        request_id=REQUEST,
        correlation_id="cccccccc-0000-4000-8000-000000000001",
        started_at=NOON,
        subscription_id=OFFICE,
        known_subscription_ids=(OFFICE,),
        before=Before(offer_id=E3, offer_name="Office 365 Enterprise E3", quantity=25, status="active", etag="W/1"),
    )


def a_result(number: int = 1, *, details: str = "") -> Result:
    return Result(
        address=Address("contoso/office"),
        request=an_upgrade(E5),
        outcome=Outcome.SUCCEEDED_WITH_LICENSE_ERRORS,
        subscription_id=OFFICE,
        target_subscription_id=UPGRADED,
        request_id=f"bbbbbbbb-0000-4000-8000-{number:012}",
        correlation_id="cccccccc-0000-4000-8000-000000000001",
        started_at=NOON,
        finished_at=NOON,
        upgrade_errors=(UpgradeError(code="other", number=0, details=details),) if details else (),
        license_errors=(UnassignedUser(user_object_id="dddddddd-0000-4000-8000-000000000001", codes=("no_seat",)),),
        plan_fingerprint="sha256:00ff",
        run=RUN,
    )


def a_full_state() -> CustomerState:
    """One of everything."""
    return replace(
        a_state(),
        subscriptions={"office": a_bound()},
        pending={"office": {"upgrade": a_pending()}},
        results=(a_result(),),
    )


def a_large_state(results: int) -> CustomerState:
    return replace(a_state(), results=tuple(a_result(number) for number in range(results)))
