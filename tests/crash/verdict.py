"""The verdict on one case: the emulator's ledger against what was intended, and against what the state remembers.

It reads the stored documents as plain JSON, so that it shares no code with what it judges.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.sandbox import Entry
from tests.crash.estates import Intended

Document = Mapping[str, Any]

_PERFORMED = {"succeeded", "succeeded_with_license_errors", "recovered"}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The faults in sentences: bought twice or unasked; bought and not remembered; not to be finished."""

    doubles: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return not (self.doubles or self.losses or self.stuck)


def judge(
    intended: Sequence[Intended], ledger: Sequence[Entry], states: Mapping[str, Document], unsettled: str = ""
) -> Verdict:
    """The verdict once everything has settled; `unsettled` says why it has not. `states` are documents by customer."""
    stuck = [unsettled] if unsettled else []
    return Verdict(
        doubles=tuple(_doubles(intended, ledger)),
        losses=tuple(_losses(intended, ledger, states)),
        stuck=(*stuck, *_stuck(intended, ledger, states)),
    )


def _doubles(intended: Sequence[Intended], ledger: Sequence[Entry]) -> Iterator[str]:
    for element in intended:
        times = sum(map(element.fits, ledger))
        if times > 1:
            yield f"{element.address}: the {element.kind} was done {times} times"
    for entry in ledger:
        if not any(item.fits(entry) for item in intended):
            yield f"nobody asked for this {entry.kind} of {entry.source} to {entry.quantity} seats of {entry.offer}"


def _losses(intended: Sequence[Intended], ledger: Sequence[Entry], states: Mapping[str, Document]) -> Iterator[str]:
    for item in intended:
        done = [entry.target for entry in ledger if item.fits(entry)]
        recorded = [_made(result) for result in _results(item, states) if result["outcome"] in _PERFORMED]
        if sorted(done) != sorted(recorded) and not item.adopted:
            yield f"{item.address}: the {item.kind} made {done}, and the state's results say {recorded}"
        bound = _of(item, states).get("subscriptions", {}).get(_name(item), {}).get("id")
        if done and bound not in done:
            yield f"{item.address}: it means {bound} in the state, and should mean {done[0]}"


def _stuck(intended: Sequence[Intended], ledger: Sequence[Entry], states: Mapping[str, Document]) -> Iterator[str]:
    for item in intended:
        if not any(map(item.fits, ledger)):
            yield f"{item.address}: the {item.kind} was never done"
        if _name(item) in _of(item, states).get("pending", {}):
            yield f"{item.address}: a change is still pending"


def _results(item: Intended, states: Mapping[str, Document]) -> Iterable[Document]:
    results = _of(item, states).get("results", ())
    addresses = {item.address, item.formerly}
    own = (result for result in results if result["address"] in addresses)
    return (result for result in own if result["request"]["kind"] == item.request)


def _made(result: Document) -> str:
    return str(result.get("target_subscription_id") or result["subscription_id"])


def _of(item: Intended, states: Mapping[str, Document]) -> Document:
    return states.get(item.address.partition("/")[0], {})


def _name(item: Intended) -> str:
    return item.address.partition("/")[2]
