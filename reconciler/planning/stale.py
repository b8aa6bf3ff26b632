"""Compares a change that was planned earlier with what planning comes to now."""

from collections.abc import Iterable, Iterator
from itertools import chain

from reconciler.advice import sentence
from reconciler.changes import of as kind_of
from reconciler.model.alarm import SUBSCRIPTION_NOT_ACTIVE, UNDOING, Alarm
from reconciler.model.change import Before, Binding, Blocked, Change
from reconciler.model.money import Money
from reconciler.model.offer import same_name
from reconciler.model.request import Request
from reconciler.model.unsettled import Unsettled

_OF_PROMOTIONS = frozenset({"promotion_lost", "promotion_limits_seats"})
"""The codes of warnings of a promotion that is there now. Somebody must have seen them, but for what is scheduled: that
can be changed until the end of the term, and an earlier item of the plan may have brought the promotion.
"""


def _to_do(waiting: Unsettled) -> str:
    """Returns what is to be done, or waited for, before there is anything to run."""
    return " ".join(step.text for step in waiting.remedy.steps if not step.run)


def why_stale(planned: Change, now: Change | Blocked | Unsettled | None, warnings: Iterable[Alarm] = ()) -> str | None:
    """Returns why the change must not be carried out as planned; None where planning it afresh gives the same, etag
    apart. `warnings` are what planning warns of today.
    """
    if now is None:
        return sentence("stale_nothing_differs", inactive=_why_unusable(planned, warnings))
    if isinstance(now, Unsettled):
        if now.outcome == "waiting":
            return sentence("stale_waiting", what=now.what, next=_to_do(now))
        return sentence("stale_unsettled", what=now.what)
    if isinstance(now, Blocked):
        return sentence("stale_blocked", reasons="; ".join(reason.description for reason in now.reasons))
    if not _same_binding(planned.binding, now.binding):
        return sentence("stale_applied_since")
    if (planned.customer, planned.subscription_id) != (now.customer, now.subscription_id):
        return sentence("stale_other_subscription", now=now.subscription_id, planned=planned.subscription_id)
    if _request_of(now) != _request_of(planned):
        alike = same_name(now.after.offer_name, planned.after.offer_name)
        ids = alike and now.after.offer_id != planned.after.offer_id
        is_, was = worded(now, unlike=planned, ids=ids), worded(planned, unlike=now, ids=ids)
        return sentence("stale_other_change", now=is_, planned=was)
    if now.moves_offer and not same_name(now.after.offer_name, planned.after.offer_name):
        was, is_ = planned.after.offer_name, now.after.offer_name
        return sentence("stale_offer_renamed", planned=was, now=is_, offer=now.after.offer_id)
    return next(chain(_moved_since(planned.before, now.before), _undone_since(planned, now)), None)


def is_usable(planned: Change, warnings: Iterable[Alarm]) -> bool:
    """Returns False if nothing differs but that nobody can use the subscription: that is left for people to mend."""
    return not _why_unusable(planned, warnings)


def _why_unusable(planned: Change, warnings: Iterable[Alarm]) -> str:
    own = (alarm for alarm in warnings if alarm.address == planned.address)
    return next((alarm.description for alarm in own if alarm.code == SUBSCRIPTION_NOT_ACTIVE), "")


def why_dearer(reviewed: Change, now: Change) -> str | None:
    """Returns that the change commits to more by now, or in another currency, than was reviewed; where no price was
    reviewed, the limits alone decide.
    """
    was, is_ = reviewed.cost, now.cost
    if was is None or is_ is None or (was.currency == is_.currency and is_.committed <= was.committed):
        return None
    then, today = Money(was.currency, was.committed), Money(is_.currency, is_.committed)
    return sentence("stale_commits_more", then=then, now=today)


