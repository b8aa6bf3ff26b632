"""The estate: every manifest of a directory, read as a whole or refused as a whole."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from reconciler.advice import problem
from reconciler.manifests import settings
from reconciler.manifests.catalogue import Catalogue
from reconciler.manifests.check import check
from reconciler.manifests.declarations import declarations
from reconciler.manifests.details import Details
from reconciler.manifests.estate_files import MovesFile, OffersFile
from reconciler.manifests.files import Directory, Source, digest, source, sources
from reconciler.manifests.moves import MOVES, estate_moves, misplaced_moves
from reconciler.manifests.parse import only_document
from reconciler.manifests.special_files import OFFERS, SPECIAL
from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.desired import Desired
from reconciler.model.errors import EstateEmpty, InvalidInput, Problem
from reconciler.model.moves import EstateMoves, Moves
from reconciler.model.offer import Offer
from reconciler.model.place import Place
from reconciler.model.settings import Settings
from reconciler.model.withheld import description, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """Everything that the manifests say.

    `desired` is sorted by address, `customers` by name; a customer may have no subscriptions. `catalogue` maps an
    offer's name, as written, to the offer. `digest` is `sha256:…` over the files' relative paths and contents.
    `catalogue_places` says where each name of the catalogue is written.
    `customer_files` maps a customer's name to its file, relative to `root`, with slashes; `files` is what was read.
    `details` and `moves` are by the customer's name; `estate_moves` are those of the estate's own file.
    """

    root: Path
    settings: Settings
    desired: tuple[Desired, ...]
    customers: tuple[Customer, ...]
    catalogue: Mapping[str, Offer]
    catalogue_places: Mapping[str, Place] = field(default_factory=dict)
    digest: str
    customer_files: Mapping[str, str]
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    details: Mapping[str, Details] = field(default_factory=dict)
    moves: Mapping[str, Moves] = field(default_factory=dict)
    estate_moves: EstateMoves = field(default_factory=EstateMoves)

    def moves_of(self, customer: str) -> Moves:
        """Returns the moves of a customer's entries: those of its document, and those of the estate's file."""
        return self.moves.get(customer, Moves()).joined(self.estate_moves.of(customer))

    @property
    def catalogue_names(self) -> Mapping[str, tuple[str, ...]]:
        """Returns the names of each offer in the catalogue, by its id, in the file's order."""
        found: dict[str, tuple[str, ...]] = {}
        for name, offer in self.catalogue.items():
            found[offer.id] = (*found.get(offer.id, ()), name)
        return found

    def name_now(self, address: Address) -> Address:
        """Returns an address after all moves that the manifests declare; the same where none is of it."""
        customer = self.estate_moves.customers.last(address.customer)
        return Address(f"{customer}/{self.moves_of(customer).last(address.name)}")

    def names_of(self, address: Address) -> tuple[Address, ...]:
        """Returns every name that the manifests move an address to, over others or at once. Of entries that exchange
        their names each has those of all.
        """
        customer = self.estate_moves.customers.last(address.customer)
        names = self.moves_of(customer).path(address.name) or (address.name,)
        return tuple(Address(f"{customer}/{name}") for name in names)

    def present_name(self, name: str) -> tuple[str, Place] | None:
        """Returns what a customer or an address is called now, and where its old name is written; None where the
        manifests move nothing of that name.
        """
        customer, slash, entry = name.partition("/")
        customers = self.estate_moves.customers
        now = customers.last(customer)
        moves = self.moves_of(now) if slash else Moves()
        place = moves.places.get(entry) if entry in moves.moved else customers.places.get(customer)
        called = f"{now}{slash}{moves.last(entry)}"
        return (called, place) if place and called != name else None


_DEFAULT = "manifests"


def _missing(root: Path, shown: Path) -> InvalidInput:
    """The error of a directory that is not there. A name that leads nowhere may be a secret, and is not repeated."""
    if root.exists():
        return InvalidInput(problem("manifests_not_a_directory", str(shown)))
    if root.name == _DEFAULT:
        return InvalidInput(problem("manifests_missing", str(shown), far=True))
    folder = root.parent if root.parent.is_dir() else Path()
    near = nearest(root.name, (entry.name for entry in folder.iterdir() if entry.is_dir()))
    unshown, where = description(str(shown)), "--manifests (RECONCILER_MANIFESTS)"
    return InvalidInput(problem("manifests_missing", where, unshown=unshown, near=near, far=not near or None))


