"""The values of an import: its extent, an entry beside what is live, and what came of it all."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from reconciler.manifests.editing import Values
from reconciler.manifests.live_values import Merged, live_values, merged_values
from reconciler.manifests.writing import LeftOut
from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.commerce import Account
from reconciler.model.customer import Customer
from reconciler.model.desired import Desired
from reconciler.model.errors import Problem, ServiceError
from reconciler.model.offer import Offer
from reconciler.model.place import Place
from reconciler.model.subscription import Live
from reconciler.operations.editing import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMode:
    """The extent of an import: `overwrite` takes back what the manifests ask for and is not live, `new_only` touches no
    entry that is there, `update_ids` writes the ids of today for those from before an upgrade.
    """

    overwrite: bool = False
    new_only: bool = False
    update_ids: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadCustomer:
    """A customer whose subscriptions could not be read, and why."""

    account: Account
    error: ServiceError


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryComparison:
    """An entry, what is live of it, and what state remembers. `why` is the reason that nothing can be compared, ""
    where there is none, and `is_open` whether it is a change whose outcome is unknown; `live` is None where the
    subscription is not in the customer's list.
    """

    desired: Desired
    live: Live | None
    bound: Bound | None
    why: str
    is_open: bool = False
    now: datetime
    mode: ImportMode

    @property
    def differs(self) -> bool:
        """Returns whether the entry says anything else than is live."""
        found = self.merged({})
        return bool(found.edits or found.kept or found.why_not)

    def merged(self, names: Mapping[str, str]) -> Merged:
        """The values to write, with the offers' names by their ids."""
        if self.live is None or self.why:
            return Merged(why_not=self.why)
        overwrite = self.mode.overwrite
        return merged_values(self.desired, self.live, self.bound, names, self.now, overwrite=overwrite)

    @property
    def gone(self) -> bool:
        """Returns whether the customer has the subscription no more."""
        return self.live is None and not self.why

    def wishes(self, names: Mapping[str, str]) -> Values:
        """The live values of what the entry asks for and is not live: not of what somebody changed at the service."""
        if self.live is None:
            return {}
        kept = replace(self, mode=ImportMode()).merged(names).kept
        live = live_values(self.desired, self.live, names)
        return {key: live[key] for key in kept}

    @property
    def current_id(self) -> Mapping[str, str]:
        """The id of today, where the entry names one from before an upgrade, and that is to be replaced."""
        bound = self.bound
        if not self.mode.update_ids or bound is None or self.live is None or self.why:
            return {}
        return {"id": bound.id} if self.desired.subscription_id in bound.previous_ids else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An entry that asks for what is not live: it stays as it is, or is taken back where that was asked for.

    `lines` are the values, each with what is live; there are none where the subscription is gone. `why` is the reason
    that nothing was compared, "" where it was, and `is_open` whether that is a change whose outcome is unknown.
    """

    desired: Desired
    lines: tuple[Line, ...] = ()
    why: str = ""
    is_open: bool = False
    taken_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The files that are other than before, by their paths within the estate, with their contents.

    `customers` and `subscriptions` are how many were read and are declared now. `lines` are the values that were
    edited, `added` the new addresses in files that there were, `removed` those that are gone; `new_files` are those
    that there were not, and `not_declared` is how many subscriptions their comments name. `kept` are the entries that
    ask for what is not live. `left_out` are the subscriptions of other files that nothing declares and that can't be
    declared. `poor` are names that say nothing, and that no state holds yet, with their files. `refused` are edits that
    could not be made. `extended` are the addresses that are written as what the extended service term made of them.
    `named_otherwise` are offers of the catalogue that the service calls otherwise, and how it calls them. `leaving` are
    customers that the manifests remove, and that are not imported again; `gone` those that the manifests declare and
    the partner's list of customers does not have. `comments_gone` are the comments, each with its place, that stood in
    what was replaced or removed.
    """

    files: Mapping[str, bytes]
    schemas: Mapping[str, str]
    customers: int
    subscriptions: int
    not_declared: int = 0
    lines: tuple[Line, ...] = ()
    added: Mapping[str, tuple[Address, ...]] = field(default_factory=dict)
    removed: tuple[Address, ...] = ()
    new_files: tuple[str, ...] = ()
    kept: tuple[Kept, ...] = ()
    left_out: tuple[tuple[str, LeftOut], ...] = ()
    poor: tuple[tuple[str, str], ...] = ()
    refused: tuple[Problem, ...] = ()
    named_otherwise: tuple[tuple[Offer, str], ...] = ()
    extended: tuple[Address, ...] = ()
    unread: tuple[UnreadCustomer, ...] = ()
    leaving: tuple[Customer, ...] = ()
    gone: tuple[Customer, ...] = ()
    comments_gone: tuple[tuple[Place, str], ...] = ()
