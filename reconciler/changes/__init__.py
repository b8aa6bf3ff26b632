"""The meaning of each kind of change: one file a kind, one line each in the registry.

Promises that whatever differs between kinds is asked of the kind or its request: its words, what it requests, how it is
sent, what it leaves behind when its answer is lost, and where its address points afterwards. Never reads or writes
anything; only the `send` of a kind is given a port, and sends once. Knows the model, and nobody else.

A new kind is a file here, with its request; a file in `partner_center/wire/` that says how the request is sent; its
rows of advice; and a line in `registry.py`, in `wire/updates.py` where it changes a subscription in place, in `ACTIONS`
where plans list it under a word of its own, and in `After` where it changes an attribute that no other kind does.
"""

from reconciler.changes.binding import Done
from reconciler.changes.evidence import (
    binding_after,
    buys,
    candidates,
    hiding,
    open_doubt,
    open_purchase,
    perhaps_bought,
    read_back,
)
from reconciler.changes.kind import Kind, Words
from reconciler.changes.registry import KINDS, of
from reconciler.changes.sending import Accepted, Answer, Performed, Refused, Sending, Unclear
from reconciler.changes.settling_advice import settling
from reconciler.changes.tasks import close_tasks, closed_by, left_by, left_to_do, open_tasks
from reconciler.changes.traces import competes, unchanged
from reconciler.changes.view import Read, Sight, View

__all__ = [
    "KINDS",
    "Accepted",
    "Answer",
    "Done",
    "Kind",
    "Performed",
    "Read",
    "Refused",
    "Sending",
    "Sight",
    "Unclear",
    "View",
    "Words",
    "binding_after",
    "buys",
    "candidates",
    "close_tasks",
    "closed_by",
    "competes",
    "hiding",
    "left_by",
    "left_to_do",
    "of",
    "open_doubt",
    "open_purchase",
    "open_tasks",
    "perhaps_bought",
    "read_back",
    "settling",
    "unchanged",
]
