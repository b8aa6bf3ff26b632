"""The addresses that a run is about."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from reconciler.advice import problem
from reconciler.model.address import Address
from reconciler.model.desired import Desired
from reconciler.model.errors import InvalidInput, Problem
from reconciler.model.place import Place
from reconciler.model.shard import Shard
from reconciler.model.withheld import nearest, shown_selection

LABEL = "label:"
"""The beginning of a selection by label. No address holds a colon."""


PresentName = Callable[[str], tuple[str, Place] | None]
"""Returns what a customer or an address is called now, and where its old name is written; None for any other text."""


_EXCLUDE = "--exclude"

_LISTED = 40
"""The labels that are named where none matches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Globs:
    """`--target` and `--exclude`: globs of addresses; one without a slash means a customer's every address.

    `label:emea` means every address that has a label which this matches, as `labels` has them: see `with_labels_of`.
    `shard` leaves out the customers of all other shards, and `customers` are the only ones to choose from (None: all).
    That either leaves nobody is no mistake: a small estate has shards without customers, and many a change none.
    `within` is a selection that this one narrows.
    """

    target: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    shard: Shard | None = None
    customers: frozenset[str] | None = None
    within: "Globs | None" = None
    labels: Mapping[Address, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    def with_labels_of(self, declared: Iterable[Desired]) -> "Globs":
        """Returns the same selection, which knows the labels of what is declared."""
        labels = {desired.address: desired.labels for desired in declared if desired.labels}
        within = self.within and replace(self.within, labels=labels)
        return replace(self, labels=labels, within=within)

    def select(
        self,
        addresses: Iterable[Address],
        option: str = "",
        gone: Collection[str] = (),
        present_name: PresentName = lambda _name: None,
    ) -> frozenset[Address]:
        """The addresses that some target matches (all, where none is given) and no exclusion does. `option` is how the
        targets were typed; `gone` are customers and addresses that may be named though no manifest declares them;
        `present_name` tells what a customer or an address was moved to, and where that is written.

        Raises InvalidInput for a glob that matches nothing, and where nothing is left: a mistyped target must not look
        like "nothing to do", nor a mistyped exclusion buy what was to be left out.
        """
        declared = tuple(addresses)
        for typed, globs in ((option, self.target), (_EXCLUDE, self.exclude)):
            for glob in globs:
                if not self._matches_any(declared, gone, glob):
                    raise InvalidInput(self._unmatched(typed, glob, declared, present_name(glob)))
        chosen = frozenset(address for address in declared if self.chooses(address))
        nothing = not chosen and not any(map(self.chooses_gone, gone))
        if declared and nothing and self.shard is None and self.customers is None:
            raise InvalidInput(problem("no_address_left", earlier="the reviewed plan" if self.within else ""))
        return chosen

    def matching(self, addresses: Iterable[Address], gone: Collection[str] = ()) -> "Globs":
        """Without the globs that match none of these."""
        declared = tuple(addresses)

        def matched(globs: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(glob for glob in globs if self._matches_any(declared, gone, glob))

        return replace(self, target=matched(self.target), exclude=matched(self.exclude))

    def narrowed(self, by: "Globs") -> "Globs":
        """Returns what both of them choose. As `by` says it, and where that says nothing, as this one does."""
        return Globs(
            target=by.target or self.target,
            exclude=tuple(dict.fromkeys((*self.exclude, *by.exclude))),
            shard=by.shard or self.shard,
            customers=self.customers,
            within=self,
            labels=self.labels,
        )

    def chooses_customer(self, customer: str) -> bool:
        """Returns True if some address of the customer may be selected."""
        if (self.shard and not self.shard.holds(customer)) or customer not in (self.customers or {customer}):
            return False
        globs = (glob.partition("/")[0] for glob in self.target)
        return not self.target or any(fnmatchcase(customer, glob) for glob in globs)

    def chooses_all_of(self, customer: str, addresses: Collection[Address]) -> bool:
        """Returns True if a customer is selected as a whole, with what no manifest declares of it: by its name, or by a
        label that all its declared `addresses` have.
        """
        if (self.shard and not self.shard.holds(customer)) or customer not in (self.customers or {customer}):
            return False
        if self.within and not self.within.chooses_all_of(customer, addresses):
            return False
        wanted = not self.target or any(self._is_all_of(customer, addresses, glob) for glob in self.target)
        return wanted and not any(self._is_all_of(customer, addresses, glob) for glob in self.exclude)

    def _is_all_of(self, customer: str, addresses: Collection[Address], glob: str) -> bool:
        """Returns True if a glob means everything of a customer."""
        if glob.startswith(LABEL):
            return bool(addresses) and all(self._matches(address, glob) for address in addresses)
        name = glob.removesuffix("/*")
        return "/" not in name and fnmatchcase(customer, name)

    def chooses_gone(self, name: str) -> bool:
        """Returns True if an address that no manifest declares is selected, or may be of a customer of this name."""
        if "/" in name:
            return self.chooses(Address(name))
        return self.chooses_customer(name) and not any(self._is_all_of(name, (), glob) for glob in self.exclude)

    def _matches_any(self, addresses: Iterable[Address], gone: Iterable[str], glob: str) -> bool:
        """Returns True if a glob may match something. Of a customer who is gone any address may be named, with the
        customer's name written out: a mistyped `*/mial` is of nobody.
        """
        named = (Address(name) for name in gone if "/" in name)
        customers = (name for name in gone if "/" not in name)
        return (
            any(self._matches(address, glob) for address in addresses)
            or any(self._matches(address, glob) for address in named)
            or any(
                fnmatchcase(customer, glob.removesuffix("/*")) or glob.startswith(f"{customer}/")
                for customer in customers
            )
        )

    def chooses(self, address: Address) -> bool:
        """Returns True if the address is selected."""
        if self.shard and not self.shard.holds(address.customer):
            return False
        if self.customers is not None and address.customer not in self.customers:
            return False
        if self.within and not self.within.chooses(address):
            return False
        wanted = not self.target or any(self._matches(address, glob) for glob in self.target)
        return wanted and not any(self._matches(address, glob) for glob in self.exclude)

    def _matches(self, address: Address, glob: str) -> bool:
        if glob.startswith(LABEL):
            wanted = glob.removeprefix(LABEL)
            return any(fnmatchcase(label, wanted) for label in self.labels.get(address, ()))
        return fnmatchcase(address if "/" in glob else address.customer, glob)

    def _unmatched(
        self, option: str, glob: str, declared: Collection[Address], renamed: tuple[str, Place] | None
    ) -> Problem:
        """The problem of a glob that matches nothing, with its present name, or what it may be a slip of."""
        shown = shown_selection(glob) or "''"
        typed = f"{option} {shown}".strip()
        if renamed and any(self._matches(address, renamed[0]) for address in declared):
            present, place = renamed
            which = "excluded" if option == _EXCLUDE else "chosen"
            return problem("selected_by_old_name", old=glob, now=present, place=place, **{which: "yes"})
        if not glob.startswith(LABEL):
            names = declared if "/" in glob else sorted({address.customer for address in declared})
            return problem("no_address_matches", typed=typed, near=nearest(glob, names))
        known = sorted({label for labels in self.labels.values() for label in labels})
        data = {"known": ", ".join(known[:_LISTED])} if known else {"none": "yes"}
        near = nearest(glob.removeprefix(LABEL), known)
        return problem("no_label_matches", typed=typed, near=near, **data)
