"""One customer, contoso, and what planning makes of it: a test names only what it is about."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler.advice import error_class
from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.change import Before, Blocked, Change
from reconciler.model.customer import Customer, Relationship
from reconciler.model.desired import Desired, LicenseTransfer
from reconciler.model.errors import NotInSnapshot, Problem, ServiceError
from reconciler.model.offer import Offer
from reconciler.model.pending import Pending
from reconciler.model.place import Place
from reconciler.model.reason import Reason
from reconciler.model.renewal import AtRenewal
from reconciler.model.result import Outcome, Result, ended, given_up
from reconciler.model.run import Run
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Listing, Live, UnreadableItem
from reconciler.model.support import Support
from reconciler.model.term import Commitment, Platform
from reconciler.model.transition import TransitionOption
from reconciler.model.upgrade import UpgradeError, UpgradeErrorCode, UpgradeOption
from reconciler.planning import Circumstances, CustomerPlan, Facts, plan_customer
from tests.requested import a_resize, an_upgrade

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CONTOSO = Customer(name="contoso", tenant="0c0c0c0c-0000-4000-8000-000000000000")
LINEAGE = "11111111-0000-4000-8000-000000000000"
OFFICE = "aaaaaaaa-0000-4000-8000-000000000001"
BOUGHT = "bbbbbbbb-0000-4000-8000-000000000002"
OTHER = "cccccccc-0000-4000-8000-000000000003"
REQUEST = "dddddddd-0000-4000-8000-000000000004"

E1 = Offer(id="91FD106F-4B2C-4938-95AC-F54F74E9A239", name="Office 365 Enterprise E1")
E3 = Offer(id="796B6B5F-613C-4E24-A17C-EBA730D49C02", name="Office 365 Enterprise E3")
E5 = Offer(id="A044B16A-1861-4308-8086-A3A3B506FAC2", name="Office 365 Enterprise E5")
ESSENTIALS = Offer(id="BD938F12-058F-4927-BBA3-AE36B1D2501C", name="Office 365 Business Essentials")
PREMIUM = Offer(id="031C9E47-4802-4248-838E-778FB1D2CC05", name="Office 365 Business Premium")
EXCHANGE = Offer(id="195416C1-3447-423A-B37B-EE59A99A19C4", name="Exchange Online (Plan 1)")
MODERN = Offer(id="CFQ7TTC0LDPB:0001", name="Microsoft 365 Business Standard (NCE)")
HIGHER = Offer(id="CFQ7TTC0LCHC:0002", name="Microsoft 365 Business Premium (NCE)")

TRANSFER = "upgrade_with_license_transfer"
ONLY = "upgrade_only"
MOVES = "transition_with_license_transfer"
MAY_MOVE = "transition_only"
LINK = "https://admin.example.test/invitation?partner=1"
RUN = Run(id="run-1", actor="alice")


def wants(name: str = "office", offer: Offer = E3, seats: int = 25, of: str = OFFICE, **more: Any) -> Desired:
    """Returns what contoso's manifest asks of an address; `of` is its subscription."""
    return Desired(
        address=Address(f"contoso/{name}"),
        customer=CONTOSO,
        subscription_id=of,
        offer=offer,
        quantity=seats,
        license_transfer=LicenseTransfer(more.pop("transfer", "preferred")),
        source=Place(file="manifests/contoso.yaml", line=7, column=3),
        **more,
    )


def live(offer: Offer = E1, seats: int = 25, of: str = OFFICE, **more: Any) -> Live:
    """An active subscription; one of new commerce has two hundred days of its year left."""
    if offer.new_commerce:
        more = {"commitment": committed(seats), "billing": "monthly", "etag": None, **more}
    return Live(
        id=of,
        offer=offer,
        quantity=seats,
        status=more.pop("status", "active"),
        etag=more.pop("etag", "etag-1"),
        platform=Platform.NEW_COMMERCE if offer.new_commerce else Platform.TRADITIONAL,
        **more,
    )


