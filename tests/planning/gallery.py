"""One plan for every kind of thing that can be said of an address: every code, and every step of its remedy."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from reconciler.changes.case import Case
from reconciler.model.address import Address
from reconciler.model.alarm import Alarm
from reconciler.model.capabilities import Capabilities, unavailable
from reconciler.model.commerce import Account
from reconciler.model.errors import Problem
from reconciler.model.limits import Limits
from reconciler.model.moves import Moves
from reconciler.model.offer import Offer
from reconciler.model.pending import Reply
from reconciler.model.place import Place
from reconciler.model.reason import Reason
from reconciler.model.subscription import UnreadableItem
from reconciler.model.term import FewerSeats, SeatPermission
from reconciler.model.transition import TargetErrorCode, TransitionErrorCode
from reconciler.model.upgrade import UpgradeError
from reconciler.planning import (
    CustomerPlan,
    Rearranged,
    all_tracked_on,
    contradicted_customer,
    coverage_alarms,
    customers_not_listed,
    not_counted,
    rearranged,
    renamed_customer,
    undeclared_subscriptions,
)
from tests.planning.cases import (
    BOUGHT,
    E1,
    E3,
    E5,
    ESSENTIALS,
    EXCHANGE,
    LEFT,
    LINK,
    MODERN,
    NOT_KEPT,
    NOT_OURS,
    NOW,
    OFFICE,
    ONLY,
    OTHER,
    PREMIUM,
    abandoned,
    bought_otherwise,
    bound,
    circumstances,
    error,
    facts,
    live,
    option,
    pending,
    planned,
    resized,
    result,
    state,
    unanswered,
    unseen,
    upgrading,
    wants,
)

OTHER_MODERN = Offer(id="CFQ7TTC0LCHC:0002", name="Microsoft 365 Business Premium")
MISNAMED = Offer(id=E3.id, name=E5.name)
UPGRADED = state(office=bound(BOUGHT, OFFICE, offer=E3))
_REFUSED = [option(error(code)) for code in range(12)]
_HELD = live(E3, of=OTHER)
_ADD_ON = live(EXCHANGE, of=OTHER, parent_subscription_id=OFFICE)


def service() -> list[CustomerPlan]:
    """Returns what the service may say against an upgrade."""
    others = [live(), live(E3, of=BOUGHT), _ADD_ON]
    two_steps = [live(ESSENTIALS)]
    return [
        *(upgrading(refused) for refused in _REFUSED),
        *(planned(facts(wants(allow_duplicate_offer=True), lives=others, options=[item])) for item in _REFUSED),
        planned(facts(wants(), lives=[live()], options=_REFUSED[1:2], relationship=LEFT, relationship_link=LINK)),
        planned(facts(wants(), lives=two_steps, options=[])),
        planned(facts(wants(), lives=two_steps, options=[option(to=PREMIUM)])),
        upgrading(option(kind="upgrade_by_post")),
        *(
            planned(
                facts(wants(), lives=[live()], options=[item]),
                capabilities=Capabilities(gdap=unavailable("china_has_no_gdap")),
            )
            for item in _REFUSED
        ),
    ]


def transitions() -> list[Reason]:
    """Returns the reasons of the service's errors against a transition and against a target subscription."""
    found = live(MODERN)
    case = Case(desired=wants(offer=OTHER_MODERN), facts=facts(lives=[found]), circumstances=circumstances())
    codes = [*TransitionErrorCode, *TargetErrorCode]
    errors = [UpgradeError(code=code.name.lower(), number=code.value) for code in codes]
    namesake = {"namesake": "Copilot (CFQ7TTC0MM8R:0002)", "ours": "Copilot"}
    known = {"suspended": "not active", "nowhere": "true"}
    return [case.refused(error, known | more) for error in errors for more in ({}, namesake)]


_CONTRADICTION = Problem(where=None, what="The state of contoso is of another tenant.", remedy="")


def open_outcomes() -> Iterator[CustomerPlan]:
    """Plans with a change of which apply can't tell yet whether it was done, or need not."""
    nameless = UnreadableItem(id=None, position=2, why="has no id")
    rivals = [live(), live(E3, of=BOUGHT), live(E3, of=OTHER)]
    lost = state({"office": pending()}, office=bound())
    yield planned(facts(wants(), lives=[live()], state=state({"office": replace(pending(), reply=Reply.LOGGED)})))
    yield planned(facts(wants(), lives=[live()], unreadable=(nameless,), state=lost))
    yield planned(facts(wants(), lives=rivals, state=lost))
    ahead = replace(pending(), started_at=NOW + timedelta(days=400))
    yield planned(facts(wants(), lives=[live()], state=state({"office": ahead})))


