"""Consents that customers must give, from the apply that first finds one missing to the one that finds it given."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.model.address import Address
from reconciler.model.run import Run

SEND_MAIL = "send_mail"
AWAIT_CONSENT = "await_consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The time of an event, and the run that recorded it."""

    at: datetime
    run: Run

    @classmethod
    def of(cls, at: datetime, run: Run) -> "Stamp":
        """Returns the stamp of a run, without its process: that is of use only while the run is at work."""
        return cls(at=at, run=replace(run, process=None))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentNeed:
    """An address that its customer's consent blocks, or does not block any more: for apply to record. `code` is that of
    the reason. A plan lists only what state does not know yet.
    """

    address: Address
    code: str
    needed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A consent that addresses of a customer wait for. `code` is that of the reason that blocks them.

    `names` are those that wait, or that waited last. `found` is the apply that first found it missing, `asked` a
    person's word that the customer was asked, `closed` a person's word that nobody waits for it any more, `ended` the
    apply that found no address blocked by it any more.
    """

    code: str
    names: tuple[str, ...]
    found: Stamp
    asked: Stamp | None = None
    closed: Stamp | None = None
    ended: Stamp | None = None

    @property
    def current(self) -> bool:
        """Returns True until an apply has found it given, or not needed any more."""
        return self.ended is None

    @property
    def task(self) -> str | None:
        """Returns the code of what a person must do about it; None where nothing is left to do."""
        if not self.current or self.closed or not self.names:
            return None
        return AWAIT_CONSENT if self.asked else SEND_MAIL


Consents = tuple[Consent, ...]


def current(consents: Consents, code: str) -> Consent | None:
    """Returns the consent of a code that was not found given; None where there is none."""
    return next((consent for consent in consents if consent.code == code and consent.current), None)


def recorded(consents: Consents, needs: Iterable[ConsentNeed], stamp: Stamp) -> Consents:
    """Returns the consents with these needs taken in; the very same where they say nothing new.

    One that no address waits for any more has ended. Where it is missing again later, it is another one.
    """
    of_code: dict[str, dict[str, bool]] = {}
    for need in needs:
        of_code.setdefault(need.code, {})[need.address.name] = need.needed
    after = consents
    for code, named in of_code.items():
        before = current(after, code)
        waited = set(before.names if before else ())
        waits = (waited | {name for name, needed in named.items() if needed}) - {n for n, on in named.items() if not on}
        names = tuple(sorted(waits))
        if before is None and names:
            after = (*after, Consent(code=code, names=names, found=stamp))
        elif before and names != before.names:
            changed = replace(before, names=names) if names else replace(before, ended=stamp)
            after = _with(after, before, changed)
    return after


def answered(consents: Consents, code: str, task: str, stamp: Stamp) -> Consents:
    """Returns the consents with a person's word that what was to be done about the one of this code is done."""

    def closed(consent: Consent) -> Consent:
        return replace(consent, asked=stamp) if task == SEND_MAIL else replace(consent, closed=stamp)

    return tuple(closed(consent) if (consent.code, consent.task) == (code, task) else consent for consent in consents)


def renamed(consents: Consents, new_names: Mapping[str, str]) -> Consents:
    """Returns the consents with addresses renamed."""
    return tuple(
        replace(consent, names=tuple(sorted(new_names.get(name, name) for name in consent.names)))
        for consent in consents
    )


def without(consents: Consents, gone: Collection[str]) -> Consents:
    """Returns the consents with nothing of these addresses waiting; of what has ended nothing changes."""
    return tuple(
        replace(consent, names=tuple(name for name in consent.names if name not in gone))
        if consent.current
        else consent
        for consent in consents
    )


def without_over(consents: Consents, needs: Iterable[ConsentNeed]) -> Consents:
    """Returns the consents with no address waiting whose need is over."""
    over = {(need.code, need.address.name) for need in needs if not need.needed}
    return tuple(
        replace(consent, names=tuple(name for name in consent.names if (consent.code, name) not in over))
        if consent.current
        else consent
        for consent in consents
    )


def joined(stored: Consents, other: Consents) -> Consents:
    """Returns the consents of two records of one customer. A consent is told by its code and when it was found."""
    known = {(consent.code, consent.found): consent for consent in stored}
    for consent in other:
        key = (consent.code, consent.found)
        mine = known.get(key) or current(tuple(known.values()), consent.code) if consent.current else known.get(key)
        known[(mine or consent).code, (mine or consent).found] = _both(mine, consent) if mine else consent
    after = tuple(known.values())
    return stored if after == stored else after


def _both(mine: Consent, other: Consent) -> Consent:
    """Returns one consent from what two records say of it: each event by the first record that has it."""
    return replace(
        mine,
        names=tuple(sorted({*mine.names, *other.names})) if mine.current and other.current else mine.names,
        asked=mine.asked or other.asked,
        closed=mine.closed or other.closed,
        ended=mine.ended or other.ended,
    )


def _with(consents: Consents, before: Consent, after: Consent) -> Consents:
    return tuple(after if consent is before else consent for consent in consents)