def committed(seats: int = 25, then: AtRenewal | None = None, **more: Any) -> Commitment:
    """The commitment of a year that renews as it is, unless said otherwise."""
    renewal = then or AtRenewal(outcome="renews", quantity=seats, term=more.get("term", "annual"), billing="monthly")
    year = {"term": "annual", "starts_at": NOW - timedelta(days=165), "ends_at": NOW + timedelta(days=200)}
    return Commitment(**{**year, "auto_renew": True, "renewal": renewal, **more})


def option(*errors: UpgradeError, to: Offer = E3, kind: str = TRANSFER, **more: Any) -> UpgradeOption:
    """A pair that the service lists: permitted where it names no errors."""
    eligible = more.pop("eligible", not errors)
    return UpgradeOption(target=to, type=kind, quantity=25, eligible=eligible, errors=errors, **more)


def path(*errors: UpgradeError, to: Offer = HIGHER, kind: str = MOVES, **more: Any) -> TransitionOption:
    """A transition that the service lists: permitted where it names no errors."""
    catalog_item_id = f"{to.id}:CFQ7TTC0SBX3"
    known = {"target": to, "type": kind, "catalog_item_id": catalog_item_id, "quantity": 25, "eligible": not errors}
    return TransitionOption(**{**known, "errors": errors, **more})


def error(code: UpgradeErrorCode | int, details: str = "") -> UpgradeError:
    """A documented error, in the service's own words."""
    known = UpgradeErrorCode(code)
    return UpgradeError.known(known, f"The service says {known.value}.", details)


def bound(to: str = OFFICE, *previous: str, offer: Offer = E1, seats: int = 25, **more: Any) -> Bound:
    """Returns what state remembers of an address: seen a day ago, unless said otherwise."""
    return Bound(
        id=to,
        previous_ids=previous,
        offer_id=offer.id,
        offer_name=offer.name,
        quantity=seats,
        status=more.pop("status", "active"),
        observed_at=more.pop("observed_at", NOW - timedelta(days=1)),
        **more,
    )


def unseen(hours: float = 1) -> Bound:
    """A target that was bought for the address so long ago and has not been seen yet."""
    return bound(BOUGHT, OFFICE, offer=E3, visible=False, observed_at=NOW - timedelta(hours=hours))


def pending(offer: Offer = E3, seats: int = 25, action: str = "upgrade", was: Live | None = None) -> Pending:
    """A change of OFFICE that was sent two hours ago and not answered."""
    return Pending(
        request=an_upgrade(offer.id, seats, name=offer.name) if action == "upgrade" else a_resize(seats),
        run=RUN,
        request_id=REQUEST,
        correlation_id=REQUEST,
        started_at=NOW - timedelta(hours=2),
        subscription_id=OFFICE,
        known_subscription_ids=(OFFICE,),
        before=Before.of(was or live()),
    )


def result(name: str = "office", request_id: str = REQUEST) -> Result:
    """An upgrade of an earlier run that succeeded."""
    done = ended(pending(), Address(f"contoso/{name}"), Outcome.SUCCEEDED, NOW, BOUGHT, RUN)
    return replace(done, request_id=request_id)


def abandoned(offer: Offer = E3, seats: int = 25) -> Result:
    """An upgrade of OFFICE of an earlier run of which nothing showed: given up."""
    return given_up(pending(offer, seats), Address("contoso/office"), NOW, RUN)


def state(
    pending: Mapping[str, Pending] | None = None, results: tuple[Result, ...] = (), **names: Bound
) -> CustomerState:
    """Returns what is remembered of contoso: `state(office=bound())`."""
    by_action = {name: {change.action: change} for name, change in (pending or {}).items()}
    return CustomerState(lineage=LINEAGE, customer=CONTOSO, subscriptions=names, pending=by_action, results=results)


