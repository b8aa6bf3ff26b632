"""The errors, each kind with the exit code it ends the program with.

    ReconcilerError                       1
    ├── InvalidInput                      1   manifests, settings or arguments hold problems; carries all of them
    ├── EstateEmpty                       1   no manifest declares anything: refused by name
    ├── PlanFileRefused                   1   a plan file was altered, is of another estate, or can't be read
    ├── PlanFileStale                     6   a plan file as a whole is not what is there any more
    ├── LimitExceeded                     5   the operator's limits; nothing was sent
    ├── ClocksDisagree                    1   this machine's clock and the service's are more than a day apart
    ├── NotConfirmed                      1   the person did not say yes, or nobody was there to ask
    ├── Misused                          64   a command was called in a way it can't be
    ├── Interrupted                     130
    ├── StateError                        1
    │   ├── StateDamaged                  1   a state file that can't be understood
    │   ├── StateMissing                  1   the address or customer has no state
    │   ├── WrongLineage                  1   the location belongs to another estate, or lost what it held
    │   ├── StateConflict                 1   somebody else wrote in between (compare-and-swap lost)
    │   ├── StateUnavailable              1   the location can't be read or written
    │   ├── StateUnsafe                   1   the location ignores or refuses the condition on a write
    │   └── LockHeld                      7
    └── ServiceError                      1
        ├── AuthenticationFailed          8   for the run as a whole
        ├── ServiceRefused                1   a definite no: nothing was done
        │   ├── Forbidden                 1
        │   │   ├── RelationshipMissing   1   the customer is not the reseller's
    │   │   ├── CustomerHeld          1   about the customer's account, whatever is asked for it
        │   │   └── PartnerRefused        1   about the reseller itself, whichever customer is asked about
        │   ├── NotFound                  1
        │   ├── NotOnSale                 1   what the request names is not sold any more
        │   ├── StaleEtag                 1   the subscription changed since it was read
        │   └── TooManyRequests           1   refused unseen: the service remembers nothing of the request
        ├── ServiceUnreachable            1   the request never arrived: nothing was done
        ├── Throttled                     1   the service asked for a longer rest than a run takes: nothing was sent
        ├── Overtaken                     1   what a write is about changed before it left: nothing was sent
        ├── NotSent                       1   a write could not leave in time: nothing was sent
        ├── RunStopped                    1   the run was told to stop before the request left: nothing was sent
        ├── NoAnswer                      1   the request may have been performed
        │   └── Inconclusive              1   a write was answered, and the answer leaves that open
        │       └── Conflict              1   by the service's own error: another operation, or this one's first copy
        │           └── OperationInProgress   1   the service may be at work for a day
        └── NotInSnapshot                 1   a snapshot is asked for what it does not hold

Errors carry data: what happened, where, what to do. Prose for people is made at the edge, from `Problem`s.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from reconciler.model.place import Place
from reconciler.model.remedy import Remedy, Step
from reconciler.model.support import Support


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong: where (a place in a file, or an address, a path, an endpoint), what, and what to do.

    `advice.problem` makes it from a code and data. `remedy` is the steps as plain text; a problem that is made from
    text alone has that as its only step.
    """

    where: Place | str | None
    what: str
    remedy: str = ""
    code: str = ""
    steps: tuple[Step, ...] = ()
    data: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        """Makes steps of the text, or the text of the steps."""
        steps = self.steps or ((Step(self.remedy),) if self.remedy.strip() else ())
        object.__setattr__(self, "steps", steps)
        object.__setattr__(self, "remedy", "\n".join(step.plain for step in steps))


class ReconcilerError(Exception):
    """The root. `problems` is never empty; the first names what happened."""

    exit_code = 1

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.what for problem in problems))
        self.problems = problems


class InvalidInput(ReconcilerError):
    """Manifests, settings or arguments hold problems: every one of them, in the order of their places."""

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Self:
        """All problems at once, sorted by file, line and column."""
        return cls(*sorted(problems, key=_place))


class EstateEmpty(ReconcilerError):
    """No manifest declares a subscription. An empty estate is refused, never taken for "nothing to do"."""


class PlanFileRefused(ReconcilerError):
    """A plan file is altered, of another cloud or estate, made from a snapshot, or unreadable."""


class PlanFileStale(ReconcilerError):
    """A plan file as a whole is not what is there any more."""

    exit_code = 6


class LimitExceeded(ReconcilerError):
    """The plan exceeds the operator's limits. Nothing was sent."""

    exit_code = 5


class ClocksDisagree(ReconcilerError):
    """The time is unknown: this machine's clock and the service's are more than a day apart."""


class NotConfirmed(ReconcilerError):
    """Nobody said yes. Nothing was sent."""


class Misused(ReconcilerError):
    """The command line asks for something that makes no sense."""

    exit_code = 64


class Interrupted(ReconcilerError):
    """The user or the CI system stopped the run."""

    exit_code = 130


class StateError(ReconcilerError):
    """An error about state."""


