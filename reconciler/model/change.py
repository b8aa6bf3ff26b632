"""What would be done, and why something can't be."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Literal, Self

from reconciler.model.address import Address
from reconciler.model.invocation import Invocation
from reconciler.model.renewal import AtRenewal
from reconciler.model.request import Request
from reconciler.model.subscription import Customer, Desired, Live, Place, same_name, terms_of
from reconciler.model.support import Support
from reconciler.model.term import Platform

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema
    from pydantic_core.core_schema import SerializationInfo


class Actor(StrEnum):
    """Who must act before a blocked item can go ahead. `OTHER_PARTNER`, another reseller, takes steps only: an item
    waits for one whom this partner can ask.
    """

    PARTNER = "partner"
    CUSTOMER = "customer"
    MICROSOFT = "microsoft"
    OTHER_PARTNER = "other_partner"


class Retry(StrEnum):
    """Returns True if waiting helps, and how long."""

    NO = "no"
    MINUTES = "minutes"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One attribute that differs. `path` is dotted: `offer_id`, `quantity`, `status`."""

    path: str
    before: str | int | bool | None
    after: str | int | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A subscription as planning saw it; what apply finds must be the same, its etag apart.

    `partner_id` is who sold it: empty where the service names nobody, None where an older version wrote this. `term`,
    `billing`, `term_ends` and `renewal` are None where they are unknown.
    """

    offer_id: str
    offer_name: str
    quantity: int
    status: str
    etag: str | None
    partner_id: str | None = None
    term: str | None = None
    billing: str | None = None
    term_ends: datetime | None = None
    renewal: AtRenewal | None = None

    @classmethod
    def of(cls, live: Live) -> Self:
        """Returns what of a live subscription a change depends on."""
        return cls(
            offer_id=live.offer.id,
            offer_name=live.offer.name,
            quantity=live.quantity,
            status=live.status,
            etag=live.etag,
            partner_id=live.partner_id or "",
            **terms_of(live),
        )

    @property
    def values(self) -> tuple[object, ...]:
        """Returns what a change depends on, the version of the subscription and names of offers apart."""
        terms = (self.term, self.billing, self.term_ends, self.renewal)
        return (self.offer_id, self.quantity, self.status, *terms)

    @property
    def new_commerce(self) -> bool:
        """Returns whether the subscription has a commitment. No etag guards its PATCHes."""
        return self.renewal is not None

    @property
    def platform(self) -> Platform:
        """Returns the platform: only subscriptions of these two are changed."""
        return Platform.NEW_COMMERCE if self.new_commerce else Platform.TRADITIONAL


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """A subscription as the manifest wants it.

    `offer_name` is the service's name of the offer; ours where the service's is not known. `catalogue_name` is what
    `offers.yaml` calls it, empty where it has no name there. `term`, `billing`, `term_ends` and `renewal` are None
    where they are not managed.
    """

    offer_id: str
    offer_name: str
    quantity: int
    catalogue_name: str = ""
    term: str | None = None
    billing: str | None = None
    term_ends: datetime | None = None
    renewal: AtRenewal | None = None

    @classmethod
    def of(cls, desired: Desired, service_name: str = "") -> Self:
        """Returns what of a manifest's entry a change brings about, by the service's name where it is known."""
        offer = desired.offer
        return cls(
            offer_id=offer.id,
            offer_name=service_name.strip() or offer.name,
            quantity=desired.quantity,
            catalogue_name="" if offer.name == offer.id else offer.name,
            term=desired.term,
            billing=desired.billing,
        )

    @property
    def other_name(self) -> str:
        """The catalogue's name where it is another than `offer_name`, letter case and blanks apart; else empty."""
        return "" if same_name(self.catalogue_name, self.offer_name) else self.catalogue_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What state said of the address when the change was planned.

    `lineage` is None where state had nothing of this customer yet; `last_request_id` is that of the address's latest
    result. Any difference at apply time means that somebody applied in between.
    """

    lineage: str | None
    id: str
    last_request_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """Something to know before approving a change; it blocks nothing."""

    code: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that apply would do: one item of an address, which may have several of different actions.

    `before` of a later item is what the earlier ones leave. `request` is what the service is asked for.
    """

    address: Address
    customer: Customer
    subscription_id: str
    action: str
    before: Before
    after: After
    differences: tuple[Difference, ...]
    request: Request
    binding: Binding
    warnings: tuple[Caution, ...] = ()
    source: Place

    @property
    def item(self) -> tuple[Address, str]:
        """Returns what tells it from every other change of a plan."""
        return self.address, self.action

    @property
    def seats(self) -> int:
        """Seats added; negative where they are removed."""
        return self.after.quantity - self.before.quantity

    @property
    def moves_offer(self) -> bool:
        """Returns True if the subscription has another offer afterwards."""
        return self.before.offer_id != self.after.offer_id

    @property
    def seats_upgraded(self) -> int:
        """Seats bought under another offer, those that are added included."""
        return self.after.quantity if self.moves_offer else 0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of advice: a text, a command, or a text that leads to a command.

    `run` is the command: the arguments after `reconciler`, unquoted. The flags in force are added where it is shown. An
    argument in upper case (`SUBSCRIPTION_ID`) is for the reader to fill in. `by` is who takes the step.
    """

    text: str = ""
    run: tuple[str, ...] = ()
    by: Actor = Actor.PARTNER

    @property
    def plain(self) -> str:
        """The step as text, its command on a line of its own and without the flags in force."""
        return Invocation().shown(self.text, self.run)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What to do about a reason: for whom it waits, whether waiting helps, the steps in order, and a link where there
    is one.
    """

    actor: Actor
    retry: Retry
    steps: tuple[Step, ...]
    url: str | None = None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Any], handler: "GetCoreSchemaHandler") -> "CoreSchema":
        """In a document each step is its text, with the command that a reader types."""
        from pydantic_core import core_schema

        written = handler(RemedyDocument)
        return core_schema.no_info_after_validator_function(
            RemedyDocument.remedy,
            written,
            serialization=core_schema.plain_serializer_function_ser_schema(
                RemedyDocument.of, info_arg=True, return_schema=written
            ),
        )

    @property
    def first(self) -> Actor:
        """Returns who must act first: whoever takes the first step, but nobody before Microsoft where waiting alone
        helps.
        """
        passes = self.actor is Actor.MICROSOFT and self.retry is not Retry.NO
        return self.actor if passes or not self.steps else self.steps[0].by


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyDocument:
    """A remedy as documents have it. `steps` are text as it is shown, each command the last line of its step; its
    words, without the flags in force, are in `commands`. `steps_by` says who takes each step.
    """

    actor: Actor
    retry: Retry
    steps: tuple[str, ...]
    steps_by: tuple[Actor, ...] = ()
    commands: tuple[tuple[str, ...], ...] = ()
    url: str | None = None

    @classmethod
    def of(cls, remedy: Remedy, info: "SerializationInfo") -> Self:
        """The remedy to be written. The context's `invocation` holds the flags in force."""
        invocation = (info.context or {}).get("invocation") or Invocation()
        return cls(
            actor=remedy.actor,
            retry=remedy.retry,
            steps=tuple(invocation.shown(step.text, step.run) for step in remedy.steps),
            steps_by=tuple(step.by for step in remedy.steps),
            commands=tuple(step.run for step in remedy.steps),
            url=remedy.url,
        )

    def remedy(self) -> Remedy:
        """The remedy again. Of a document that an older version wrote, the commands are part of the texts."""
        steps = zip_longest(self.steps, self.steps_by[: len(self.steps)], self.commands[: len(self.steps)])
        return Remedy(
            actor=self.actor,
            retry=self.retry,
            steps=tuple(
                Step(text.rpartition("\n")[0] if run else text, run or (), by or Actor.PARTNER)
                for text, by, run in steps
            ),
            url=self.url,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an item is blocked. `number` is the service's integer where it has one; `details` its own words.

    `support` is there where a question got no answer: what Microsoft is to be told of it.
    """

    code: str
    number: int | None = None
    origin: Literal["service", "rule"]
    description: str
    details: str = ""
    remedy: Remedy
    support: Support | None = None


Origin = Literal[
    "service",
    "rule",
    "caution",
    "guard",
    "apply",
    "limit",
    "notice",
    "api",
    "sign_in",
    "state",
    "document",
    "usage",
    "manifest",
    "git",
]
"""The groups in which `explain` lists the codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The meaning and the remedy of a code, for a reader without a case: `<address>` stands where an address would.

    `number` is the service's integer, `number_in` whose it is where it is not that of an upgrade,
    `number_in_transitions` that of transitions where it is another one.
    """

    code: str
    number: int | None
    number_in: str = ""
    number_in_transitions: int | None = None
    origin: Origin
    meaning: str
    remedy: Remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """An address whose desired state can't be reached now. `before` is None where nothing live could be read.

    `recorded`: an apply has recorded what the address means.
    """

    address: Address
    customer: Customer
    subscription_id: str
    before: Before | None
    after: After
    source: Place
    reasons: tuple[Reason, ...]
    recorded: bool = True

    @property
    def unread(self) -> bool:
        """Returns True if it is blocked for nothing but a question that the service did not answer."""
        return all(reason.code == "customer_unreadable" for reason in self.reasons)
