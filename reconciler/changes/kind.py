"""The protocol of every kind of change.

Planning asks what differs and what to request; applying sends, reads back and records in one procedure for all; reports
ask for words. Only `send` touches a port. Everything else is a function of values that somebody else has read.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from reconciler.advice import sentence
from reconciler.changes.binding import Done, follow
from reconciler.changes.case import Case
from reconciler.changes.facts import Question
from reconciler.changes.in_words import Detail, present_term, terms, unusual_outcome
from reconciler.changes.rules.shared import Rule
from reconciler.changes.sending import Answer, Refused, Sending, Unclear
from reconciler.changes.view import Read, Sight, View
from reconciler.model.binding import Bound
from reconciler.model.change import Before, Caution, Change
from reconciler.model.commerce import Commerce
from reconciler.model.evidence import Evidence
from reconciler.model.pending import Pending, Reply
from reconciler.model.reason import Reason
from reconciler.model.request import Request
from reconciler.model.result import Licenses, Outcome, Result
from reconciler.model.subscription import Live
from reconciler.model.task import Left


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The printed words of a kind. `effect` is what the service is asked for, as a noun; `planned` a sentence about an
    item of a plan. `one_way` completes "it …" for an approver; empty where the change can be undone.
    """

    noun: str
    doing: str
    done: str
    effect: str
    planned: str
    one_way: str = ""