class StateDamaged(StateError):
    """A state file can't be understood. It is never guessed at and never overwritten."""


class StateMissing(StateError):
    """State holds nothing of what was asked for."""


class WrongLineage(StateError):
    """The state location is not this estate's, or is empty though the settings name its lineage."""


class WrongTenant(WrongLineage):
    """A customer's state is of another tenant than the manifests say."""


class StateConflict(StateError):
    """A compare-and-swap was lost: somebody else wrote in between. Nothing was written."""


class StateUnavailable(StateError):
    """The state location can't be read or written."""


class StateUnsafe(StateError):
    """The location does not keep writers apart: a condition on a write, or a file lock, is ignored or refused."""


class LockHeld(StateError):
    """Another run is writing this customer's state."""

    exit_code = 7


class ServiceError(ReconcilerError):
    """Something between us and Partner Center.

    `status` and `code` together tell what it is: the service uses one code under several statuses. `code` is text,
    "" where the answer had none: both are for people and for the log. What the program decides by is the class.
    `remedy` says the problem's remedy as data, where it is known who must act. `own`: the answer was an error of the
    service itself, and of no gateway before it.
    """

    def __init__(
        self,
        *problems: Problem,
        status: int | None = None,
        code: str = "",
        support: Support | None = None,
        remedy: Remedy | None = None,
        own: bool = False,
    ) -> None:
        super().__init__(*problems)
        self.status = status
        self.code = code
        self.support = support
        self.remedy = remedy
        self.own = own

    @property
    def answered(self) -> bool:
        """Returns whether the service, or a gateway before it, answered at all."""
        return self.status is not None


class AuthenticationFailed(ServiceError):
    """The run as a whole may not talk to the service. Never told as "everything is blocked"."""

    exit_code = 8

    @classmethod
    def of(cls, refused: ServiceError, *problems: Problem, remedy: Remedy | None = None) -> Self:
        """Returns what was refused, as the run's: told by these problems and with this remedy, if they are given."""
        return cls(
            *(problems or refused.problems),
            status=refused.status,
            code=refused.code,
            support=refused.support,
            remedy=remedy or refused.remedy,
        )


class ServiceRefused(ServiceError):
    """A definite no from the service: nothing was done."""


class Forbidden(ServiceRefused):
    """The identity may not do this, or may not do it for this customer."""


class RelationshipMissing(Forbidden):
    """The customer is not the reseller's: it left, or never accepted the relationship."""


class CustomerHeld(Forbidden):
    """The refusal is about the customer's account, so it holds for whatever else is asked for this customer."""


class PartnerRefused(Forbidden):
    """The refusal is about the reseller or its identity, so it holds whichever customer is asked about."""


class NotFound(ServiceRefused):
    """The service knows nothing of what was asked for."""


class NotOnSale(ServiceRefused):
    """The item of the catalogue that the request names was replaced or withdrawn."""


class StaleEtag(ServiceRefused):
    """A write named an etag that is no longer current: somebody changed the subscription since it was read."""


class TooManyRequests(ServiceRefused):
    """The service turned the request away unseen, because too many came. It remembers nothing of it."""


class ServiceUnreachable(ServiceError):
    """The request never reached the service: nothing was done."""


class Throttled(ServiceError):
    """The service asks for a longer rest than a run takes, about one customer or at all: nothing was sent."""


class Overtaken(ServiceError):
    """The subject of a write is not as it was when the write was decided: nothing was sent."""


class NotSent(ServiceError):
    """A write could not leave in time, or what it is about could not be looked at again before: nothing was sent."""


class RunStopped(ServiceError):
    """The run was told to stop before the request left: nothing was sent."""


class NoAnswer(ServiceError):
    """A time-out, a dropped connection, a 5xx, or an answer that can't be read: a write may have been performed."""


class Inconclusive(NoAnswer):
    """A write was answered with a refusal that leaves it open whether it was performed: a gateway may have sent it
    twice, and then the second copy meets what the first one did.
    """


class Conflict(Inconclusive):
    """The service's own error under 409: another operation stands in the way, which may be this write's first copy."""


class OperationInProgress(Conflict):
    """Another operation on the subscription is pending; the service may be at work on it for a day."""


class NotInSnapshot(ServiceError):
    """A snapshot answers for the service, and does not hold what was asked for."""


ENDS_RUN = (AuthenticationFailed, ServiceUnreachable, RunStopped)
"""After these nothing else of a run can succeed. Any other ServiceError is a fact about the customer that met it."""


def worst(exit_codes: Iterable[int]) -> int:
    """The exit code that wins where several apply: 130, 9, 1, 8, 4, 5, 6, 7, 3, 2, in that order; else 0."""
    order = (130, 9, 1, 8, 4, 5, 6, 7, 3, 2)
    found = set(exit_codes)
    return next((code for code in order if code in found), 0)


def _place(problem: Problem) -> tuple[str, int, int]:
    where = problem.where
    return (where.file, where.line, where.column) if isinstance(where, Place) else (str(where or ""), 0, 0)
