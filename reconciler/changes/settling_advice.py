"""The data of the advice on a change whose outcome is unknown: what settles it, and when."""

from collections.abc import Mapping
from datetime import datetime

from reconciler.changes.evidence import buys
from reconciler.changes.registry import of
from reconciler.model.evidence import Log
from reconciler.model.pending import Pending, Reply
from reconciler.model.utc import utc_second


def settling(pending: Pending, settles_at: datetime, now: datetime, log: Log = Log.SILENT) -> Mapping[str, str]:
    """Returns the data of the rows `settling` and `settled_by_hand`.

    What the service has accepted, or its own log says was done, is never offered to be called not done; an order that
    it has is given up by nobody. `settles_at` is from when on apply may give up anything else, were nothing to show.
    """
    performed = log is Log.PERFORMED or pending.reply is Reply.LOGGED
    data = dict(of(pending.request).left_open(pending))
    if not performed and pending.reply not in {Reply.ACCEPTED, Reply.PERSON_NEEDED}:
        data["left_open"] = "true"
    if performed:
        return {**data, "performed": "true"}
    if buys(pending) and pending.operation is not None:
        return {**data, "ordered": pending.operation}
    if pending.reply is Reply.PERSON_NEEDED:
        return data
    if pending.reply is Reply.ACCEPTED:
        data["at_work"] = "true"
    by_time = {"settles_now": "true"} if settles_at <= now else {"settles_at": utc_second(settles_at)}
    return {**data, **by_time}
