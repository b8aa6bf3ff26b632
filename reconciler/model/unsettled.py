"""Changes of earlier runs that are not final yet, as plans and drift list them."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Self

from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.invocation import NO_FLAGS
from reconciler.model.remedy import Actor, Remedy, Retry, Step

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema
    from pydantic_core.core_schema import SerializationInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """A change of an earlier run whose result is not final yet, and what reading back says of it now. One that was not
    `sent` waits for the renewal of its subscription, and no run has started it.

    `outcome`: `recovered` (done; the next apply records it), `waiting` (bought, not visible yet; or `held`, an order
    that the service does not go on with before a person has acted), `unknown`. `remedy` is what to do about it.
    """

    address: Address
    customer: Customer
    what: str
    since: datetime
    outcome: Literal["recovered", "waiting", "unknown"]
    remedy: Remedy
    sent: bool = True
    held: bool = False

    @property
    def leads(self) -> bool:
        """Returns True if there is a command to run about it."""
        return any(step.run for step in self.remedy.steps)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Any], handler: "GetCoreSchemaHandler") -> "CoreSchema":
        """In a document its remedy stands as text and command too, as older versions wrote it."""
        from pydantic_core import core_schema

        written = handler(UnsettledDocument)
        return core_schema.no_info_after_validator_function(
            UnsettledDocument.unsettled,
            written,
            serialization=core_schema.plain_serializer_function_ser_schema(
                UnsettledDocument.of, info_arg=True, return_schema=written
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsettledDocument:
    """A change that is not final, as documents have it. `next` is the first step of `remedy` as shown: its command is a
    last line of its own. `run` is the first command of the steps: the arguments after `reconciler`. Both have the flags
    in force. They are all that older versions wrote, which had no `remedy` here.
    """

    address: Address
    customer: Customer
    what: str
    since: datetime
    outcome: Literal["recovered", "waiting", "unknown"]
    next: str
    run: tuple[str, ...] = ()
    sent: bool = True
    held: bool = False
    remedy: Remedy | None = None

    @classmethod
    def of(cls, unsettled: Unsettled, info: "SerializationInfo") -> Self:
        """The change to be written. The context's `invocation` holds the flags in force."""
        invocation = (info.context or {}).get("invocation", NO_FLAGS)
        steps = unsettled.remedy.steps
        return cls(
            address=unsettled.address,
            customer=unsettled.customer,
            what=unsettled.what,
            since=unsettled.since,
            outcome=unsettled.outcome,
            next=next((invocation.shown(step.text, step.run) for step in steps), ""),
            run=next((invocation.arguments(*step.run) for step in steps if step.run), ()),
            sent=unsettled.sent,
            held=unsettled.held,
            remedy=unsettled.remedy,
        )

    def unsettled(self) -> Unsettled:
        """The change again. An older version wrote one step, and no order with a command that is not held."""
        older = Remedy(actor=Actor.PARTNER, retry=Retry.NO, steps=(Step(self.next, self.run),))
        return Unsettled(
            address=self.address,
            customer=self.customer,
            what=self.what,
            since=self.since,
            outcome=self.outcome,
            remedy=self.remedy or older,
            sent=self.sent,
            held=self.held or (self.remedy is None and self.sent and self.outcome == "waiting" and self.run != ()),
        )
