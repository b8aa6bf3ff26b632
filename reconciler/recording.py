"""Takes a snapshot: plans the estate, and keeps every answer that the plan was made from."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from reconciler.model.errors import AuthenticationFailed, ServiceError, ServiceUnreachable
from reconciler.planning import Globs
from reconciler.session import Session
from reconciler.snapshot import Recorder, Snapshot


def take(session: Session, *, every_upgrade: bool = False) -> Snapshot:
    """The live state of the estate's customers, and the upgrades of the offers that differ; of all that are active
    with `every_upgrade`. Sends nothing but GETs.
    """
    recorder = Recorder(session.commerce)
    replace(session, commerce=recorder).plan(Globs())
    with ThreadPoolExecutor(max_workers=session.settings.parallelism) as pool:
        if every_upgrade:
            list(pool.map(lambda one: _ask(recorder, *one), recorder.not_asked()))
        read = list(pool.map(session.store.read, session.store.customers()))
    return recorder.snapshot(session.settings.cloud, session.lineage(), (one.state for one in read if one))


def _ask(recorder: Recorder, tenant: str, subscription_id: str) -> None:
    """Asks for the recorder's sake; a refusal is recorded as well."""
    try:
        recorder.upgrades(tenant, subscription_id)
    except (AuthenticationFailed, ServiceUnreachable):
        raise
    except ServiceError:
        return
