"""The kinds of change, one line each."""

from typing import Final

from reconciler.changes.kind import Kind
from reconciler.changes.order import OrderKind
from reconciler.changes.renewal import RenewalKind
from reconciler.changes.resize import ResizeKind
from reconciler.changes.term import TermKind
from reconciler.changes.transition import TransitionKind
from reconciler.changes.upgrade import UpgradeKind
from reconciler.model.request import REQUESTS, Request

_ALL: tuple[Kind, ...] = (
    UpgradeKind(),
    ResizeKind(),
    TransitionKind(),
    TermKind(),
    RenewalKind(),
    OrderKind(),
)

KINDS: Final[dict[str, Kind]] = {kind.name: kind for kind in _ALL}
"""By the tag of their requests."""

REQUESTS.update({kind.name: kind.request for kind in _ALL})


def of(request: Request) -> Kind:
    """The kind of a request."""
    return KINDS[request.kind]
