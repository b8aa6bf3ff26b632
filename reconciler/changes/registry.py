"""The kinds of change, one line each."""

from typing import Final

from reconciler.changes.kind import Kind
from reconciler.changes.order import Order
from reconciler.changes.renewal import Renewal
from reconciler.changes.resize import Resize
from reconciler.changes.term import Term
from reconciler.changes.transition import Transition
from reconciler.changes.upgrade import Upgrade
from reconciler.model.request import Request

KINDS: Final[dict[str, Kind]] = {
    "upgrade": Upgrade(),
    "resize": Resize(),
    "transition": Transition(),
    "term": Term(),
    "renewal": Renewal(),
    "order": Order(),
}
"""By the tag of their requests."""


def of(request: Request) -> Kind:
    """The kind of a request."""
    return KINDS[request.kind]
