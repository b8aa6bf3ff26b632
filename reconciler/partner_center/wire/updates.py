"""Changes of a subscription: the whole document as it was read, with only the intended members changed.

What is missing from the document counts as cleared, so nothing that was read is left out, whatever it is
(update-a-subscription-by-id). Of the two forms that state a schedule only one is sent.
"""

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.changes.resize import ResizeRequest
from reconciler.changes.term import TermRequest
from reconciler.model.request import RenewalRequest, UpdateRequest
from reconciler.model.subscription import Live
from reconciler.partner_center.wire import renewals, resizes, term_changes
from reconciler.partner_center.wire.subscriptions import single
from reconciler.partner_center.wire.values import (
    REMOVED,
    MaybeCount,
    Members,
    Text,
    Wire,
    folded,
    plain,
    with_members,
)

_CHANGED: Mapping[type[UpdateRequest], Callable[[Members, Any], dict[str, Any]]] = {
    ResizeRequest: resizes.changed,
    TermRequest: term_changes.changed,
    RenewalRequest: renewals.changed,
}
"""The members that each kind of request changes, by the names under which they are sent; of what was read."""


def body(seen: Live, request: UpdateRequest) -> dict[str, Any]:
    """Returns the document to send. Raises ValueError for a subscription of a list, which has no body, and for an
    outcome that is never asked for.
    """
    if seen.body is None:
        message = f"the subscription {seen.id} was not read by itself: it has no body to send back"
        raise ValueError(message)
    return with_members(seen.body, _changed(seen.body, request))


def answered(raw: Any, *, seen: Live, request: UpdateRequest) -> Live | None:
    """Reads the answer to a PATCH; None where it holds the changed members alone, as has been seen.

    Raises ValueError for an answer about another subscription.
    """
    answer = _Partial.model_validate(raw)
    if not answer.id and _says(raw, request):
        return None
    live = single(raw)
    if live.id != seen.id:
        raise ValueError("is about another subscription than the one that was changed")
    return live


class _Partial(Wire):
    """The answer to a change may be the changed member alone."""

    id: Text = ""
    quantity: MaybeCount = None


def _says(raw: Any, request: UpdateRequest) -> bool:
    """Returns whether a document holds what was asked for."""
    wanted = {folded(name): value for name, value in _changed({}, request).items() if value is not REMOVED}
    found = {folded(key): value for key, value in raw.items()}
    return all(name in found and _same(found[name], value) for name, value in wanted.items())


def _changed(body: Members, request: UpdateRequest) -> dict[str, Any]:
    return _CHANGED[type(request)](body, request)


def _same(found: Any, wanted: Any) -> bool:
    return found == wanted if isinstance(wanted, dict | list) else plain(found).lower() == plain(wanted).lower()
