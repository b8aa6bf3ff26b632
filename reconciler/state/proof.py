"""Shows that a store honours the condition on a write, before any record rests on it.

What is shown: a create is refused where something is there, a replacement is refused under a wrong version, and is
done under the right one. What can't be shown from here: that two writes that arrive at the same instant are put in
order.
"""

import time
from collections.abc import Callable
from typing import Protocol
from uuid import uuid4

from reconciler.advice import problem, sentence
from reconciler.model.errors import StateUnsafe
from reconciler.state.store_port import Blob

PROBE = "conditional-writes.probe"
"""The document that is tried on. It is no customer's, holds nothing, and stays: no right to delete is needed."""

_PAUSES = (0.1, 0.3, 1.0, 3.0)
"""Seconds between looks at a probe that other runs write too."""


class Probe(Protocol):
    """The probe document of one location. `wrong` is a version that no document ever has."""

    @property
    def location(self) -> str: ...

    @property
    def server(self) -> str:
        """The store's name, for messages."""
        ...

    @property
    def wrong(self) -> str: ...

    def look(self) -> Blob | None:
        """Returns the probe. Raises StateUnavailable."""
        ...

    def write(self, content: bytes, condition: str | None) -> bool:
        """Returns True if a write under this condition was accepted; False if the condition does not hold.

        None as the condition: only if there is nothing.

        Raises StateUnavailable where there was no answer or a refusal of another kind, ConditionRefused where the
        condition itself is refused.
        """
        ...


class ConditionRefused(Exception):
    """The store accepts a write without this condition and refuses it with it. The text says how, in a few words."""


def prove(probe: Probe, pause: Callable[[float], object] = time.sleep) -> None:
    """Raises StateUnsafe where the store ignores or refuses a condition, StateUnavailable where it can't be told.

    Runs that do this at the same time don't disturb each other.
    """
    try:
        there = _created(probe, pause)
        if probe.write(_content(), None) and probe.write(_content(), None):  # the first may have been deleted meanwhile
            raise _ignored(probe, "If-None-Match", sentence("probe_was_overwritten"))
    except ConditionRefused as refused:
        raise _refused(probe, "If-None-Match", str(refused)) from None
    try:
        if probe.write(_content(), probe.wrong):
            raise _ignored(probe, "If-Match", sentence("probe_was_overwritten_under_wrong_version"))
        _replace(probe, there or probe.look(), pause)
    except ConditionRefused as refused:
        raise _refused(probe, "If-Match", str(refused)) from None


def _created(probe: Probe, pause: Callable[[float], object]) -> Blob | None:
    """Sees to it that the probe is there. The probe, where it was there before."""
    for seconds in _PAUSES:
        there = probe.look()
        if there or probe.write(_content(), None):
            return there
        pause(seconds)  # another run is creating it at this moment
    raise _refused(probe, "If-None-Match", sentence("probe_is_not_there"))


def _replace(probe: Probe, before: Blob | None, pause: Callable[[float], object]) -> None:
    """Replaces the probe under its version, unless another run did so meanwhile, which shows the same."""
    for seconds in _PAUSES:
        if before and probe.write(_content(), before.version):
            return
        now = probe.look()
        if now and before and now.content != before.content:
            return
        pause(seconds)
        before = now
    raise _refused(probe, "If-Match", sentence("version_of_probe_refused"))


def _content() -> bytes:
    """Never the same twice: a probe that another run wrote is told from one's own."""
    return f'{{"probe": "{uuid4().hex}"}}\n'.encode()


def _ignored(probe: Probe, header: str, overwritten: str) -> StateUnsafe:
    data = {"store": probe.server, "header": header, "overwritten": overwritten}
    return StateUnsafe(problem("condition_ignored", probe.location, **data))


def _refused(probe: Probe, header: str, how: str) -> StateUnsafe:
    return StateUnsafe(problem("condition_refused", probe.location, store=probe.server, header=header, how=how))
