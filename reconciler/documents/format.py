"""The format of a document: which value it holds, in which version, and how older versions become the present one."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar, get_type_hints

import pydantic
from pydantic import BaseModel, ConfigDict, ValidationError

import reconciler.changes  # noqa: F401 -- documents hold the requests of every kind, once the kinds are loaded
from reconciler import __version__
from reconciler.documents.text import canonical
from reconciler.documents.times import Place, impossible, in_utc, times
from reconciler.documents.unreadable import Fault, Unreadable
from reconciler.model.characters import escaped

Value = TypeVar("Value")

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]
"""From a document's members in one major version to those in the next; `format_version` is set by the format."""

_UNKNOWN_MEMBER = {"unexpected_keyword_argument", "extra_forbidden"}
_LONGEST_VERSION = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A member of the document that stands for a member of the value, and says more: `write` makes it of the whole
    value, `read` takes the value's member out of it. `contradicted` says that it is not what `write` makes.
    """

    name: str
    type: type[Any]
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]
    contradicted: str


@dataclass(frozen=True, eq=False)
class Format(Generic[Value]):
    """The documents `of` one kind of value, a frozen dataclass.

    A document has the value's members, in the order and of the types of the dataclass. A member with a default may be
    missing in what is read, and never is in what is written: so a member that the dataclass gains is written, read and
    in the schema. What is spelt otherwise stands in `derived` and `types`, by the value's member. `required` are
    members with a default that every document had from the first: one without them is damaged.

    `version` is `"major.minor"`, an integer, or None where the document has none. A minor version adds members with
    defaults; a major one changes meaning and needs an upgrade from the version before: `upgrades[0]` leads from 1 to 2,
    and so on. None is ever altered or removed. `closed`: a member that isn't known is refused, since writing the
    document back would lose it; else it is ignored. `names_writer`: the document says which version of the program
    wrote it. `contradiction` finds what of a value contradicts what else it says.
    """

    of: type[Value]
    version: int | str | None
    upgrades: tuple[Upgrade, ...] = ()
    derived: Mapping[str, Derived] = field(default_factory=dict)
    types: Mapping[str, Any] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    closed: bool = False
    names_writer: bool = False
    contradiction: Callable[[Value], str | None] = lambda _: None

    def members(self, value: Value, **dump: Any) -> dict[str, Any]:
        """Returns the members of a value's document, as JSON has them. `dump` are options of `BaseModel.model_dump`."""
        spelt = {name: derived.write(value) if derived else getattr(value, own) for own, name, derived in self._names}
        members: dict[str, Any] = self.shape.model_construct(**self._head, **spelt).model_dump(mode="json", **dump)
        for place, moment in times(value):
            if moment.utcoffset() != timedelta():
                _put(members, place, in_utc(moment))
        return members

    def check_version(self, members: Mapping[str, Any]) -> int:
        """Returns the major version of a document's members. Raises Unreadable where this program does not read it."""
        if self.version is None:
            return 1
        if "format_version" not in members:
            raise Unreadable("no_version")
        version = members["format_version"]
        major = _major(version, like=self.version)
        if major is None or major < 1:
            raise Unreadable("bad_version")
        if major > self._newest:
            writer = members.get("reconciler_version")
            raise Unreadable("newer_version", version=version, reads=self.version, writer=str(writer or "(unknown)"))
        return major

    def value(self, members: dict[str, Any], content: bytes | None = None) -> Value:
        """Returns the value that a document's members are, of whatever version. Raises Unreadable.

        `content` is their canonical spelling, where the caller has it already.
        """
        major = self.check_version(members)
        if content is not None and major == self._newest:
            return self.validated(content)
        try:
            for upgrade in self.upgrades[major - 1 :]:
                members = {**upgrade(members), "format_version": self.version}
        except (AttributeError, LookupError, TypeError, ValueError):
            raise Unreadable("incomplete") from None
        return self.validated(canonical(members))

    def validated(self, content: bytes | str) -> Value:
        """Returns the value of a document of the present version. Raises Unreadable.

        Types are exact, every time is one that a run can have recorded, and derived members agree with the value.
        """
        try:
            document = self.shape.model_validate_json(content)
        except ValidationError as error:
            raise Unreadable("invalid", faults=_faults(error)) from None
        except ValueError:
            raise _invalid((), "a value is out of range") from None
        own = {name: getattr(document, spelt) for name, spelt, _ in self._names}
        own |= {name: derived.read(own[name]) for name, derived in self.derived.items()}
        value = self.of(**own)
        for place in impossible(value):
            raise _invalid(place, "no run can have recorded that time")
        if found := self.contradiction(value):
            raise Unreadable("contradictory", what=found)
        for derived in self.derived.values():
            if derived.write(value) != getattr(document, derived.name):
                raise Unreadable("contradictory", what=derived.contradicted)
        return value

    @cached_property
    def shape(self) -> type[BaseModel]:
        """The document's type. Made when it is first needed: most runs neither read nor write most documents."""
        members: dict[str, Any] = {name: (type(value), ...) for name, value in self._head.items()}
        hints = get_type_hints(self.of, include_extras=True)
        for own, name, derived in self._names:
            types = (derived.type, ...) if derived else (self.types.get(own, hints[own]), self._defaults[own])
            members[name] = types
        config = ConfigDict(strict=True, frozen=True, allow_inf_nan=False, extra="forbid" if self.closed else "ignore")
        return pydantic.create_model(f"{self.of.__name__}Document", __config__=config, **members)

    @property
    def _newest(self) -> int:
        return len(self.upgrades) + 1

    @property
    def _head(self) -> dict[str, Any]:
        version = {} if self.version is None else {"format_version": self.version}
        return {**version, **({"reconciler_version": __version__} if self.names_writer else {})}

    @cached_property
    def _names(self) -> tuple[tuple[str, str, Derived | None], ...]:
        """Each member of the value, the document's member for it, and how that is derived where it is."""
        derived = ((name, self.derived.get(name)) for name in self._defaults)
        return tuple((name, other.name if other else name, other) for name, other in derived)

    @cached_property
    def _defaults(self) -> dict[str, Any]:
        """The members of the value, and their defaults as pydantic takes them."""
        members = fields(self.of)  # type: ignore[arg-type] # a dataclass
        return {member.name: ... if member.name in self.required else _default(member) for member in members}


def _major(version: object, *, like: int | str) -> int | None:
    """The major part of a version that is spelt as that one is; None where it is spelt otherwise."""
    if isinstance(like, int):
        return version if type(version) is int else None
    parts = version.split(".") if isinstance(version, str) else []
    numbers = [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < _LONGEST_VERSION]
    return numbers[0] if len(parts) == len(numbers) == 2 else None  # noqa: PLR2004 -- major and minor


def _default(member: "Field[Any]") -> Any:
    if member.default_factory is not MISSING:
        return pydantic.Field(default_factory=member.default_factory)
    return ... if member.default is MISSING else member.default


def _put(members: Any, place: Place, text: str) -> None:
    for step in place[:-1]:
        members = members[step]
    members[place[-1]] = text


def _faults(error: ValidationError) -> tuple[Fault, ...]:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return tuple(
        Fault(place=_dotted(fault["loc"]), message=escaped(fault["msg"]), unknown=fault["type"] in _UNKNOWN_MEMBER)
        for fault in found
    )


def _invalid(place: Place, message: str) -> Unreadable:
    return Unreadable("invalid", faults=(Fault(place=_dotted(place), message=message),))


def _dotted(place: Place) -> str:
    return ".".join(escaped(str(step)) for step in place) or "the document"
