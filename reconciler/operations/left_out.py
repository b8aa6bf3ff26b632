"""Says why a change that was reviewed is not carried out, and why one that is planned now was not started."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypedDict

from reconciler import planning
from reconciler.advice import row, sentence
from reconciler.model.address import Address
from reconciler.model.change import Blocked, Change
from reconciler.model.customer import Customer
from reconciler.model.errors import PlanFileRefused
from reconciler.model.event import DONE_ALREADY, REVIEWED_ELSEWHERE, CustomerSkipped, Skipped, Stale
from reconciler.model.plan import Plan
from reconciler.model.remedy import Step
from reconciler.model.state import CustomerState
from reconciler.operations.customers import name_passed_on
from reconciler.operations.saved import refuse_foreign
from reconciler.operations.workspace import Workspace
from reconciler.planning import Approval, Elsewhere, Repeated
from reconciler.rendering.phrases import addressed, listed

_REMOVED = "out of state, which tracks it no more"

_LISTED = 10
"""The most addresses of one move that are listed; the rest are counted."""


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """The parts that are left of a `fresh` plan that was `held` against a review, and of the review. `others` are the
    reviews of other requests, by the names that a reader knows them by; one of another estate says nothing. `asked` are
    the addresses that the review shows as blocked and asks something of, and `run` is the command of this run, for
    messages.
    """

    workspace: Workspace
    fresh: Plan
    held: Approval
    declared: Collection[Address]
    others: Mapping[str, Plan]
    asked: Collection[Address] = ()
    run: tuple[str, ...] = ("apply",)

    def __iter__(self) -> Iterator[Stale | Skipped | CustomerSkipped]:
        yield from self._of_names()
        blocked = {item.address: item for item in self.fresh.blocked}
        sent: set[Address] = set()
        blocked_since: set[Address] = set()
        for change, why in self._gone:
            state = self._state_of(change)
            if state and _settles(change, state, self.fresh):
                sent.add(change.address)  # applying settles it, and tells how it ended
            elif done := planning.superseded(change, state):
                yield self._done(change.address, done)
            elif review := self._sending(change, state):
                sent.add(change.address)
                yield self._in_other_review(change.address, review, sent="sent")
            elif found := blocked.get(change.address):
                if change.address not in blocked_since:
                    yield self._blocked(found, "blocked_since")
                blocked_since.add(change.address)
            else:
                yield self._why_left(change, why, state)
        for address, item in blocked.items():
            if address not in sent | blocked_since:
                yield self._blocked(item, "blocked_in_review") if address in self.asked else self._of_others(item)
        yield from self._new()

    def _of_names(self) -> Iterator[Stale]:
        """Yields the reviewed moves that wait for the move of their customer, and the changes of a customer whose name
        another one has now.
        """
        at = self.fresh.created_at
        for move, why in self.held.gone_moves:
            yield Stale(at=at, address=move.address, description=why, after_move=True)
        for change, _ in self._under_present_names:
            if passed := name_passed_on(change, self.workspace.estate):
                yield Stale(at=at, address=change.address, description=passed)

    def _why_left(self, change: Change, why: str, state: CustomerState | None) -> Stale | Skipped:
        """Returns why a reviewed change is left that nothing blocks, and of which nothing was sent."""
        now = planning.outcome_of(change, self.fresh.changes, (), self.fresh.pending)
        desired, warnings = self.workspace.desired_of(change.customer), self.fresh.warnings
        if done := planning.done_already(change, now, desired, state, warnings):
            return self._done(change.address, done)
        if isinstance(now, Change) and (review := self._elsewhere.changes.get(now.item)):
            return self._in_other_review(change.address, review, what=f"change: {planning.worded(now)}")
        if change.address not in self.declared and (review := self._elsewhere.removed.get(change.address)):
            taken_back = sentence("stale_removed_elsewhere", review=review)
            return Stale(at=self.fresh.created_at, address=change.address, description=taken_back, nothing_left=True)
        for review, theirs in () if isinstance(now, Change) else self._elsewhere.at.get(change.address, ()):
            if done := planning.done_already(theirs, now, desired, state, warnings):
                return self._in_other_review(change.address, review, left_to_do=done.left, done=done.description)
        undone = planning.undone_since(change, now, state)
        back = planning.taken_back(change, now, desired, self._stored_of(change))
        means = change.address in self.declared and planning.means_still(change, state)
        nothing = back is not None or (now is None and means and planning.is_usable(change, warnings))
        at, description = self.fresh.created_at, back or undone or why
        after_move = description == why and self._waits_for_move(change)
        return Stale(
            at=at, address=change.address, description=description, nothing_left=nothing, after_move=after_move
        )

    def _waits_for_move(self, change: Change) -> bool:
        """Returns True if state has the change's customer or entry under an earlier name, which this review leaves."""
        renamed = {move.to for move in self.held.new_customer_moves}
        return change.address.customer in renamed or change.address in {move.to for move in self.held.new_moves}

    def _new(self) -> Iterator[Skipped | CustomerSkipped]:
        """Yields what is planned now and was not when it was reviewed."""
        reviews = self._elsewhere
        for change in self.held.new:
            what = f"change: {planning.worded(change)}"
            yield self._unreviewed(change.address, what, reviews.changes.get(change.item))
        removed: dict[tuple[str, str | None], list[Address]] = {}
        for move in self.held.new_moves:
            review = reviews.moves.get(move)
            if move.to:
                yield self._unreviewed(move.address, f"move: to {move.to}", review)
            else:
                removed.setdefault((move.address.customer, review), []).append(move.address)
        for (customer, review), addresses in removed.items():
            yield self._unreviewed_of(customer, addresses, _removal(addresses), review)
        for renamed in self.held.new_customer_moves:
            what = f"move of the customer: from {renamed.customer} to {renamed.to}"
            entries = [entry.address for entry in self.workspace.desired_of(self._customers[renamed.to])]
            yield self._unreviewed_of(renamed.to, entries, what, reviews.customer_moves.get(renamed))

    def _unreviewed_of(
        self, customer: str, addresses: Sequence[Address], what: str, review: str | None
    ) -> Skipped | CustomerSkipped:
        """Returns that something is not carried out for addresses of a customer, once for all of them."""
        if len(addresses) == 1:
            return self._unreviewed(addresses[0], what, review)
        return CustomerSkipped(
            at=self.fresh.created_at,
            customer=customer,
            addresses=tuple(addresses),
            **self._why_unreviewed(what, review),
        )

    def _sending(self, change: Change, state: CustomerState | None) -> str | None:
        """The review whose change of the same address was sent, and is not settled yet; None without one."""
        theirs = self._elsewhere.at.get(change.address, ()) if state else ()
        return next((name for name, other in theirs if state and _settles(other, state, self.fresh)), None)

    @cached_property
    def _gone(self) -> tuple[tuple[Change, str], ...]:
        """The reviewed changes that are not carried out, as they would be told today, and why each is left; but for
        those of a customer whose name another one has now.
        """
        found = self._under_present_names
        return tuple((change, why) for change, why in found if not name_passed_on(change, self.workspace.estate))

    @cached_property
    def _under_present_names(self) -> tuple[tuple[Change, str], ...]:
        return tuple(self._renamed(change, why) for change, why in self.held.gone)

    def _renamed(self, change: Change, why: str) -> tuple[Change, str]:
        """The reviewed change as it would be told today, and why it is left: its entry or its customer may have been
        renamed since. A change under another name is carried out only once that was reviewed.
        """
        address = self._present_name(change)
        if address == change.address:
            return change, why
        renamed = replace(change, address=address, customer=replace(change.customer, name=address.customer))
        return renamed, sentence("stale_entry_renamed", now=address)

    def _present_name(self, change: Change) -> Address:
        """The name that the change's entry has now: that of `moved:`, else where state has its subscription, as entries
        that exchanged their names do.
        """
        estate = self.workspace.estate
        address = estate.name_now(change.address)
        state = self._stored_of(change) if change.before and address == change.address else None
        name = state.claimed_by(change.subscription_id) if state else None
        claimed = state.address(name) if state and name else address
        return claimed if claimed in estate.names_of(change.address) else address

    @cached_property
    def _elsewhere(self) -> Elsewhere:
        ours = {name: self._now(plan) for name, plan in self.others.items() if self._is_of_this_estate(plan)}
        left = {change.address for change in (*self.held.new, *(change for change, _ in self._gone))}
        return planning.elsewhere(ours, self.fresh, self.declared, left, self.held.moves, self.held.customer_moves)

    def _now(self, review: Plan) -> Plan:
        return planning.under_present_names(review, self.fresh, self.workspace.estate.names_of)

    def _is_of_this_estate(self, plan: Plan) -> bool:
        try:
            refuse_foreign(self.workspace, plan)
        except PlanFileRefused:
            return False
        return True

    @cached_property
    def _customers(self) -> Mapping[str, Customer]:
        return {customer.name: customer for customer in self.workspace.estate.customers}

    def _state_of(self, change: Change) -> CustomerState | None:
        """The state of a change's customer, where the address is declared, of the same tenant."""
        return self._stored_of(change) if change.address in self.declared else None

    def _stored_of(self, change: Change) -> CustomerState | None:
        """The state of a change's customer, where it is declared, of the same tenant."""
        customer = self._customers.get(change.address.customer)
        same = customer is not None and customer.tenant == change.customer.tenant
        return self.workspace.state_of(customer, self.workspace.lineage()) if customer and same else None

    def _done(self, address: Address, done: Repeated) -> Skipped:
        return self._skipped(address, DONE_ALREADY, done.description, left_to_do=done.left)

    def _blocked(self, item: Blocked, code: str) -> Skipped:
        """Returns why a part of this review is blocked, and what to do. The steps of several reasons would read as
        alternatives: the plan has them, each with its reason.
        """
        only = item.reasons[0] if len(item.reasons) == 1 else None
        reasons = " ".join(f"{reason.description} [{reason.code}]" for reason in item.reasons)
        several = row(code).steps_for({"several": "true", "address": item.address})
        remedy = addressed(only.remedy) if only else tuple(step for step in several if step.run[1:2] == ("--target",))
        return self._skipped(item.address, code, sentence(code, reasons=reasons), remedy=remedy)

    def _of_others(self, item: Blocked) -> Skipped:
        """Returns that something is blocked of which this review asks nothing, in a line: it may have been for long."""
        codes = ", ".join(reason.code for reason in item.reasons)
        steps = row("blocked").steps_for({"address": item.address})
        return self._skipped(item.address, "blocked", sentence("blocked", codes=codes), remedy=steps)

    def _unreviewed(self, address: Address, what: str, review: str | None) -> Skipped:
        return Skipped(at=self.fresh.created_at, address=address, **self._why_unreviewed(what, review))

    def _why_unreviewed(self, what: str, review: str | None) -> "_Why":
        if review:
            return _Why(
                code=REVIEWED_ELSEWHERE, description=sentence(REVIEWED_ELSEWHERE, review=review, what=what), remedy=()
            )
        return _Why(
            code="not_reviewed",
            description=sentence("not_in_reviewed_plan", what=what),
            remedy=row("not_reviewed").steps_for({"options": self.run[1:]}),
        )

    def _in_other_review(
        self, address: Address, review: str, *, left_to_do: tuple[str, ...] = (), **known: str
    ) -> Skipped:
        description = sentence(REVIEWED_ELSEWHERE, review=review, **known)
        return self._skipped(address, REVIEWED_ELSEWHERE, description, left_to_do=left_to_do)

    def _skipped(
        self,
        address: Address,
        code: str,
        description: str,
        *,
        remedy: tuple[Step, ...] = (),
        left_to_do: tuple[str, ...] = (),
    ) -> Skipped:
        return Skipped(
            at=self.fresh.created_at,
            address=address,
            code=code,
            description=description,
            remedy=remedy,
            left_to_do=left_to_do,
        )


class _Why(TypedDict):
    code: str
    description: str
    remedy: tuple[Step, ...]


def _removal(addresses: Sequence[Address]) -> str:
    """Returns the removal of addresses in words that follow "the reviewed plan does not have this"."""
    if len(addresses) == 1:
        return f"move: {_REMOVED}"
    more = [f"{len(addresses) - _LISTED:,} more"] if len(addresses) > _LISTED else []
    names = listed([*addresses[:_LISTED], *more])
    return f"move: {len(addresses):,} addresses out of state, which tracks them no more ({names})"


def _settles(change: Change, state: CustomerState, fresh: Plan) -> bool:
    """Returns True if this very change is pending, or was given up and shows after all."""
    begun = {(pending.request, pending.subscription_id) for _, pending in state.all_pending()}
    if any(item.address == change.address and item.outcome == "recovered" for item in fresh.pending):
        begun |= {(doubt.request, doubt.subscription_id) for doubt in state.doubts()}
    return (change.request, change.subscription_id) in begun
