"""The fields of what a change of a plan commits to, and of a subscription as it stands."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from reconciler import changes
from reconciler.changes import in_words
from reconciler.changes.in_words import Detail
from reconciler.model.change import Before, Change
from reconciler.rendering.report import Field, Tone


def commitment(change: Change, at: datetime) -> Iterator[Field]:
    """Yields the fields of a change that was planned at a time, as its kind words them."""
    return _fields(changes.of(change.request).details(change, at))


def standing(before: Before) -> Iterator[Field]:
    """Yields the fields of a subscription as it stands: of an item that changes nothing of them."""
    return _fields(in_words.standing(before))


def _fields(details: Iterable[Detail]) -> Iterator[Field]:
    return (Field(detail.label, detail.text, Tone.WARN if detail.weighs else Tone.PLAIN) for detail in details)
