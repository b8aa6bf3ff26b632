"""The part of a plan that is of an earlier snapshot (`plan --recent`), and the customers that were read again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Literal

WhyRead = Literal[
    "not_in_snapshot",
    "not_listed",
    "in_log",
    "applied_since",
    "unsettled",
    "term_over",
    "status_moves_on",
    "something_to_do",
]
"""The reasons for which a customer is read again, in the order in which they are told.

`not_in_snapshot`: the snapshot does not have it whole. `not_listed`: the partner's list of customers, which a plan of
the whole estate reads, lacks it. `in_log`: the service's log names it. `applied_since`: an apply
has recorded something of it since. `unsettled`: something is pending or in doubt, or does not show yet. `term_over`: a
term or a trial ends, or may have ended: time alone changes it. `status_moves_on`: a subscription has a status that time
alone changes. `something_to_do`: by the snapshot, something is to be planned, blocked, or was changed outside.
"""

NOT_SEEN = (
    "what the service's log shows late",
    "what Microsoft, other partners and customers did",
    "transitions that were started in the portal",
    "traditional subscriptions that ended",
)
"""Things that may happen to a customer while the log does not name it: it lags, it is the partner's own, it has no word
for a transition, and no list tells when a traditional subscription ends (auditing-resources; OperationType of the SDK).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAgain:
    """A customer that was read live, by its name."""

    customer: str
    reasons: tuple[WhyRead, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """The share of an earlier snapshot in a plan. Everything that it changes or blocks was read live all the same.

    `as_of` is when the reading of the snapshot began, None where there was none. `log_since` is from when on the
    service's log was read, None where it was not. `kept` counts the customers that are as the snapshot has them;
    `again` are those that were read live. `everything` says why all of them were. `not_seen` is what may have happened
    to those that were kept, though nothing here tells it.
    """

    as_of: datetime | None = None
    log_since: datetime | None = None
    kept: int = 0
    again: tuple[ReadAgain, ...] = ()
    everything: str = ""
    not_seen: tuple[str, ...] = ()


def joined(parts: Iterable[Recent | None]) -> Recent | None:
    """Returns several plans' as one, as old as the oldest of them; None where none has any. All of it was read live
    only where each part was.
    """
    found = [part for part in parts if part is not None]
    if not found:
        return None
    return Recent(
        as_of=min((part.as_of for part in found if part.as_of), default=None),
        log_since=min((part.log_since for part in found if part.log_since), default=None),
        kept=sum(part.kept for part in found),
        again=tuple(chain.from_iterable(part.again for part in found)),
        everything=found[0].everything if all(part.everything for part in found) else "",
        not_seen=tuple(dict.fromkeys(chain.from_iterable(part.not_seen for part in found))),
    )