def read_estate(
    root: Path, *, shown_as: Path | None = None, empty_allowed: bool = False, rehearsal: bool | None = None
) -> Estate:
    """Reads all manifests below a directory. `shown_as` is that directory as messages and places show it; `rehearsal`
    is handed to `read_settings`.

    Raises InvalidInput with every problem of every file, and EstateEmpty where no file declares a subscription, unless
    that is allowed.
    """
    directory = Directory(path=root, shown=shown_as or root)
    if not root.is_dir():
        raise _missing(root, directory.shown)
    problems: list[Problem] = []
    files = sources(directory, problems)
    return _estate(directory, files, problems, empty_allowed=empty_allowed, rehearsal=rehearsal)


def edited_estate(estate: Estate, contents: Mapping[str, bytes], *, rehearsal: bool | None = None) -> Estate:
    """Returns the estate as it is once these files have other contents, by their paths; new ones may be among them.
    Reads no file.

    Raises InvalidInput as `read_estate` does.
    """
    directory = Directory(path=estate.root, shown=estate.root)
    files = [
        Source(relative=relative, shown=directory.show(relative), content=content)
        for relative, content in sorted({**estate.files, **contents}.items())
    ]
    return _estate(directory, files, [], empty_allowed=True, rehearsal=rehearsal)


def _estate(
    directory: Directory, files: list[Source], problems: list[Problem], *, empty_allowed: bool, rehearsal: bool | None
) -> Estate:
    named = _named(files, settings.FILES)
    estate_settings = settings.settings_of(named, directory, problems, rehearsal=rehearsal)
    catalogue = catalogue_of(_named(files, OFFERS), problems)
    of_customers = (file for file in files if file.relative not in SPECIAL)
    declared = declarations(of_customers, catalogue, estate_settings.defaults, problems)
    moves = moves_in(_named(files, MOVES), problems)
    own_moves = {declaration.customer.name: declaration.moves for declaration in declared if declaration.moves.places}
    if not problems:
        names = {
            declaration.customer.name: {entry.address.name for entry in declaration.desired} for declaration in declared
        }
        problems += misplaced_moves(moves, own_moves, names)
    if problems:
        raise InvalidInput.of(dict.fromkeys(problems))
    desired = [entry for declaration in declared for entry in declaration.desired]
    if not (desired or empty_allowed):
        raise _empty(directory, len(files))
    return Estate(
        root=directory.path,
        settings=estate_settings,
        desired=tuple(sorted(desired, key=lambda entry: entry.address)),
        customers=tuple(sorted((declaration.customer for declaration in declared), key=lambda customer: customer.name)),
        catalogue=catalogue.offers,
        catalogue_places=catalogue.places,
        digest=digest(files),
        customer_files=MappingProxyType({declaration.customer.name: declaration.file for declaration in declared}),
        files=MappingProxyType({file.relative: file.content for file in files}),
        details=MappingProxyType({declaration.customer.name: declaration.details for declaration in declared}),
        moves=MappingProxyType(own_moves),
        estate_moves=moves,
    )


def read_catalogue(root: Path) -> Catalogue:
    """Returns the estate's catalogue; an empty one where there is none.

    Raises InvalidInput with every problem of that file.
    """
    directory, problems = Directory(path=root, shown=root), list[Problem]()
    named = (name for name in OFFERS if os.path.lexists(root / name))
    found = [file for name in named if (file := source(directory, name, problems))]
    catalogue = catalogue_of(found, problems)
    if problems:
        raise InvalidInput.of(problems)
    return catalogue


def _named(files: Iterable[Source], names: Iterable[str]) -> list[Source]:
    return [file for file in files if file.relative in names]


def catalogue_of(files: list[Source], problems: list[Problem]) -> Catalogue:
    """Returns the catalogue of these files, one at most. Adds to `problems` what is wrong."""
    before = len(problems)
    document = only_document(files, problems)
    read = check(document, OffersFile, problems) if document else None
    table = document.table("offers") if document else None
    return Catalogue.of(
        {name: entry.offer(name) for name, entry in read.offers.items()} if read else {},
        {name: document.place(key) for name, (key, _) in table.marks.items()} if document and table else {},
        present=bool(files),
        readable=len(problems) == before,
    )


def moves_in(files: list[Source], problems: list[Problem]) -> EstateMoves:
    """Returns the moves of these files, one at most. Adds to `problems` what is wrong."""
    document = only_document(files, problems)
    read = check(document, MovesFile, problems) if document else None
    return estate_moves(document, read, problems) if document and read else EstateMoves()


def _empty(directory: Directory, files: int) -> EstateEmpty:
    shown = directory.show("")
    count = f"{files} {'file' if files == 1 else 'files'}"
    example = directory.show("contoso.yaml")
    return EstateEmpty(problem("nothing_declared", shown, folder=shown, files=count, example=example))
