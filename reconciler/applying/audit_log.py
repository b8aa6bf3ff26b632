"""Reads the service's audit log for what became of a change."""

from datetime import timedelta

from reconciler.model.commerce import Commerce
from reconciler.model.errors import ServiceError, ServiceRefused, TooManyRequests
from reconciler.model.evidence import Log, logged
from reconciler.model.pending import Pending, Reply
from reconciler.model.state import CustomerState

_MARGIN = timedelta(minutes=5)
"""The time by which the clock of the log may be behind the one of the answers."""


def audit_log(commerce: Commerce, state: CustomerState, pending: Pending) -> tuple[Log, frozenset[str]]:
    """Returns what the audit log says of a change, and the subscriptions that it names; SILENT where the cloud has no
    log, or where we may not read it. What it said once holds, whether or not it can be read now.
    """
    log, named_ids = _read(commerce, state, pending)
    return Log.PERFORMED if pending.reply is Reply.LOGGED else log, named_ids


def _read(commerce: Commerce, state: CustomerState, pending: Pending) -> tuple[Log, frozenset[str]]:
    if commerce.audit_missing:
        return Log.SILENT, frozenset()
    earlier = (result.started_at for result in state.results if result.request_id == pending.request_id)
    try:
        records = commerce.audit(state.customer.tenant, min([pending.started_at, *earlier]) - _MARGIN)
    except TooManyRequests:
        return Log.UNREAD, frozenset()
    except ServiceRefused:
        return Log.SILENT, frozenset()
    except ServiceError:
        return Log.UNREAD, frozenset()
    return logged(pending, state, records)
