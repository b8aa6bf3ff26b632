"""Takes a snapshot: plans the estate, and keeps every answer that the plan was made from."""

from collections.abc import Callable
from dataclasses import replace

from reconciler.model.errors import ENDS_RUN, ServiceError
from reconciler.operations.session import Session
from reconciler.planning import Globs
from reconciler.snapshot import Recorder, Snapshot
from reconciler.system.threads import each


def take(session: Session, *, every_upgrade: bool = False) -> Snapshot:
    """The live state of the estate's customers, and the upgrades of the offers that differ; with `every_upgrade` of all
    that are active. Sends nothing but GETs.
    """
    recorder = Recorder(session.commerce)
    replace(session, commerce=recorder).plan(Globs())
    customers = [one.tenant for one in session.estate.customers]
    at_once = session.settings.parallelism
    list(each(lambda tenant: _ask(lambda: recorder.subscriptions(tenant)), recorder.unasked(customers), at_once))
    if every_upgrade:
        list(each(lambda one: _ask(lambda: recorder.upgrades(*one)), recorder.without_upgrades(), at_once))
    states = each(session.store.read, session.store.customers(), at_once)
    return recorder.snapshot(session.settings.cloud, session.lineage(), (one.state for one in states if one))


def _ask(question: Callable[[], object]) -> None:
    """Asks for the recorder's sake; a refusal is recorded as well."""
    try:
        question()
    except ENDS_RUN:
        raise
    except ServiceError:
        return