def rules() -> list[CustomerPlan]:
    """Returns what the rules say."""
    rebound = state(office=bound(), lab=bound(BOUGHT))
    return [
        renamed_customer(wants().customer, [wants()], [wants().address], circumstances(), "northwind"),
        contradicted_customer(wants().customer, [wants()], [wants().address], circumstances(), _CONTRADICTION),
        planned(facts(wants())),
        planned(facts(wants(), lives=[_HELD])),
        planned(facts(wants(), unreadable=(UnreadableItem(id=OFFICE, position=1, why="has no seats"),))),
        planned(
            facts(
                wants(),
                lives=[live()],
                unreadable=(UnreadableItem(id=BOUGHT, position=1, why="has no seats", offer_id=E3.id),),
            )
        ),
        planned(facts(wants(), state=state(office=unseen(30)))),
        planned(facts(wants(), lives=[live(), _HELD])),
        planned(facts(wants(), lives=[live(status="suspended"), _HELD])),
        planned(facts(wants(), lives=[live(status="deleted")])),
        planned(facts(wants(), lives=[live(parent_subscription_id=OTHER)])),
        upgrading(option(maximum=5)),
        planned(facts(wants(offer=E1), lives=[live(E3, of=BOUGHT), live()], state=UPGRADED, upgrades={BOUGHT: ()})),
        planned(facts(wants(offer=MISNAMED), lives=[live()], options=[option(to=E5)])),
        planned(facts(wants(offer=MISNAMED), lives=[live(E5)], options=[])),
        planned(facts(wants(seats=1), lives=[live()])),
        upgrading(option(kind=ONLY), transfer="required"),
        planned(facts(wants(offer=E1, seats=30), lives=[live(status="suspended"), live(E3, of=OTHER)])),
        planned(facts(wants(), lives=[live()], options=[option()], state=state(results=(result(),)))),
        upgrading(option(), transfer="never"),
        planned(facts(wants(offer=E1, seats=20, fewer_seats=FewerSeats.AT_RENEWAL), lives=[live()])),
        planned(facts(wants(), lives=NOT_OURS)),
        planned(facts(wants(), lives=NOT_OURS, relationship_link=LINK)),
        planned(facts(wants(), lives=[live(partner_id="1")]), mpn_id="2"),
        planned(facts(wants(), lives=[live(partner_id="1")], state=state(office=bound(partner_id="2")))),
        planned(facts(wants(offer=MODERN), lives=[live()])),
        planned(facts(wants(of=OTHER), lives=[live(), _HELD], state=rebound)),
        planned(facts(wants(of=BOUGHT), lives=[live()], state=rebound)),
        planned(facts(wants("headquarters"), lives=[live()], state=rebound)),
        planned(facts(wants("lab"), wants(of=BOUGHT), lives=[live()], state=rebound)),
        planned(facts(wants("a"), wants("b"), lives=[live()])),
        planned(facts(wants(), lives=unanswered())),
        planned(facts(wants(), lives=[live()], options=NOT_KEPT)),
        planned(facts(wants(), lives=[live()], state=state({"office": pending()}))),
        planned(facts(wants(), lives=[live()], state=state({"office": pending(E1, 30, "resize")}))),
        planned(facts(wants(), lives=[live()], state=state({"office": replace(pending(), started_at=NOW)}))),
        *open_outcomes(),
        planned(facts(wants(offer=E5), lives=[live()], options=[option(to=E5)], state=state(results=(abandoned(),)))),
    ]


def cautions() -> list[CustomerPlan]:
    """Returns what is warned of where nothing is blocked."""
    unlike = planned(facts(wants(offer=MISNAMED), lives=[live()], options=[option(to=E3)]))
    twice = wants(seats=20, fewer_seats=FewerSeats.NOW, allow_duplicate_offer=True)
    used = wants(offer=E1, seats=20, fewer_seats=FewerSeats.NOW, fewer_seats_once=SeatPermission(to=20))
    upgraded = state(office=bound(BOUGHT, OFFICE, offer=E5))
    return [
        unlike,
        planned(facts(twice, lives=[live(), _HELD], options=[option(kind=ONLY)])),
        planned(facts(used, lives=[live()], state=resized(20, 25))),
        planned(facts(wants(offer=E5), lives=[live(), live(E5, of=BOUGHT)], state=upgraded)),
        planned(facts(wants(offer=E1), lives=[live(status="suspended")])),
        planned(facts(wants(offer=E1), lives=[live(status="suspended"), live(E3, of=OTHER)])),
        planned(facts(wants(offer=E1, seats=30), lives=[live(seats=20)], state=state(office=bound(seats=30)))),
        planned(facts(wants(offer=E1, seats=30), lives=[live(etag=None)])),
        planned(facts(wants(offer=E1), state=state(office=unseen()))),
        planned(facts(wants(offer=E1, seats=30), lives=[live()], state=resized(30, 25))),
        planned(facts(wants(offer=E1, seats=30), lives=[live()], state=bought_otherwise(30, 25))),
        planned(facts(wants(offer=MODERN), lives=[live(MODERN)], state=state(office=bound(offer=MODERN, writes=800)))),
        *(CustomerPlan(warnings=found.warnings) for found in _unmoved()),
        CustomerPlan(warnings=tuple(_uncovered())),
        CustomerPlan(warnings=tuple(not_counted(unlike.changes, Limits(max_commitment={"USD": 100})))),
    ]


def _uncovered() -> Iterator[Alarm]:
    """Yields what is said of customers and subscriptions that no manifest declares."""
    strangers = (Account(tenant="0c39d6d5-c70d-4c55-bc02-f620844f3fd1", display_name="Stranger"),)
    found = facts(lives=[live()])
    yield from coverage_alarms(strangers, undeclared_subscriptions(found, (), NOW, Moves()))
    yield customers_not_listed("The service answered 503.")


def _unmoved() -> Iterator[Rearranged]:
    """Yields what comes of moves that can't be carried out."""
    places = {"office": Place(file="contoso.yaml", line=6, column=3)}
    removed, moved = Moves(removed=("office",), places=places), Moves(moved={"office": "mail"}, places=places)
    remembered = state(office=bound(), mail=bound(OTHER))
    yield rearranged(remembered, removed, {OFFICE: Address("contoso/main")}, NOW)
    yield rearranged(remembered, moved, {}, NOW)
    yield rearranged(state(office=bound(), pending={"office": pending()}), removed, {}, NOW)
    for left in (state(office=unseen()), state(office=bound(), results=(abandoned(),))):
        yield rearranged(left, removed, {}, NOW)
        alarms = all_tracked_on([left], {Address("contoso/office")}, NOW)
        yield Rearranged(state=left, warnings=tuple(alarms))
