"""One plan of new commerce for every thing that can be said of it: every rule, every warning, and their steps."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from reconciler.model.capabilities import Capabilities, unavailable
from reconciler.model.promotion import Promotion
from reconciler.model.renewal import AtRenewal, ScheduleForm
from reconciler.model.request import RenewalRequest
from reconciler.model.result import Outcome
from reconciler.model.subscription import Live
from reconciler.model.term import ChangeTerm, Platform, Renew, SeatPermission, Term
from reconciler.model.transition import TransitionErrorCode
from reconciler.model.upgrade import UpgradeError
from reconciler.planning import CustomerPlan, PromotionWanted
from tests.planning.cases import (
    E1,
    HIGHER,
    MAY_MOVE,
    MODERN,
    NOW,
    OFFICE,
    OTHER,
    bound,
    committed,
    facts,
    live,
    path,
    planned,
    result,
    state,
    wants,
)
from tests.planning.modern import AT_ONCE, LATER, come_to, ending, office, ours, refundable, renews, scheduled

_REFUSED = [
    path(UpgradeError(code=code.name.lower(), number=code.value, description=f"The service says {code.value}."))
    for code in TransitionErrorCode
]
_LAPSING = office(then=AtRenewal(outcome="lapses"), auto_renew=False, ends_at=NOW + timedelta(days=20))
_ENDING = RenewalRequest(kind="renewal", outcome="ends", form=ScheduleForm.ACTIONS)
_UNSECURED = state(
    results=tuple(
        replace(result(request_id=number), request=_ENDING, outcome=Outcome.NOT_SECURED, subscription_id=OFFICE)
        for number in ("request-1", "request-2")
    ),
    office=bound(offer=MODERN),
)
_IN_US, _FIFTY = PromotionWanted("P1", "US"), Promotion(id="P1", name="First year", most_seats=50)
_TRIAL = office(then=renews(25), of={"is_trial": True}, term="monthly")
_OVER = SeatPermission(to=20, until=NOW.date() - timedelta(days=1))


def service() -> list[CustomerPlan]:
    """Returns what the service may say against a transition."""
    return [
        *(come_to(office(), offer=HIGHER, options=(refused,)) for refused in _REFUSED),
        come_to(office(), offer=HIGHER, options=()),
        come_to(office(), offer=HIGHER, options=(path(to=E1),)),
    ]


def rules() -> list[CustomerPlan]:
    """Returns what the rules say of new commerce."""
    seen = scheduled(20, ends_at=NOW + timedelta(hours=71))
    extended = replace(office(), offer=HIGHER, commitment=committed(term="monthly"))
    was = bound(offer=MODERN, term="annual", term_ends=NOW - timedelta(days=3))
    nowhere = Capabilities(new_commerce=unavailable("china_has_no_new_commerce"))
    same = replace(scheduled(25), commitment=replace(committed(then=renews(25)), form=ScheduleForm.INSTRUCTIONS))
    return [
        planned(facts(wants(offer=E1, renew=Renew.END), lives=[live()])),
        come_to(replace(office(), platform=Platform.OTHER, product="azure"), seats=30),
        planned(facts(wants(offer=MODERN), lives=[extended], state=state(office=was))),
        planned(facts(wants(offer=MODERN, seats=30), lives=[office()]), capabilities=nowhere),
        come_to(office(**refundable(2)), seats=20, fewer_seats=AT_ONCE),
        come_to(office(**refundable(2)), seats=20, fewer_seats=AT_ONCE, fewer_seats_once=SeatPermission(to=20)),
        come_to(office(**refundable(25)), seats=20, fewer_seats=AT_ONCE, fewer_seats_once=SeatPermission(to=21)),
        come_to(office(**refundable(25)), seats=20, fewer_seats=AT_ONCE, fewer_seats_once=_OVER),
        come_to(office(ends_at=None), seats=20, fewer_seats=AT_ONCE),
        come_to(office(40), bound(offer=MODERN), seats=20, fewer_seats=LATER),
        come_to(office(40), bound(offer=MODERN), seats=30, fewer_seats=LATER),
        come_to(scheduled(20), seats=30),
        come_to(same, seats=30),
        come_to(office(then=AtRenewal(outcome="unclear")), seats=30),
        come_to(seen, ours(seen), offer=HIGHER, seats=20, fewer_seats=LATER),
        come_to(_LAPSING, seats=20, fewer_seats=LATER),
        come_to(_TRIAL, seats=30),
        come_to(_TRIAL, offer=HIGHER),
        come_to(office(promotion_id="P1"), seats=60, market="US", promotions={_IN_US: _FIFTY}),
        come_to(office(), term=Term.MONTHLY, change_term=ChangeTerm.NOW),
        come_to(office(term="triennial", of={"billing": "triennial"}), term=Term.ANNUAL),
        come_to(office(), offer=HIGHER, transfer="never"),
        come_to(live(HIGHER), bound(offer=MODERN, billing="none"), offer=MODERN),
        planned(facts(wants(offer=MODERN, renew=Renew.END), lives=[office()], state=_UNSECURED)),
        planned(facts(wants(offer=HIGHER), lives=[office(), live(HIGHER, of=OTHER)])),
        come_to(office(), offer=HIGHER, transfer="required", options=(path(kind=MAY_MOVE),)),
    ]


def cautions() -> list[CustomerPlan]:
    """Returns what is warned of where nothing is blocked."""
    began: dict[str, Any] = {"of": {"created_at": NOW - timedelta(days=400)}, "starts_at": NOW - timedelta(days=2)}
    promoted = office(promotion_id="P1")
    return [
        come_to(office(), offer=HIGHER, options=(path(kind=MAY_MOVE),)),
        come_to(promoted, offer=HIGHER),
        come_to(promoted, seats=30),
        come_to(office(**refundable(25), **began), seats=20, fewer_seats=LATER),
        come_to(office(), renew=Renew.END),
        come_to(_TRIAL),
        come_to(_LAPSING),
        come_to(replace(_LAPSING, status="suspended")),
        come_to(office(), ours(scheduled(20)), seats=20, fewer_seats=LATER),
        come_to(office(of={"status": "deleted"}), renew=Renew.END),
        come_to(office(), fewer_seats=AT_ONCE, fewer_seats_once=_OVER),
        *(_left(seen) for seen in (ending(), scheduled(20))),
    ]


def _left(seen: Live) -> CustomerPlan:
    """Returns the plan of a customer whose entry of this subscription is gone."""
    lives = [seen, live(of=OTHER)]
    return planned(facts(wants("mail", offer=E1, of=OTHER), lives=lives, state=state(office=ours(seen))))