def _moved_since(before: Before | None, later: Before | None) -> Iterator[str]:
    """Yields what of the subscription is otherwise than planned, and that another partner has it, as far as both are
    known. Of an item that follows others, the end of the term was not known; of an order nothing is there.
    """
    if before is None or later is None:
        return
    if (before.offer_id, before.quantity, before.status) != (later.offer_id, later.quantity, later.status):
        ids = before.offer_id != later.offer_id and same_name(before.offer_name, later.offer_name)
        was, is_ = (_seen(values, ids=ids) for values in (before, later))
        yield sentence("stale_changed", then=was, now=is_)
        return
    pairs = {
        "The term": (before.term, later.term),
        "The billing cycle": (before.billing, later.billing),
        "The end of the term": (before.term_ends, later.term_ends),
        "What happens at the end of the term": (before.renewal, later.renewal),
    }
    for name, (then, now) in pairs.items():
        if then is not None and now is not None and then != now:
            yield sentence("stale_terms_changed", terms=name)
    if later.partner_id and before.partner_id not in {None, later.partner_id}:
        yield sentence("stale_other_partner", now=later.partner_id, then=before.partner_id or "nobody")


def _undone_since(planned: Change, now: Change) -> Iterator[str]:
    """Yields what is to be said of the change now and was not when it was planned: nobody has reviewed that."""
    reviewed = {warning.code for warning in planned.warnings}
    codes = UNDOING if kind_of(now.request).stands_alone else UNDOING | _OF_PROMOTIONS
    for warning in now.warnings:
        if warning.code in codes and warning.code not in reviewed:
            code = "stale_would_undo" if warning.code in UNDOING else "stale_to_review"
            yield sentence(code, change=warning.description)


def outcome_of(
    planned: Change, changes: Iterable[Change], blocked: Iterable[Blocked], pending: Iterable[Unsettled]
) -> Change | Blocked | Unsettled | None:
    """Returns what planning comes to for a planned item now: the change of the same action, else what stands against
    the address, else another change of it.

    What is pending is told, and blocks its address: the block counts. What is planned for another customer, who has the
    name by now, says nothing of it.
    """

    def is_of_it(item: Change | Blocked | Unsettled) -> bool:
        return item.address == planned.address and item.customer.tenant == planned.customer.tenant

    of_address = [change for change in changes if is_of_it(change)]
    found: tuple[Change | Blocked | Unsettled, ...] = (
        *(change for change in of_address if change.action == planned.action),
        *(item for item in blocked if is_of_it(item)),
        *(item for item in pending if is_of_it(item)),
        *of_address,
    )
    return next(iter(found), None)


def worded(change: Change, *, unlike: Change | None = None, ids: bool = False) -> str:
    """Returns what the change comes to, in words; with its offer's id where the name does not tell it from another.

    What is approved beside offer and seats is named where the change differs in it from the one that it is `unlike`.
    """
    kind, after = kind_of(change.request), change.after
    way = kind.way(change.request)
    by = f" by {way}" if way else ""
    same = unlike if unlike and unlike.action == change.action else change
    others = kind.particulars(same.request)
    differing = "".join(
        f", {particular}" for particular in kind.particulars(change.request) if particular not in others
    )
    does = f"{change.action} {'to' if change.before else 'of'}"
    return f"{does} {_called(after.offer_name, after.offer_id, ids=ids)}, {after.quantity} seats{by}{differing}"


def _request_of(change: Change) -> tuple[str, str, int, Request]:
    """Returns what the service is asked for; what the offer is called is no part of it."""
    return change.action, change.after.offer_id, change.after.quantity, change.request


def _same_binding(planned: Binding, now: Binding) -> bool:
    """A lineage that was not there yet when planning is no difference: somebody else's first apply made it."""
    lineage = planned.lineage is None or planned.lineage == now.lineage
    return lineage and (planned.id, planned.last_request_id) == (now.id, now.last_request_id)


def _seen(before: Before, *, ids: bool) -> str:
    return f"{_called(before.offer_name, before.offer_id, ids=ids)}, {before.quantity} seats, {before.status}"


def _called(name: str, offer_id: str, *, ids: bool) -> str:
    return f"{name} ({offer_id})" if ids and name else name or offer_id
