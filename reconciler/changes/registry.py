"""The kinds of change, one line each."""

from typing import Final

from reconciler.changes.kind import Kind
from reconciler.changes.order import Order
from reconciler.changes.renewal import Renewal
from reconciler.changes.resize import Resize
from reconciler.changes.term import Term
from reconciler.changes.transition import Transition
from reconciler.changes.upgrade import Upgrade
from reconciler.model.request import REQUESTS, Request

_ALL: tuple[Kind, ...] = (
    Upgrade(),
    Resize(),
    Transition(),
    Term(),
    Renewal(),
    Order(),
)

KINDS: Final[dict[str, Kind]] = {kind.name: kind for kind in _ALL}
"""By the tag of their requests."""

REQUESTS.update({kind.name: kind.request for kind in _ALL})


def of(request: Request) -> Kind:
    """The kind of a request."""
    return KINDS[request.kind]
