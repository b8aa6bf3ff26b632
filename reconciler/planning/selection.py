"""The addresses that a run is about."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from reconciler.advice import problem
from reconciler.model.address import Address
from reconciler.model.errors import InvalidInput
from reconciler.model.shard import Shard


@dataclass(frozen=True, slots=True, kw_only=True)
class Globs:
    """`--target` and `--exclude`: globs of addresses; one without a slash means a customer's every address.

    `shard` leaves out the customers of all other shards, and `customers` are the only ones to choose from (None: all).
    That either leaves nobody is no mistake: a small estate has shards without customers, and many a change none.
    `within` is a selection that this one narrows.
    """

    target: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    shard: Shard | None = None
    customers: frozenset[str] | None = None
    within: "Globs | None" = None

    def select(self, addresses: Iterable[Address]) -> frozenset[Address]:
        """The addresses that some target matches (all, where none is given) and no exclusion does.

        Raises InvalidInput for a glob that matches nothing, and where nothing is left: a mistyped target must not look
        like "nothing to do", nor a mistyped exclusion buy what was to be left out.
        """
        declared = tuple(addresses)
        for option, globs in (("--target", self.target), ("--exclude", self.exclude)):
            for glob in globs:
                if not any(_matches(address, glob) for address in declared):
                    raise InvalidInput(problem("no_address_matches", option=option, glob=glob))
        chosen = frozenset(address for address in declared if self.chooses(address))
        if declared and not chosen and self.shard is None and self.customers is None:
            raise InvalidInput(problem("no_address_left", earlier="the reviewed plan" if self.within else ""))
        return chosen

    def matching(self, addresses: Iterable[Address]) -> "Globs":
        """Without the globs that match none of these."""
        declared = tuple(addresses)

        def matched(globs: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(glob for glob in globs if any(_matches(address, glob) for address in declared))

        return replace(self, target=matched(self.target), exclude=matched(self.exclude))

    def narrowed(self, by: "Globs") -> "Globs":
        """Returns what both of them choose. As `by` says it, and where that says nothing, as this one does."""
        return Globs(
            target=by.target or self.target,
            exclude=tuple(dict.fromkeys((*self.exclude, *by.exclude))),
            shard=by.shard or self.shard,
            customers=self.customers,
            within=self,
        )

    def chooses(self, address: Address) -> bool:
        """Returns True if the address is selected."""
        if self.shard and not self.shard.holds(address.customer):
            return False
        if self.customers is not None and address.customer not in self.customers:
            return False
        if self.within and not self.within.chooses(address):
            return False
        wanted = not self.target or any(_matches(address, glob) for glob in self.target)
        return wanted and not any(_matches(address, glob) for glob in self.exclude)


def _matches(address: Address, glob: str) -> bool:
    return fnmatchcase(address if "/" in glob else address.customer, glob)
