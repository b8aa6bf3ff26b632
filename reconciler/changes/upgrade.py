"""An upgrade: buys a subscription of another offer in place of a traditional one (upgrade-resources). It is one way."""

from reconciler.advice import sentence
from reconciler.changes import traces
from reconciler.changes.case import Case
from reconciler.changes.facts import Question, UpgradesWanted
from reconciler.changes.kind import Kind, Words
from reconciler.changes.rules.reverting import undone_first, upgrade_cannot_be_undone, upgraded_already
from reconciler.changes.rules.seats import (
    new_commerce_only,
    permitted_otherwise,
    seat_loss_not_allowed,
    seats_added_outside,
)
from reconciler.changes.rules.shared import (
    new_commerce_subscription,
    offer_perhaps_held,
    sold_by_another_partner,
    subscription_status_not_active,
)
from reconciler.changes.rules.upgrade import (
    add_on_cannot_be_upgraded,
    cautions,
    choose,
    target_offer_already_held,
)
from reconciler.changes.sending import Accepted, Answer, Performed, Refused, Sending, Unclear
from reconciler.changes.view import Read, Sight, View
from reconciler.model.change import Caution, Change
from reconciler.model.commerce import Commerce
from reconciler.model.errors import NotInSnapshot, ServiceError
from reconciler.model.evidence import Evidence
from reconciler.model.pending import Pending
from reconciler.model.reason import Reason
from reconciler.model.request import Request, UpgradeRequest
from reconciler.model.result import Outcome, Result
from reconciler.model.subscription import Live
from reconciler.model.task import Left
from reconciler.model.term import Platform
from reconciler.model.upgrade import UpgradeOption, UpgradeType

_USERS = {
    UpgradeType.WITH_LICENSE_TRANSFER.value: "licences move along",
    UpgradeType.UPGRADE_ONLY.value: "must be assigned by hand",
}


