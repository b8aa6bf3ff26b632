"""Events of apply while it works. One value a happening; how it is shown is for others to decide."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from reconciler.model.address import Address
from reconciler.model.alarm import REMOVAL_WAITS
from reconciler.model.change import Change
from reconciler.model.cost import Cost
from reconciler.model.remedy import Step
from reconciler.model.result import Outcome, Result
from reconciler.model.state import CustomerState
from reconciler.model.support import Support
from reconciler.model.upgrade import LicenseError


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The intent is durable and the request is about to leave."""

    type: ClassVar[str] = "started"
    at: datetime
    address: Address
    change: Change
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Something is being watched for; repeated for as long as the wait lasts. Times are in seconds."""

    type: ClassVar[str] = "waiting"
    at: datetime
    address: Address
    what: str
    elapsed_seconds: float
    timeout_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAgain:
    """Nothing shows of a request without an answer, and it is about to leave once more, under the same id."""

    type: ClassVar[str] = "sent_again"
    at: datetime
    address: Address
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeeded:
    """Done and recorded. `visible` is False where the service did not show it as asked before the wait ended;
    `otherwise` is then how the service shows it instead, as the end of a sentence, where it shows anything.
    `cancellable_until` is until when a purchase can be cancelled, `promotion` the id of one that the service applied to
    it by itself: where the service says so.

    `license_errors` carry personal data for the licence report; no rendering of events shows it.
    """

    type: ClassVar[str] = "succeeded"
    at: datetime
    address: Address
    result: Result
    visible: bool
    otherwise: str = ""
    cancellable_until: datetime | None = None
    promotion: str = ""
    license_errors: tuple[LicenseError, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """The answer was lost, the change was found done, and that is recorded. The other members are as in Succeeded."""

    type: ClassVar[str] = "recovered"
    at: datetime
    address: Address
    result: Result
    cancellable_until: datetime | None = None
    promotion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDone:
    """An earlier run's change of which nothing shows, given up and recorded as such. Planning decides afresh, unless no
    manifest declares the address any more: then it is not `asked` for.
    """

    type: ClassVar[str] = "not_done"
    at: datetime
    address: Address
    result: Result
    next: tuple[Step, ...]
    asked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The service refused. Recorded where the request had left.

    `in_doubt`: a request for this change was given up without any sign of it, and may turn out to be done after all.
    `holds_customer`: what refused it holds for whatever else is asked for the customer.
    """

    type: ClassVar[str] = "failed"
    at: datetime
    address: Address
    action: str
    code: str
    description: str
    remedy: tuple[Step, ...] = ()
    support: Support | None = None
    in_doubt: bool = False
    holds_customer: bool = False


DONE_ALREADY = "done_already"
"""The code of a change that is skipped since an earlier apply carried it out."""

