"""Carries a plan out, step by step, and says what happens as a stream of events.

Promises: the intent is durable before a request leaves; every answer is recorded; a request without an answer is sent
once more at most, under the same id, by the same run; what nobody can answer stays pending until it is settled. Never:
a decision about business. What was planned is carried out as planned, or not at all.
"""

from reconciler.applying.audit_log import audit_log
from reconciler.applying.context import ApplyContext, Rechecked
from reconciler.applying.estate import apply, nothing_done
from reconciler.applying.journal import Journal, check_owner, lineage_of
from reconciler.applying.merging import joined, merged
from reconciler.applying.reading import read
from reconciler.applying.renaming import rename_customer
from reconciler.applying.work import Work

__all__ = [
    "ApplyContext",
    "Journal",
    "Rechecked",
    "Work",
    "apply",
    "audit_log",
    "check_owner",
    "joined",
    "lineage_of",
    "merged",
    "nothing_done",
    "read",
    "rename_customer",
]