class UpgradeKind(Kind):
    """The kind whose requests are `UpgradeRequest`s."""

    name = "upgrade"
    request = UpgradeRequest
    symbol = "^"
    words = Words(
        noun="upgrade",
        doing="upgrading",
        done="upgraded",
        effect="the upgrade",
        planned="An upgrade that can go ahead. It is one way: a new subscription takes the old one's place.",
        one_way="buys a new subscription in place of a traditional one and can't be undone",
    )
    buys = True
    attributes = ("offer_id", "quantity")
    rules = (
        subscription_status_not_active,
        add_on_cannot_be_upgraded,
        new_commerce_subscription,
        sold_by_another_partner,
        upgraded_already,
        target_offer_already_held,
        offer_perhaps_held,
        seat_loss_not_allowed,
        permitted_otherwise,
        new_commerce_only,
        seats_added_outside,
    )
    looks = (Read.UPGRADES, Read.LISTING)
    shows_in = (Read.LISTING,)

    def order(self, seats: int) -> int:
        return 30

    def differs(self, case: Case) -> bool:
        """New commerce has transitions instead."""
        return case.offer_changes and case.live is not None and case.live.platform is Platform.TRADITIONAL

    def refusals(self, case: Case) -> tuple[Reason, ...]:
        return undone_first(case, super().refusals(case))

    def lookup(self, case: Case) -> frozenset[Question]:
        known = case.subscription_id in case.facts.upgrades
        return frozenset() if known else frozenset({UpgradesWanted(case.subscription_id)})

    def plan(self, case: Case) -> Request | tuple[Reason, ...]:
        options = case.facts.upgrades[case.subscription_id]
        if isinstance(options, NotInSnapshot):
            return (upgrade_cannot_be_undone(case) or case.because("eligibility_not_in_snapshot"),)
        return (case.unanswered(options),) if isinstance(options, ServiceError) else choose(case, options)

    def cautions(self, case: Case, request: Request) -> tuple[Caution, ...]:
        return cautions(case, UpgradeRequest.of(request))

    def identity(self, pending: Pending) -> tuple[str | int | None, ...]:
        request = UpgradeRequest.of(pending.request)
        request_values = (request.target_offer_id, request.quantity, request.type)
        return (request.action, pending.subscription_id, *request_values, None)

    def unsendable(self, change: Change, view: View) -> str:
        option = _option(UpgradeRequest.of(change.request), view)
        return "" if option and option.permitted else sentence("stale_not_offered")

    def send(self, commerce: Commerce, sending: Sending) -> Answer | Unclear:
        """A 200 is no success: errors inside it mean not done, licence errors alone mean done, with users to assign.

        A target that was there before, or that some address has had, is no answer.
        """
        request = UpgradeRequest.of(sending.pending.request)
        option = _option(request, sending.view)
        if option is None:
            message = "an upgrade was sent without the service's item for it"
            raise ValueError(message)
        answer = commerce.upgrade(
            sending.tenant,
            sending.pending.subscription_id,
            option,
            request.quantity,
            sending.ticket,
            sending.look,
        )
        if answer.upgrade_errors:
            return Refused(errors=answer.upgrade_errors)
        target_id = answer.target_subscription_id
        if target_id is None or target_id in sending.known_ids:
            return Unclear()
        return Performed(subscription_id=target_id, license_errors=answer.license_errors)

    def may_resend(self, source: Live) -> bool:
        return True

    def moved(self, pending: Pending, source: Live, view: View, known_ids: frozenset[str]) -> str:
        """Returns whether the upgrade is offered is read first: once it has performed it, the service may stop to offer
        it.
        """
        lives = view.listing.lives if view.listing else ()
        new = (live for live in lives if live.id not in known_ids and live.offer.id == pending.offer.id)
        if bought := next(new, None):
            return sentence("stale_target_appeared", offer=pending.offer.name or pending.offer.id, id=bought.id)
        option = _option(UpgradeRequest.of(pending.request), view)
        refused = "" if option and option.permitted else sentence("stale_not_offered")
        return traces.difference(view.find(pending.subscription_id), pending.before) or refused

    def confirms(self, pending: Pending, refused: Refused, view: View) -> bool:
        """Returns True if the service's list gives the same errors, or no such upgrade at all."""
        option = _option(UpgradeRequest.of(pending.request), view)
        listed = {error.code for error in option.errors} if option else set[str]()
        return option is None or {error.code for error in refused.errors} <= listed

    def poll(self, pending: Pending, view: View) -> Answer:
        """Never asked: the service answers an upgrade at once."""
        return Accepted()

    def shows(self, pending: Pending, subscription_id: str, view: View) -> Live | None:
        live = view.find(subscription_id)
        wanted = (pending.offer.id, pending.quantity)
        return live if live and (live.offer.id, live.quantity) == wanted else None

    def trace(self, pending: Pending, sight: Sight) -> Evidence:
        return traces.trace_of_purchase(pending, sight)

    def candidates(self, pending: Pending, sight: Sight) -> tuple[Live, ...]:
        return traces.bought(pending, sight)

    def awaited(self, pending: Pending, subscription_id: str) -> str:
        return f"the new subscription {subscription_id}"

    def wanted(self, request: Request) -> str:
        own = UpgradeRequest.of(request)
        return f"upgrade to {own.target_offer_name or own.target_offer_id}, {own.quantity} seats"

    def outcome(self, result: Result) -> str:
        target_id, name = result.target_subscription_id, UpgradeRequest.of(result.request).target_offer_name
        target = f" {sentence('upgraded_into', id=target_id)}" if target_id else ""
        return f"upgraded{f' to {name}' if name else ''}.{target}"

    def way(self, request: Request) -> str:
        return UpgradeRequest.of(request).type

    def users(self, request: Request) -> str:
        way = UpgradeRequest.of(request).type
        return _USERS.get(way, f"the service's upgrade type {way}; see its documentation")

    def leaves_tasks(self, result: Result) -> tuple[Left, ...]:
        """The list of users who were left behind is in the answer: where that was lost, nobody can tell."""
        request = UpgradeRequest.of(result.request)
        if request.type == UpgradeType.UPGRADE_ONLY:
            offer = request.target_offer_name or request.target_offer_id
            return (*super().leaves_tasks(result), Left("assign_users", {"offer": offer}))
        moves = request.type == UpgradeType.WITH_LICENSE_TRANSFER
        lost = moves and result.outcome is Outcome.RECOVERED
        return (Left("compare_users"),) if lost else super().leaves_tasks(result)


def _option(request: UpgradeRequest, view: View) -> UpgradeOption | None:
    """The service's item for the request, whether it is permitted or not."""
    pair = (request.target_offer_id, request.type)
    return next((option for option in view.upgrades or () if (option.target.id, option.type) == pair), None)
