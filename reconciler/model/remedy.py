"""Remedies, step by step: who must act, and whether waiting helps."""

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Self

from reconciler.model.address import Address
from reconciler.model.invocation import NO_FLAGS

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema
    from pydantic_core.core_schema import SerializationInfo


class Actor(StrEnum):
    """The actor who must act before a blocked item can go ahead. `OTHER_PARTNER`, another reseller, takes steps only:
    an item waits for one whom this partner can ask.
    """

    PARTNER = "partner"
    CUSTOMER = "customer"
    MICROSOFT = "microsoft"
    OTHER_PARTNER = "other_partner"


class Retry(StrEnum):
    """The time to wait, where that helps."""

    NO = "no"
    MINUTES = "minutes"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of advice: a text, a command, or a text that leads to a command.

    `run` is the command: the arguments after `reconciler`, unquoted. The flags in force are added where it is shown. An
    argument in upper case (`SUBSCRIPTION_ID`) is for the reader to fill in. `by` is who takes the step.
    """

    text: str = ""
    run: tuple[str, ...] = ()
    by: Actor = Actor.PARTNER

    def of(self, address: Address) -> Self:
        """Returns the step with the address in its command, and its customer, where a reader would fill them in."""
        known = {"ADDRESS": str(address), "CUSTOMER": address.customer}
        return replace(self, run=tuple(known.get(word, word) for word in self.run))

    @property
    def plain(self) -> str:
        """The step as text, its command on a line of its own and without the flags in force."""
        return NO_FLAGS.shown(self.text, self.run)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """The remedy of a reason: for whom it waits, whether waiting helps, the steps in order, and a link where there
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
    """A remedy as documents have it. `advice` has its steps as data. `steps` are the same as shown: each command a last
    line of its own, with the flags in force. `steps_by` says who takes each, `commands` are their words.
    """

    actor: Actor
    retry: Retry
    steps: tuple[str, ...]
    steps_by: tuple[Actor, ...] = ()
    commands: tuple[tuple[str, ...], ...] = ()
    url: str | None = None
    advice: tuple[Step, ...] = ()

    @classmethod
    def of(cls, remedy: Remedy, info: "SerializationInfo") -> Self:
        """The remedy to be written. The context's `invocation` holds the flags in force."""
        invocation = (info.context or {}).get("invocation", NO_FLAGS)
        return cls(
            actor=remedy.actor,
            retry=remedy.retry,
            steps=tuple(invocation.shown(step.text, step.run) for step in remedy.steps),
            steps_by=tuple(step.by for step in remedy.steps),
            commands=tuple(step.run for step in remedy.steps),
            url=remedy.url,
            advice=remedy.steps,
        )

    def remedy(self) -> Remedy:
        """The remedy again."""
        return Remedy(actor=self.actor, retry=self.retry, steps=self.advice or self._older, url=self.url)

    @property
    def _older(self) -> tuple[Step, ...]:
        """The steps of a document without `advice`, as older versions wrote it: a command is the last line of its
        text; of the oldest, it is part of the text and no data.
        """
        steps = zip_longest(self.steps, self.steps_by[: len(self.steps)], self.commands[: len(self.steps)])
        return tuple(
            Step(text.rpartition("\n")[0] if run else text, run or (), by or Actor.PARTNER) for text, by, run in steps
        )
