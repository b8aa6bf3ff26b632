"""Carries over a review: a plan made afresh, reduced to what a reviewed plan file also contains."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

from reconciler import planning
from reconciler.advice import problem, row, sentence
from reconciler.manifests import Estate
from reconciler.model.address import NAME, Address
from reconciler.model.change import Blocked, Change
from reconciler.model.errors import PlanFileStale
from reconciler.model.event import DONE_ALREADY, CostChanged, Skipped, Stale
from reconciler.model.plan import Plan
from reconciler.model.shard import Shard
from reconciler.model.state import CustomerState
from reconciler.operations.plan import Planned, plan_estate
from reconciler.operations.saved import refuse_foreign
from reconciler.operations.totals import limited, priced
from reconciler.operations.workspace import Workspace
from reconciler.planning import Approval, Globs, Repeated
from reconciler.rendering.phrases import addressed


def approved(workspace: Workspace, reviewed: Plan, globs: Globs) -> Planned:
    """Plans afresh and keeps the changes that were reviewed; what is left out stands in `left`, with the reason.

    Planned is what the reviewed plan selected, and of that what `globs` choose. A plan made from a snapshot may be
    reviewed: nothing of it is carried out, and the fresh plan is of the live service. Raises PlanFileRefused where the
    reviewed plan is another estate's, and PlanFileStale where all it selected is gone.
    """
    refuse_foreign(workspace, reviewed)
    declared = frozenset(desired.address for desired in workspace.estate.desired)
    globs = globs.with_labels_of(workspace.estate.desired)
    selection = _still_there(reviewed, workspace.estate)
    planned = plan_estate(workspace, selection if globs == Globs() else selection.narrowed(globs))
    mine = tuple(change for change in reviewed.changes if globs.chooses(workspace.estate.name_now(change.address)))
    held = planning.approval(replace(reviewed, changes=mine), planned.plan, declared)
    kept = frozenset(change.item for change in held.changes)
    works = (
        replace(
            work,
            changes=tuple(change for change in work.changes if change.item in kept),
            moves=tuple(move for move in work.moves if move in held.moves),
            customer_moves=tuple(move for move in work.customer_moves if move in held.customer_moves),
        )
        for work in planned.works
        if not any(move in held.new_customer_moves for move in work.customer_moves)
    )
    left = replace(planned.plan, changes=held.changes, moves=held.moves, customer_moves=held.customer_moves)
    return Planned(
        plan=limited(workspace, priced(workspace, left)),
        works=tuple(work for work in works if work.is_anything),
        left=(*_left(workspace, planned.plan, held, declared), *_costs(planned.plan, held)),
    )


def _left(
    workspace: Workspace, fresh: Plan, held: Approval, declared: Collection[Address]
) -> Iterator[Stale | Skipped]:
    """Yields what is not carried out: done already, blocked, stale, or not reviewed."""
    at, lineage = fresh.created_at, workspace.lineage()
    blocked = {item.address: item for item in fresh.blocked}
    customers = {customer.name: customer for customer in workspace.estate.customers}
    for change, why in (_renamed(workspace.estate, change, why) for change, why in held.gone):
        customer = customers.get(change.address.customer) if change.address in declared else None
        same = customer is not None and customer.tenant == change.customer.tenant
        state = workspace.state_of(customer, lineage) if customer and same else None
        if state and _settles(change, state, fresh):
            blocked.pop(change.address, None)
            continue  # it was sent already: applying settles it first, and tells how it ended
        if done_before := planning.superseded(change, state):
            yield _done(change.address, done_before, at)
            continue
        if found := blocked.pop(change.address, None):
            yield _blocked(found, "blocked_since", at)
            continue
        now = planning.outcome_of(change, fresh.changes, (), fresh.pending)
        desired = workspace.desired_of(change.customer)
        if done := planning.done_already(change, now, desired, state, fresh.warnings):
            yield _done(change.address, done, at)
        else:
            undone = planning.undone_since(change, now, state)
            yield Stale(at=at, address=change.address, description=undone or why)
    yield from (_blocked(item, "blocked", at) for item in blocked.values())
    yield from (_not_reviewed(change.address, f"change: {planning.worded(change)}", at) for change in held.new)
    for move in held.new_moves:
        to = f"to {move.to}" if move.to else "out of state, which tracks it no more"
        yield _not_reviewed(move.address, f"move: {to}", at)
    for renamed in held.new_customer_moves:
        for entry in workspace.desired_of(customers[renamed.to]):
            yield _not_reviewed(entry.address, f"move of the customer: from {renamed.customer} to {renamed.to}", at)


def _costs(fresh: Plan, held: Approval) -> Iterator[CostChanged]:
    """Yields the changes that cost otherwise than was reviewed."""
    for reviewed, now in held.costs:
        yield CostChanged(
            at=fresh.created_at, address=now.address, action=now.action, reviewed=reviewed.cost, now=now.cost
        )


def _renamed(estate: Estate, change: Change, why: str) -> tuple[Change, str]:
    """The reviewed change as it would be told today, and why it is left: its entry or its customer may have been
    renamed since. A change under another name is carried out only once that was reviewed.
    """
    address = estate.name_now(change.address)
    if address == change.address:
        return change, why
    renamed = replace(change, address=address, customer=replace(change.customer, name=address.customer))
    return renamed, sentence("stale_entry_renamed", now=address)


def _settles(change: Change, state: CustomerState, fresh: Plan) -> bool:
    """Returns True if this very change is pending, or was given up and shows after all."""
    begun = {(pending.request, pending.subscription_id) for _, pending in state.all_pending()}
    if any(item.address == change.address and item.outcome == "recovered" for item in fresh.pending):
        begun |= {(doubt.request, doubt.subscription_id) for doubt in state.doubts()}
    return (change.request, change.subscription_id) in begun


def _done(address: Address, done: Repeated, at: datetime) -> Skipped:
    return Skipped(at=at, address=address, code=DONE_ALREADY, description=done.description, left_to_do=done.left)


def _blocked(item: Blocked, code: str, at: datetime) -> Skipped:
    since = "It was reviewed, and is blocked now" if code == "blocked_since" else "It is blocked"
    return Skipped(
        at=at,
        address=item.address,
        code=code,
        description=f"{since}: {' '.join(f'{reason.description} [{reason.code}]' for reason in item.reasons)}",
        remedy=tuple(dict.fromkeys(step for reason in item.reasons for step in addressed(reason.remedy))),
    )


def _still_there(reviewed: Plan, estate: Estate) -> Globs:
    """Returns what was selected, as far as it is declared. A glob that matches nothing any more is no mistake; an
    address and a customer that were renamed are selected by the names that they have now.

    Of a plan of only what a commit touched it is the customers that it touched: the others were nobody's business.
    """
    selection = reviewed.selection
    shard = Shard.parse(selection.shard) if selection.shard else None
    renamed = estate.estate_moves.customers.last
    customers = None if selection.touched is None else frozenset(map(renamed, selection.touched))
    target, exclude = (tuple(_now(estate, glob) for glob in globs) for globs in (selection.target, selection.exclude))
    globs = Globs(target=target, exclude=exclude, shard=shard, customers=customers)
    declared = tuple(desired.address for desired in estate.desired)
    globs = globs.with_labels_of(estate.desired).matching(declared)
    nothing = not shard and customers is None and not any(map(globs.chooses, declared))
    if nothing or len(globs.target) < min(1, len(selection.target)):
        raise PlanFileStale(problem("review_of_nothing"))
    return globs


def _now(estate: Estate, glob: str) -> str:
    """Returns an address or a customer under the name that it has now; any other glob as it is."""
    customer, slash, name = glob.partition("/")
    if not NAME.fullmatch(customer) or (slash and not NAME.fullmatch(name)):
        return glob
    return estate.name_now(Address(glob)) if slash else estate.estate_moves.customers.last(customer)


def _not_reviewed(address: Address, what: str, now: datetime) -> Skipped:
    return Skipped(
        at=now,
        address=address,
        code="not_reviewed",
        description=f"The reviewed plan does not have this {what}.",
        remedy=row("not_reviewed").steps_for({}),
    )
