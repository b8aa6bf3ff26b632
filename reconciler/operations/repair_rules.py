"""Refuses repairs that would make an address ambiguous, or forget a purchase for ever."""

from collections.abc import Iterable
from datetime import datetime

from reconciler import advice, changes
from reconciler.advice import problem, row_or_none
from reconciler.changes import View
from reconciler.model.address import Address, canonical
from reconciler.model.binding import Bound
from reconciler.model.clocks import Clocks
from reconciler.model.errors import InvalidInput, Problem, StateMissing
from reconciler.model.evidence import Log, Verdict, may_show, open_changes
from reconciler.model.invocation import Invocation
from reconciler.model.pending import SHOWS_WITHIN, Pending, Reply
from reconciler.model.ports import Commerce
from reconciler.model.renewal import SCHEDULED, EndOfTerm
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Customer, Listing, Live
from reconciler.model.task import Task
from reconciler.model.withheld import description


def live_of(commerce: Commerce, customer: Customer, wanted: str) -> Live:
    """Returns the customer's live subscription of this id."""
    listing = commerce.subscriptions(customer.tenant)
    refuse_unreadable(listing, canonical(wanted))
    live = listing.find(canonical(wanted))
    if live is None:
        raise InvalidInput(problem("no_such_subscription", wanted, customer=customer.name, id=wanted))
    return live


def refuse_unreadable(listing: Listing, wanted: str) -> None:
    """Refuses to bind an address to what nobody can compare with its manifest."""
    item = listing.unreadable_as(wanted)
    if item:
        raise InvalidInput(problem("subscription_not_comparable", wanted, sentence=item.sentence))


def refuse_owned(state: CustomerState, address: Address, wanted: str) -> None:
    """Refuses a subscription that another address has or had, or of which a change is open under another address."""
    owner = state.claimed_by(wanted)
    if owner and owner != address.name:
        code = "subscription_bound" if owner in state.subscriptions else "subscription_in_change"
        raise InvalidInput(problem(code, address, id=wanted, owner=state.address(owner), address=address))


def no_such_task(tasks: Iterable[Task], address: Address, code: str) -> Problem:
    """Returns that no such task of the address is open, with those that are; else with those of its customer."""
    own = {task.code: task for task in tasks if address in task.addresses}
    first = next(iter(own), None)
    others = dict.fromkeys(f"{task.address} {task.code}" for task in tasks if address not in task.addresses)
    return problem(
        "no_such_task",
        address,
        task=code if row_or_none(code) else None,
        shown=description(code),
        address=address,
        open=", ".join(own),
        first=first,
        others="" if own else ", ".join(others),
        none="" if own or others else "true",
    )


def bound_of(state: CustomerState, address: Address) -> Bound:
    """Returns where the address is bound. Raises StateMissing where it is not."""
    bound = state.subscriptions.get(address.name)
    if bound is None:
        raise StateMissing(problem("not_tracked", address, address=address))
    return bound


def refuse_untracked(state: CustomerState, address: Address) -> None:
    """Refuses what state knows nothing of: no binding, nothing pending, nothing in doubt."""
    if not any(state.claimed_by(change.subscription_id) == address.name for change in state.open_changes()):
        bound_of(state, address)


def refuse_invisible(bound: Bound, address: Address, clocks: Clocks, doing: str) -> None:
    """Refuses to leave a purchase that does not show yet: whoever declares the old id again would buy it again.

    What has not shown within the day that planning waits for it will not, or is an error to be looked at: plan says so.
    """
    if not bound.visible and clocks.earliest - bound.observed_at <= SHOWS_WITHIN:
        raise InvalidInput(
            problem(
                "bought_and_invisible",
                address,
                address=address,
                doing=doing,
                possible_from=f"{clocks.minute_after(bound.observed_at + SHOWS_WITHIN):%Y-%m-%d %H:%M}",
            )
        )