REVIEWED_ELSEWHERE = "reviewed_elsewhere"
"""The code of a change that is skipped since another review has it, whose job carries it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Not started. `code` says why: interrupted, too_many_failures, canary_failed, lock_held, done_already, …

    `left_to_do` is what a change that was done already left for people to do, a sentence each.
    """

    type: ClassVar[str] = "skipped"
    at: datetime
    address: Address
    code: str
    description: str
    remedy: tuple[Step, ...] = ()
    left_to_do: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSkipped:
    """Not started, for one reason: what would be done in state to several addresses of a customer, or, where it names
    none, to the customer's own name. The other members are as in Skipped.
    """

    type: ClassVar[str] = "customer_skipped"
    at: datetime
    customer: str
    addresses: tuple[Address, ...]
    code: str
    description: str
    remedy: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """Out of date: what was planned is not what is there, or not what the manifests ask, any more.

    `sent`: the request had left by then. It was not carried out, as far as the service shows. `nothing_left`: planned
    again, nothing would be planned for it. `after_move`: the same job carries it out once state has a move that is
    another review's.
    """

    type: ClassVar[str] = "stale"
    at: datetime
    address: Address
    description: str
    sent: bool = False
    nothing_left: bool = False
    after_move: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Sent, and nobody can say whether it was done. It stays pending; `next` says how to settle it."""

    type: ClassVar[str] = "unknown"
    at: datetime
    address: Address
    request_id: str
    description: str
    next: tuple[Step, ...]
    support: Support | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldByService:
    """The service took it, and waits for a person: it stays pending until that one has acted, or a later run finds
    what became of it. `operation` is what the service calls it.
    """

    type: ClassVar[str] = "held"
    at: datetime
    address: Address
    operation: str | None
    description: str
    next: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardLoosened:
    """A limit of the settings that this run raises to `after`, or lifts (None). `before` is what the settings allow,
    None where they say nothing of it; `figure` what the plan comes to, where that is more. Money is in the `currency`.
    """

    type: ClassVar[str] = "guard_loosened"
    at: datetime
    limit: str
    before: int | None
    after: int | None
    figure: int | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostChanged:
    """A change costs otherwise than was reviewed, and is carried out all the same: it commits to no more, or can be
    taken back until the term ends. None stands for no price.
    """

    type: ClassVar[str] = "cost_changed"
    at: datetime
    address: Address
    action: str
    reviewed: Cost | None
    now: Cost | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMoved:
    """State remembers the address under another name, as the manifest says; under none where `to` is None.

    `description` and `next` are empty unless that leaves something to do: what this run found bought for the address
    is declared nowhere.
    """

    type: ClassVar[str] = "moved"
    at: datetime
    address: Address
    to: Address | None
    description: str = ""
    next: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMoved:
    """State remembers the customer under its present name `to`, as the manifest says."""

    type: ClassVar[str] = "customer_moved"
    at: datetime
    customer: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedAlready:
    """A move of the plan was carried out in state before: `new` is None where the name is not tracked any more. `old`
    is an address, or a customer's name; then `number` is how many addresses of it are not tracked any more.
    `description` says when, and by which run.
    """

    type: ClassVar[str] = "moved_already"
    at: datetime
    old: str
    new: str | None
    description: str
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StateNotWritten:
    """A change was made and could not be recorded where it belongs; `state` is what must be pushed by hand.

    `file` is where whoever runs apply has put it, and `next` the command that brings it to its place.
    """

    type: ClassVar[str] = "state_not_written"
    at: datetime
    customer: str
    description: str
    state: CustomerState = field(repr=False)
    file: str = ""
    next: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The end of an apply: how many changes came out which way, how many addresses and customers were moved in state,
    are not tracked any more or, though they are removed, still are, and of how many customers the state was not
    written. What was `given_up` is settled as not done, and no manifest asks for it any more.
    """

    type: ClassVar[str] = "summary"
    at: datetime
    succeeded: int = 0
    with_license_errors: int = 0
    recovered: int = 0
    failed: int = 0
    skipped: int = 0
    done_already: int = 0
    reviewed_elsewhere: int = 0
    stale: int = 0
    unknown: int = 0
    held: int = 0
    not_done: int = 0
    given_up: int = 0
    moved: int = 0
    forgotten: int = 0
    still_tracked: int = 0
    state_not_written: int = 0
    interrupted: bool = False


Event = (
    Started
    | Waiting
    | SentAgain
    | Succeeded
    | Recovered
    | NotDone
    | Failed
    | Skipped
    | CustomerSkipped
    | Stale
    | Unknown
    | HeldByService
    | GuardLoosened
    | CostChanged
    | StateMoved
    | CustomerMoved
    | MovedAlready
    | StateNotWritten
    | Finished
)


def tallied(events: Iterable[Event]) -> Counter[str]:
    """Returns how many events, or addresses of one, each member of Finished counts."""
    counts = Counter[str]()
    for event in events:
        counts[counted(event)] += _addresses(event)
    return counts


def _addresses(event: Event) -> int:
    match event:
        case MovedAlready():
            return event.number
        case CustomerSkipped():
            return len(event.addresses) or 1
        case _:
            return 1


def counted(event: Event) -> str:
    """The member of Finished that counts the event."""
    if isinstance(event, Succeeded | Recovered) and event.result.outcome is Outcome.SUCCEEDED_WITH_LICENSE_ERRORS:
        return "with_license_errors"
    if isinstance(event, StateMoved | CustomerMoved):
        return "moved" if event.to else "forgotten"
    if isinstance(event, MovedAlready):
        return DONE_ALREADY
    if isinstance(event, NotDone) and not event.asked:
        return "given_up"
    if isinstance(event, Skipped) and event.code in REMOVAL_WAITS:
        return "still_tracked"
    if isinstance(event, Skipped | CustomerSkipped):
        return event.code if event.code in {DONE_ALREADY, REVIEWED_ELSEWHERE} else Skipped.type
    return event.type
