"""Takes a snapshot: plans the estate, and keeps every answer that the plan was made from."""

from collections.abc import Callable
from dataclasses import replace

from reconciler.documents.snapshot import Snapshot
from reconciler.model.errors import ENDS_RUN, ServiceError
from reconciler.operations.plan import plan_estate
from reconciler.operations.workspace import Workspace
from reconciler.planning import Globs
from reconciler.snapshot import Recorder
from reconciler.system.threads import in_parallel


def take_snapshot(workspace: Workspace, *, every_upgrade: bool = False, partner: str | None = None) -> Snapshot:
    """The live state of the estate's customers, and the upgrades of the offers that differ; with `every_upgrade` of all
    that are active. `partner` is the tenant that is signed in to, None where it is not known. Sends nothing but GETs.
    """
    recorder = Recorder(workspace.commerce)
    plan_estate(replace(workspace, commerce=recorder), Globs())
    customers = [customer.tenant for customer in workspace.estate.customers]
    at_once = workspace.settings.parallelism
    list(in_parallel(lambda tenant: _ask(lambda: recorder.subscriptions(tenant)), recorder.unasked(customers), at_once))
    if every_upgrade:
        list(
            in_parallel(
                lambda subscription: _ask(lambda: recorder.upgrades(*subscription)),
                recorder.without_upgrades(),
                at_once,
            )
        )
    states = in_parallel(workspace.store.read, workspace.store.customers(), at_once)
    remembered = [stored.state for stored in states if stored]
    orders = workspace.store.last_orders()
    return recorder.snapshot(workspace.settings.cloud, workspace.lineage(), remembered, orders, partner)


def _ask(question: Callable[[], object]) -> None:
    """Asks for the recorder's sake; a refusal is recorded as well."""
    try:
        question()
    except ENDS_RUN:
        raise
    except ServiceError:
        return
