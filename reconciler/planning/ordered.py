"""Asks for the id of what an order bought, until the manifest has it."""

from collections.abc import Iterator

from reconciler import advice
from reconciler.changes.case import Case
from reconciler.model.alarm import ORDER_ID_TO_WRITE, Alarm
from reconciler.model.order import order_key


def order_alarms(case: Case) -> Iterator[Alarm]:
    """Yields the line to write where an entry still has the key of its order in place of an id, and it is bought."""
    bound, key = case.bound, order_key(case.desired.subscription_id)
    if (
        bound is None
        or key is None
        or order_key(bound.id) is not None
        or case.desired.subscription_id not in bound.chain
    ):
        return
    known = {"id": bound.id, "place": case.desired.source, "order": key}
    yield case.alarm(ORDER_ID_TO_WRITE, advice.sentence(ORDER_ID_TO_WRITE, **known))