def refuse_doubted(state: CustomerState, address: Address, clocks: Clocks, *, purchases_only: bool = False) -> None:
    """Refuses while a change that was given up may still show: it would be recorded nowhere, and what was bought could
    be bought again.
    """
    for doubt in state.doubts():
        buys = changes.buys(doubt)
        counts = (buys or not purchases_only) and may_show(doubt, clocks.earliest)
        if counts and state.claimed_by(doubt.subscription_id) == address.name:
            until = doubt.doubted_until + clocks.lag
            times = "twice" if in_doubt_of_a_run(state, doubt, clocks) else "once"
            raise InvalidInput(
                problem(
                    "may_still_show",
                    address,
                    address=address,
                    wanted=changes.of(doubt.request).wanted(doubt.request),
                    what="what it bought" if buys else "what it changed",
                    until=f"{until:%Y-%m-%d %H:%M}",
                    **{times: "true"},
                )
            )


def refuse_name_in_use(state: CustomerState, new: Address) -> None:
    """Refuses a name that means something, or under which something was sent that may still turn out to be done."""
    if new.name in state.names_in_use:
        raise InvalidInput(problem("name_in_use", new, address=new))


def refuse_pending(state: CustomerState, address: Address) -> None:
    """Refuses while a change of the address is pending, with what is known of it and what can settle it."""
    pending = next(iter(state.pending_of(address.name)), None)
    if pending is None:
        return
    how = {Reply.PERSON_NEEDED: "held", Reply.LOGGED: "logged"}.get(pending.reply or Reply.OPEN, "open")
    reply = changes.of(pending.request).left_open(pending)["reply"]
    raise InvalidInput(problem("change_pending", address, address=address, reply=reply, **{how: "true"}))


def doubt_of(state: CustomerState, address: Address) -> Pending | None:
    """Returns the change that was given up for the address and may still show: a person may know better."""
    return next((doubt for doubt in state.doubts() if state.claimed_by(doubt.subscription_id) == address.name), None)


def in_doubt_of_a_run(state: CustomerState, doubt: Pending, clocks: Clocks) -> bool:
    """Returns True if an apply gave the change up, no person has said that it was not done, and it may still show."""
    result = state.result_of(doubt.key)
    by_hand = result is not None and result.by_hand
    return changes.buys(doubt) and may_show(doubt, clocks.earliest) and not by_hand


def doubt_note(doubt: Pending, address: Address, clocks: Clocks, invocation: Invocation) -> str:
    """Returns a note while a change may show after all, with the command of a person who is certain."""
    if not changes.buys(doubt) or not may_show(doubt, clocks.earliest):
        return ""
    until = doubt.doubted_until + clocks.lag
    return (
        f" What was sent may still show until {until:%Y-%m-%d %H:%M}Z. Until then the same may be"
        " asked again, under the same request id, and anything else for its subscription is blocked.\n"
        "If you are certain that it was not done, say so again: "
        + invocation.command("state", "resolve", str(address), "--not-done")
    )


def never_known_note(doubt: Pending | None) -> str:
    """Returns a note on a change whose outcome was never known, of an address that is tracked no more."""
    if doubt is None:
        return ""
    wanted = changes.of(doubt.request).wanted(doubt.request)
    return (
        f" It was never known what became of the request of {doubt.sent_at:%Y-%m-%d} ({wanted}). If it shows after all,"
        " apply records it, and tracks the address again."
    )


def refuse_open_purchase(state: CustomerState, live: Live, now: datetime) -> None:
    """Refuses to bind what a change without an answer may have bought, whatever its quantity is by now: the purchase
    would never be recorded.
    """
    pending = changes.open_purchase(state, live, now)
    if pending:
        owner = state.address(state.name_of(pending))
        raise InvalidInput(problem("maybe_bought", live.id, id=live.id, address=owner))


def refuse_if_done(state: CustomerState, pending: Pending, view: View, address: Address, now: datetime) -> None:
    """Refuses to call a change not done where what it made is there, or may be."""
    rivals, listing = open_changes(state, now), view.listing or Listing()
    evidence = changes.read_back(pending, listing, state.claimed_ids(), rivals, view=view)
    _refuse_if_contested(state, pending, changes.candidates(pending, listing, state.claimed_ids()), address, now)
    if evidence.operation is not None and evidence.verdict is not Verdict.REFUSED:
        raise InvalidInput(problem("order_was_placed", address, address=address, order=evidence.operation))
    if evidence.verdict is Verdict.DONE and evidence.subscription:
        raise InvalidInput(problem("change_was_done", address, address=address, id=evidence.subscription.id))