def resized(*seats: int) -> CustomerState:
    """Office, an E1, that our applies set to so many seats one after the other, each by a run of its own."""
    done = tuple(
        replace(
            ended(pending(E1, number, "resize"), Address("contoso/office"), Outcome.SUCCEEDED, NOW, OFFICE, RUN),
            request_id=f"request-{number}",
            run=replace(RUN, id=f"run-{number}", commit="961d505baabb0000"),
        )
        for number in seats
    )
    return state(results=done, office=bound(seats=seats[-1]))


def bought_otherwise(asked: int, shown: int) -> CustomerState:
    """Office, an E1, of which an apply of ours asked for so many seats, and that was first seen with others."""
    return resized(asked).bind("office", bound(seats=shown, bought_otherwise=True))


def unanswered(status: int = 500, code: str = "900000") -> ServiceError:
    """A question that the service did not answer."""
    problem = Problem(where=None, what=f"Partner Center answered {status}.", remedy="Look again.")
    return error_class(status, code)(problem, status=status, code=code, support=Support(request_id=REQUEST))


NOT_KEPT = NotInSnapshot(Problem(where=None, what="The snapshot does not hold it.", remedy="Take a new one."))
NOT_OURS = unanswered(403, "20002")
LEFT = Relationship(kind="reseller", allow_delegated_access=False)


def facts(
    *desired: Desired,
    lives: Iterable[Live] | ServiceError = (),
    options: Iterable[UpgradeOption] | ServiceError | None = None,
    state: CustomerState | None = None,
    selected: Iterable[str] | None = None,
    unreadable: tuple[UnreadableItem, ...] = (),
    **more: Any,
) -> Facts:
    """Contoso's facts: everything declared is selected, and `options` are those of OFFICE."""
    lives = lives if isinstance(lives, ServiceError) else tuple(lives)
    modern = (
        () if isinstance(lives, ServiceError) else [found for found in lives if found.platform is Platform.NEW_COMMERCE]
    )
    more = {"details": {found.id: found for found in modern}, **more}
    answered = options if options is None or isinstance(options, ServiceError) else tuple(options)
    names = {entry.address.name for entry in desired} if selected is None else set(selected)
    return Facts(
        customer=CONTOSO,
        desired=desired,
        selected=frozenset(Address(f"contoso/{name}") for name in names),
        state=state,
        subscriptions=lives if isinstance(lives, ServiceError) else Listing(lives=lives, unreadable=unreadable),
        upgrades=more.pop("upgrades", {}) if answered is None else {OFFICE: answered},
        **more,
    )


def circumstances(**more: Any) -> Circumstances:
    """Noon, in the worldwide cloud, with the token of a user."""
    return Circumstances(**{"now": NOW, "cloud": "worldwide", "token_kind": "app+user", **more})


def planned(found: Facts, **more: Any) -> CustomerPlan:
    """Returns what contoso comes to; `more` are circumstances."""
    return plan_customer(found, circumstances(**more))


def upgrading(*options: UpgradeOption, **more: Any) -> CustomerPlan:
    """OFFICE, an E1, is wanted as an E3; the service offers these. `more` is of the manifest's entry."""
    return planned(facts(wants(**more), lives=[live()], options=options))


def change(plan: CustomerPlan) -> Change:
    """The only outcome, which is a change."""
    assert not plan.blocked
    (found,) = plan.changes
    return found


def blocked(plan: CustomerPlan) -> Blocked:
    """The only blocked address; nothing else goes ahead."""
    assert not plan.changes
    (found,) = plan.blocked
    return found


def codes(plan: CustomerPlan) -> list[str]:
    """Returns why the only address is blocked."""
    return [reason.code for reason in blocked(plan).reasons]


def reason(plan: CustomerPlan, code: str) -> Reason:
    """The reason of this code."""
    (found,) = (item for item in blocked(plan).reasons if item.code == code)
    return found


def steps_text(plan: CustomerPlan, code: str) -> str:
    """The steps of the reason of this code, as one text."""
    return "\n".join(step.plain for step in reason(plan, code).remedy.steps)
