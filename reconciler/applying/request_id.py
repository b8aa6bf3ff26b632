"""The idempotency key of a change that is asked for the first time, as far as state knows."""

import json
from uuid import UUID, uuid5

from reconciler import changes
from reconciler.model.address import Address
from reconciler.model.pending import Pending
from reconciler.model.state import CustomerState

_REQUESTS = UUID("5d0c7a4e-3f6b-5b0e-9d0a-8c2f1e7b6a43")
"""The name space of request ids. Under another one every repeated request would be a new one."""


def request_id(pending: Pending, address: Address, state: CustomerState) -> str:
    """Derived from the request and from state; never the same for two changes of one state.

    Whoever asks the very same from the very same state asks under the same id, and the service gives its first answer
    again: so a state that was restored from before a purchase leads to no second one. Every result of the address leads
    on to another id.
    """
    known = (state.lineage, address, state.last_request_id(address))
    return str(uuid5(_REQUESTS, json.dumps([*known, *changes.of(pending.request).identity(pending)])))