def refuse_if_logged(log: Log, pending: Pending, address: Address) -> None:
    """Refuses to call a change not done that the service's audit log has as done: it may take a day to show."""
    if log is Log.PERFORMED:
        buys = "true" if changes.buys(pending) else ""
        raise InvalidInput(problem("change_was_logged", address, address=address, buys=buys))


def foreign_ids(listing: Listing | None, named: Iterable[str], address: Address) -> frozenset[str]:
    """The named subscriptions. Raises InvalidInput for one that the customer does not have."""
    foreign = frozenset(named)
    if unknown := sorted(foreign - (listing.ids if listing else frozenset())):
        raise InvalidInput(problem("no_subscription_named", address, id=unknown[0]))
    return foreign


def _refuse_if_contested(
    state: CustomerState, pending: Pending, fitting: tuple[Live, ...], address: Address, now: datetime
) -> None:
    """While two changes compete for one new subscription, to call one of them not done gives it to the other."""
    names = (
        state.claimed_by(other.subscription_id)
        for other in open_changes(state, now)
        if changes.competes(pending, other)
    )
    rivals = [state.address(name) for name in names if name]
    if rivals and fitting:
        raise InvalidInput(
            problem("change_contested", address, address=address, id=fitting[0].id, rivals=", ".join(map(str, rivals)))
        )


def plausible(state: CustomerState, pending: Pending, view: View, wanted: str, address: Address) -> Live:
    """The named subscription, if it can be what the pending change made. Refuses one that shows what it was before."""
    refuse_unreadable(view.listing or Listing(), wanted)
    live, kind = view.find(wanted), changes.of(pending.request)
    other_offer = kind.buys and live is not None and live.offer.id != pending.offer.id
    if live is None or other_offer or not _may_be_of(state, pending, wanted):
        raise _implausible(pending, wanted, address)
    if not kind.buys and kind.shows(pending, wanted, view) is None and changes.unchanged(pending, live):
        shown = kind.present(live)
        raise InvalidInput(problem("shows_as_before", address, id=wanted, address=address, shown=shown))
    return live


def otherwise_note(pending: Pending, wanted: str, view: View) -> str:
    """Returns what shows in place of what was asked for; empty where that shows."""
    live, kind = view.find(wanted), changes.of(pending.request)
    if live is None or kind.shows(pending, wanted, view):
        return ""
    return (
        f" It was to be: {kind.wanted(pending.request)}. Partner Center shows {kind.present(live)} now, and the next"
        " plan compares that with the manifests."
    )


def standing_note(bound: Bound) -> str:
    """Returns what this estate scheduled for a subscription that is tracked no more, and stays; empty for nothing."""
    then = bound.renewal
    if bound.scheduled_by is None or then is None or then.outcome not in SCHEDULED:
        return ""
    date = f"{bound.term_ends:%Y-%m-%d}" if bound.term_ends else ""
    code = "end_stands" if then.outcome == EndOfTerm.ENDS else "schedule_stands"
    return f" {advice.sentence(code, date=date, seats=then.quantity, now=bound.quantity)}"


def refuse_implausible_id(state: CustomerState, pending: Pending, wanted: str, address: Address) -> None:
    """Refuses an id that, whatever the service would show of it, can't be what the pending change made."""
    if not _may_be_of(state, pending, wanted):
        raise _implausible(pending, wanted, address)


def _may_be_of(state: CustomerState, pending: Pending, wanted: str) -> bool:
    """Returns whether the id is a new one, for an upgrade; the subscription's own, for a resize."""
    if not changes.buys(pending):
        return wanted == pending.subscription_id
    return wanted not in {*pending.known_subscription_ids, *state.claimed_ids()}


def _implausible(pending: Pending, wanted: str, address: Address) -> InvalidInput:
    new = f"of the offer {pending.offer.name}, that was not there before, and that no other address has"
    same = f"{pending.subscription_id}, the one that it was to change"
    expected = new if changes.buys(pending) else same
    return InvalidInput(problem("implausible_target", address, id=wanted, address=address, expected=expected))