class Kind(ABC):
    """One kind of change.

    `name` is the tag of its requests, which are of type `request`. Items of one address are carried out by `order`. One
    that `stands_alone` is tried whatever became of the earlier items of its address, except while one of them is
    pending.

    `attributes` are the paths of what it changes, `rules` what speaks against it before the service is
    asked for anything more: all that do are told.

    `buys`: it leaves a new subscription, which may show for a day; until then nothing else is sent for its source.
    `sends_back`: its request is the whole subscription with some members changed, guarded by the etag where it has one.
    `prepares` is read just before the intent is noted, `looks` again just before the request leaves, `shows_in` to see
    what it made, `traced_in` to find out what became of one without an answer. `holds` is how long nobody gives up a
    request without an answer. `unseen` is how one ends that the service took and does not show; None leaves it pending.
    """

    name: ClassVar[str]
    request: ClassVar[type[Request]]
    symbol: ClassVar[str]
    words: ClassVar[Words]
    buys: ClassVar[bool] = False
    sends_back: ClassVar[bool] = False
    stands_alone: ClassVar[bool] = False
    attributes: ClassVar[tuple[str, ...]] = ()
    rules: ClassVar[tuple[Rule, ...]] = ()
    looks: ClassVar[tuple[Read, ...]]
    shows_in: ClassVar[tuple[Read, ...]]
    prepares: ClassVar[tuple[Read, ...]] = ()
    holds: ClassVar[timedelta] = timedelta()
    unseen: ClassVar[Outcome | None] = None

    def traced_in(self, pending: Pending) -> tuple[Read, ...]:
        """Names the reads that tell what became of it, the list among them."""
        return (Read.LISTING,)

    @abstractmethod
    def order(self, seats: int) -> int:
        """Its place among the changes of one address: 10 seats given back, 20 an order, 30 an upgrade, 40 a term, 50
        seats added, 60 what happens when the term ends. `seats` are those that are added, negative where they go.
        """

    @abstractmethod
    def differs(self, case: Case) -> bool:
        """Returns whether the manifest wants something else than is live that this kind brings about."""

    def refusals(self, case: Case) -> tuple[Reason, ...]:
        """Returns the reasons against the change that are known before the service is asked for anything more."""
        return tuple(reason for rule in self.rules if (reason := rule(case)))

    def lookup(self, case: Case) -> frozenset[Question]:
        """Returns what must be read before the change can be decided; empty where all of it is known."""
        return frozenset()

    @abstractmethod
    def plan(self, case: Case) -> Request | tuple[Reason, ...]:
        """The request; else every reason against it. Asked where nothing is left to look up."""

    def leaves(self, live: Live, request: Request) -> Live:
        """The subscription once the request is carried out, as far as the next change of its address depends on it."""
        return replace(
            live,
            offer=request.new_offer or live.offer,
            quantity=live.quantity if request.new_quantity is None else request.new_quantity,
        )

    def cautions(self, case: Case, request: Request) -> tuple[Caution, ...]:
        """Returns the warnings that an approver should read."""
        return ()

    def details(self, change: Change, at: datetime) -> Iterator[Detail]:
        """Yields what a reader must know of an item that was planned at a time, beyond offer and seats: of one that
        takes effect at once the term, what it deletes, and what it commits to. Nothing without a commitment.
        """
        before = change.before
        if before is None or before.term is None:
            return
        now, new = terms(before.term, before.billing), change.request.new_terms
        yield Detail("term", f"{now} -> {terms(*new)}" if new and terms(*new) != now else present_term(before))
        if at_end := unusual_outcome(before):
            yield Detail("at end", f"{at_end} -> deleted by this change" if change.deletes_schedule else at_end)
        yield from self.commits(change, before)

    def commits(self, change: Change, before: Before) -> Iterator[Detail]:
        """Yields what the change binds the customer to, and whether that can be undone."""
        return iter(())

    @abstractmethod
    def identity(self, pending: Pending) -> tuple[str | int | None, ...]:
        """Returns what tells this request from every other of the address: the idempotency key is derived from it."""

    def may_have_left(self, pending: Pending) -> bool:
        """Returns True if its request may have left: then it is in doubt for a while, where nothing shows of it."""
        return True

    def noted(self, pending: Pending, view: View) -> Pending:
        """The intent with what of `prepares` tells the result from what was there before."""
        return pending

    def unsendable(self, change: Change, view: View) -> str:
        """Returns why the planned request can't be made of what planning looked up; empty where it can."""
        return ""

    @abstractmethod
    def send(self, commerce: Commerce, sending: Sending) -> Answer | Unclear:
        """Sends the request, once. Raises NoAnswer where it may have been performed, Overtaken where the last look
        found something changed, another ServiceError where it was not performed.
        """

    @abstractmethod
    def may_resend(self, source: Live) -> bool:
        """Returns True if a request without an answer may be sent once more, where nothing shows of it."""

    @abstractmethod
    def moved(self, pending: Pending, source: Live, view: View, known_ids: frozenset[str]) -> str:
        """Returns what of `looks` is not as it was when the intent was noted, so that the request must not leave; or
        empty.
        """

    def confirms(self, pending: Pending, refused: Refused, view: View) -> bool:
        """Returns True if `looks` bear a refusal out: what forbids the change now would have forbidden it then."""
        return refused.final

    @abstractmethod
    def poll(self, pending: Pending, view: View) -> Answer:
        """Returns what has become of an accepted request by now, by what `shows_in` says."""

    @abstractmethod
    def shows(self, pending: Pending, subscription_id: str, view: View) -> Live | None:
        """The subscription with all that was asked, where the service shows it so."""

    @abstractmethod
    def trace(self, pending: Pending, sight: Sight) -> Evidence:
        """Returns what can be said of a request without an answer, by what it leaves behind."""

    @abstractmethod
    def candidates(self, pending: Pending, sight: Sight) -> tuple[Live, ...]:
        """The subscriptions that may be the result; more than one means that nobody can tell."""

    def binding(self, bound: Bound | None, done: Done) -> Bound:
        """Returns where the address is bound once the change is done."""
        return follow(bound, done)

    def cancellable_until(self, live: Live | None) -> datetime | None:
        """Returns until when a purchase can be cancelled, where the service says so."""
        commitment = live.commitment if live and self.buys else None
        return commitment.cancellable_until if commitment else None

    def promotion(self, live: Live | None) -> str:
        """Returns the promotion that the service applied to a purchase; empty where there is none."""
        commitment = live.commitment if live and self.buys else None
        return commitment.promotion_id if commitment else ""

    @abstractmethod
    def awaited(self, pending: Pending, subscription_id: str) -> str:
        """Returns what is watched for once the service has performed or accepted it. Completes "waiting for …"."""

    @abstractmethod
    def wanted(self, request: Request) -> str:
        """The change in words."""

    def present(self, live: Live) -> str:
        """Returns the live values that the kind changes, as the end of a sentence."""
        return f"{live.offer.name or live.offer.id}, {live.quantity} seats"

    def left_open(self, pending: Pending) -> Mapping[str, str]:
        """The data of advice about a request whose outcome is not known: what the service replied, and the subscription
        that shows whether it was done, where that is no new one. Of what the service accepted, that shows it once it
        is finished, and nobody need say so.
        """
        reply = sentence(f"reply_{pending.reply or 'none'}")
        if self.buys:
            return {"reply": reply, "buys": "true"}
        same_id = {} if pending.reply is Reply.ACCEPTED else {"same_id": pending.subscription_id}
        return {"reply": reply, **same_id}

    @abstractmethod
    def outcome(self, result: Result) -> str:
        """Returns what was done, as a sentence without its subject."""

    def way(self, request: Request) -> str:
        """By which of several ways the service is asked to do it; empty where there is one."""
        return ""

    def particulars(self, request: Request) -> tuple[str, ...]:
        """Returns what is approved of the request beside offer, seats and way, each in words."""
        return ()

    def users(self, request: Request) -> str:
        """Returns what becomes of the people who hold licences; empty where nothing does."""
        return ""

    def leaves_tasks(self, result: Result) -> tuple[Left, ...]:
        """Returns what a person must do once it is done; none where nothing is left."""
        if users := len(result.license_errors):
            return (Left("assign_remaining_users", {"users": f"{users} {'user' if users == 1 else 'users'}"}),)
        if result.licenses is Licenses.FAILED:
            return (Left("assign_remaining_users"),)
        return (Left("check_licences"),) if result.licenses is Licenses.UNKNOWN else ()
