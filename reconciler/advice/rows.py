"""A row of the tables: the sentence, the steps and the remedy of a code, filled in for a case."""

import re
import string
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from reconciler.model.reason import Explanation, Origin
from reconciler.model.remedy import Actor, Remedy, Retry, Step

ErrorName = Literal[
    "authentication_failed",
    "partner_refused",
    "customer_held",
    "relationship_missing",
    "not_on_sale",
    "stale_etag",
    "operation_in_progress",
    "inconclusive",
]
"""The classes of `reconciler.model.errors` that a row of the service's answers may name."""


_LISTS = {
    "namesake": "offer of that name",
    "add_ons": "its add-ons",
    "became": "what it may have become",
    "held": "held already",
    "holding": "held already",
    "others": "others",
    "reachable": "can be upgraded to",
    "successor": "successor",
    "without_transfer": "permitted",
}
"""Placeholders that a plan fills with subscriptions or offers, each by its name and id, and what they are headed."""
_MEANT = {
    "from": "date",
    "place": "file:line",
    "until": "date",
    "wanted_id": "id of the wanted offer",
}


Data = Mapping[str, str | tuple[str, ...]]
"""The data of one case. Several words, as of a whole command, are a tuple."""


class Mail(BaseModel):
    """A mail to the customer, ready but for the data of the case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str
    text: str


class Template(BaseModel):
    """A step as the table has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = ""
    run: str = ""
    by: Actor = Actor.PARTNER
    when: str | None = None
    use: str = ""
    mail: bool = False

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, step: Any) -> Any:
        return {"text": step} if isinstance(step, str) else step

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of the data that the step can't be given without."""
        names = (*placeholders(self.text), *placeholders(self.run))
        return (*names, self.when) if self.when else names

    def filled(self, known: Data) -> Step:
        """The step of one case. A value stays one word of the command, whatever is in it; several stay several."""
        words = tuple(word for template in self.run.split() for word in _words(template, known))
        return Step(text=filled(self.text, known), run=words, by=self.by)

    def general(self) -> Step:
        """The step for a reader without a case: `<address>` in the text, ADDRESS in the command."""
        text = self.text.format_map({name: _stand_in(name) for name in placeholders(self.text)})
        words = self.run.format_map({name: name.upper() for name in placeholders(self.run)})
        return Step(text=text, run=tuple(words.split()), by=self.by)

    def shared(self, known: Data, differing: Collection[str]) -> Step:
        """The step for several cases: with what is known of all of them, and stand-ins for what differs."""
        text = filled(self.text, {**known, **{name: stand_in(name) for name in differing}})
        return Step(text=text, run=self.filled({**known, **{name: name.upper() for name in differing}}).run, by=self.by)


class Row(BaseModel):
    """The row of a code: its meaning, who must act, and the next steps. `consent` names what the customer must give,
    where that is what the reason waits for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    origin: Origin | None
    also: tuple[str, ...] = ()
    number: int | None = None
    number_in: str = ""
    number_in_transitions: int | None = None
    description: str
    sentences: tuple[str, ...] = ()
    meaning: str = ""
    actor: Actor = Actor.PARTNER
    retry: Retry = Retry.NO
    steps: tuple[Template, ...] = ()
    mail: Mail | None = None
    consent: str = ""
    shared: bool = False
    error: ErrorName | None = None

    def sentence(self, known: Data, unknown: Iterable[str] = ()) -> str:
        """Returns what happened, in one case: the first of the sentences whose data are known, else the description.

        The description calls data unknown that the case has looked for in vain, by the names in `unknown`. Raises
        KeyError where the case lacks anything else that the description names.
        """
        exact = (text for text in self.sentences if all(known.get(name) for name in placeholders(text)))
        return filled(next(exact, self.description), {**dict.fromkeys(unknown, "unknown"), **known})

    def steps_for(self, known: Data) -> tuple[Step, ...]:
        """The steps of one case. A step that needs something unknown is left out."""
        return tuple(step.filled(known) for step in self.steps if all(known.get(name, "") != "" for name in step.needs))

    def steps_shared(self, known: Data, differing: Collection[str]) -> tuple[Step, ...]:
        """The steps of several cases that know the same; `differing` are the names of what each knows otherwise."""
        names = {*known, *differing}
        return tuple(step.shared(known, differing) for step in self.steps if all(name in names for name in step.needs))

    def used(self, known: Data) -> tuple[str, ...]:
        """Returns the names of the data that the sentence and the steps of one case are made of."""
        text = next((text for text in self.sentences if all(known.get(name) for name in placeholders(text))), "")
        steps = (step.needs for step in self.steps if all(known.get(name, "") != "" for name in step.needs))
        names = dict.fromkeys((*placeholders(text or self.description), *chain.from_iterable(steps)))
        return tuple(name for name in names if name in known)

    def remedy(self, known: Data | None = None) -> Remedy:
        """The remedy of one case."""
        known = known or {}
        url = str(known.get("link") or "") or None
        return Remedy(actor=self.actor, retry=self.retry, steps=self.steps_for(known), url=url)

    def explanations(self) -> Iterator[Explanation]:
        """The row for a reader without a case, once for each of its codes: every step, with stand-ins for data.

        Of a row whose code no reader meets there is none.
        """
        if self.origin is None or self.shared:
            return
        remedy = Remedy(actor=self.actor, retry=self.retry, steps=tuple(step.general() for step in self.steps))
        description = self.description.format_map({name: _stand_in(name) for name in placeholders(self.description)})
        meaning = f"{description} {self.meaning}".strip()
        for code in (self.code, *self.also):
            yield Explanation(
                code=code,
                number=self.number,
                number_in=self.number_in,
                number_in_transitions=self.number_in_transitions,
                origin=self.origin,
                meaning=meaning,
                remedy=remedy,
            )


_COUNTED = re.compile(r"\{(?P<name>\w+)\} (?:seats|changes|hours|times|things)\b")


def filled(template: str, known: Data) -> str:
    """Returns a text with its data. Where a count is one, the noun that follows it is in the singular."""

    def noun(match: re.Match[str]) -> str:
        return match[0].removesuffix("s") if known.get(match["name"]) == "1" else match[0]

    return _COUNTED.sub(noun, template).format_map(known)


@lru_cache(maxsize=4096)
def placeholders(text: str) -> tuple[str, ...]:
    """The names that a template of the table wants to be filled in."""
    return tuple(name for _, name, _, _ in string.Formatter().parse(text) if name)


def _words(template: str, known: Data) -> tuple[str, ...]:
    value = known.get(template.strip("{}")) if template.startswith("{") else None
    return value if isinstance(value, tuple) else (template.format_map(known),)


def label(name: str) -> str:
    """Returns what data is headed that is not the same in every case: as what stands for it, where that is short."""
    return _LISTS.get(name) or _bracketed(name)


def stand_in(name: str) -> str:
    """Returns what stands for data that is not the same in every case: `<address>`, `<live quantity>`. Of a list it
    says where that is.
    """
    return "(listed with each subscription above)" if name in _LISTS else _bracketed(name)


def _stand_in(name: str) -> str:
    return "(named in the plan)" if name in _LISTS else _bracketed(name)


def _bracketed(name: str) -> str:
    return f"<{_MEANT.get(name, name.replace('_', ' '))}>"
