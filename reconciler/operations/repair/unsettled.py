"""Refusals while something of an address is pending, or may still show: a repair would lose it for ever."""

from reconciler import changes
from reconciler.advice import problem
from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.clocks import Clocks
from reconciler.model.errors import InvalidInput
from reconciler.model.evidence import may_show
from reconciler.model.pending import SHOWS_WITHIN, Pending, Reply
from reconciler.model.state import CustomerState
from reconciler.model.utc import utc_minute


def refuse_pending(state: CustomerState, address: Address) -> None:
    """Refuses while a change of the address is pending, with what is known of it and what can settle it."""
    pending = next(iter(state.pending_of(address.name)), None)
    if pending is None:
        return
    how = {Reply.PERSON_NEEDED: "held", Reply.LOGGED: "logged"}.get(pending.reply or Reply.OPEN, "open")
    reply = changes.of(pending.request).left_open(pending)["reply"]
    raise InvalidInput(problem("change_pending", address, address=address, reply=reply, **{how: "true"}))


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
                possible_from=utc_minute(clocks.minute_after(bound.observed_at + SHOWS_WITHIN)),
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
                    until=utc_minute(until),
                    **{times: "true"},
                )
            )


def doubt_of(state: CustomerState, address: Address) -> Pending | None:
    """Returns the change that was given up for the address and may still show: a person may know better."""
    return next((doubt for doubt in state.doubts() if state.claimed_by(doubt.subscription_id) == address.name), None)


def in_doubt_of_a_run(state: CustomerState, doubt: Pending, clocks: Clocks) -> bool:
    """Returns True if an apply gave the change up, no person has said that it was not done, and it may still show."""
    result = state.result_of(doubt.key)
    by_hand = result is not None and result.by_hand
    return changes.buys(doubt) and may_show(doubt, clocks.earliest) and not by_hand
