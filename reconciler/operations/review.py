"""Carries over a review: a plan made afresh, reduced to what a reviewed plan file also contains."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from reconciler import planning
from reconciler.advice import problem
from reconciler.applying.work import Work
from reconciler.manifests.estate import Estate
from reconciler.model.address import NAME, Address
from reconciler.model.errors import PlanFileStale
from reconciler.model.event import CostChanged
from reconciler.model.moves import Names
from reconciler.model.plan import Plan
from reconciler.model.shard import Shard
from reconciler.operations.left_out import LeftOut
from reconciler.operations.moved_already import moved_already
from reconciler.operations.moves_taken_back import moves_taken_back
from reconciler.operations.plan import Planned, plan_estate
from reconciler.operations.saved import refuse_foreign
from reconciler.operations.selecting import gone
from reconciler.operations.totals import limited, priced
from reconciler.operations.workspace import Workspace
from reconciler.planning import Approval, Globs


def approved(
    workspace: Workspace,
    reviewed: Plan,
    globs: Globs,
    others: Mapping[str, Plan] = MappingProxyType({}),
    run: tuple[str, ...] = ("apply",),
) -> Planned:
    """Plans afresh and keeps the changes that were reviewed; what is left out stands in `left`, with the reason.

    Planned is what the reviewed plan selected, and of that what `globs` choose. A plan made from a snapshot may be
    reviewed: nothing of it is carried out, and the fresh plan is of the live service. `others` are the reviews of other
    requests by their names: what one of them has is left to its job, and told so. One of another estate says nothing.
    `run` is the command of this run, for messages: the arguments after `reconciler`.
    Raises PlanFileRefused where the reviewed plan is another estate's, and PlanFileStale where all it selected is gone.
    """
    refuse_foreign(workspace, reviewed)
    declared = frozenset(desired.address for desired in workspace.estate.desired)
    globs = globs.with_labels_of(workspace.estate.desired)
    selection = _still_there(reviewed, workspace)
    planned = plan_estate(workspace, selection if globs == Globs() else selection.narrowed(globs))
    mine = tuple(change for change in reviewed.changes if globs.chooses(workspace.estate.name_now(change.address)))
    mine_now = planning.under_present_names(replace(reviewed, changes=mine), planned.plan, workspace.estate.names_of)
    held = planning.approval(mine_now, planned.plan, declared)
    by_every_name = replace(reviewed, moves=tuple(dict.fromkeys((*reviewed.moves, *mine_now.moves))))
    kept_plan = replace(planned.plan, changes=held.changes, moves=held.moves, customer_moves=held.customer_moves)
    left_out = LeftOut(
        workspace=workspace,
        fresh=planned.plan,
        held=held,
        declared=declared,
        others=others,
        asked=frozenset(map(workspace.estate.name_now, _blocked_of_the_request(reviewed, workspace.estate))),
        run=run,
    )
    return Planned(
        plan=limited(workspace, priced(workspace, kept_plan)),
        works=tuple(work for work in _kept(planned.works, held, planning.shown_names(mine_now)) if work.is_anything),
        left=(
            *moved_already(workspace, by_every_name, globs.chooses),
            *moves_taken_back(workspace, reviewed, globs.chooses),
            *left_out,
            *_costs(planned.plan, held),
        ),
    )


def _kept(works: Iterable[Work], held: Approval, shown: Collection[Names]) -> Iterator[Work]:
    """Yields the works reduced to what may be carried out; none of a customer whose new name nobody reviewed."""
    kept = frozenset(change.item for change in held.changes)
    for work in works:
        if any(move in held.new_customer_moves for move in work.customer_moves):
            continue
        yield replace(
            work,
            changes=tuple(change for change in work.changes if change.item in kept),
            moves=tuple(move for move in work.moves if move in held.moves),
            waiting=tuple(address for address in work.waiting if (address, None) in shown),
            customer_moves=tuple(move for move in work.customer_moves if move in held.customer_moves),
        )


def _blocked_of_the_request(reviewed: Plan, estate: Estate) -> Iterator[Address]:
    """Yields the blocked addresses of which the commits ask something that the reviewed plan was compared with. What is
    blocked of a customer whose name another one has is nothing of that one.
    """
    if reviewed.selection.touched is not None:
        before = frozenset(reviewed.asked_before)
        tenants = {customer.name: customer.tenant for customer in estate.customers}
        for item in reviewed.blocked:
            now = tenants.get(estate.name_now(item.address).customer)
            if item.address not in before and now in {None, item.customer.tenant}:
                yield item.address


def _costs(fresh: Plan, held: Approval) -> Iterator[CostChanged]:
    """Yields the changes that cost otherwise than was reviewed."""
    for reviewed, now in held.costs:
        yield CostChanged(
            at=fresh.created_at, address=now.address, action=now.action, reviewed=reviewed.cost, now=now.cost
        )


def _still_there(reviewed: Plan, workspace: Workspace) -> Globs:
    """Returns what was selected, as far as it is declared, or removed. A glob that matches nothing any more is no
    mistake; an address and a customer that were renamed are selected by the names that they have now.

    Of a plan of only what a commit touched it is the customers that it touched: the others were nobody's business.
    """
    selection, estate = reviewed.selection, workspace.estate
    shard = Shard.parse(selection.shard) if selection.shard else None
    renamed = estate.estate_moves.customers.last
    customers = None if selection.touched is None else frozenset(map(renamed, selection.touched))
    target, exclude = (tuple(_now(estate, glob) for glob in globs) for globs in (selection.target, selection.exclude))
    globs = Globs(target=target, exclude=exclude, shard=shard, customers=customers)
    declared = tuple(desired.address for desired in estate.desired)
    left = gone(workspace, globs)
    globs = globs.with_labels_of(estate.desired).matching(declared, left)
    chosen = any(map(globs.chooses, declared)) or any(map(globs.chooses_gone, left))
    nothing = not shard and customers is None and not chosen
    if nothing or len(globs.target) < min(1, len(selection.target)):
        raise PlanFileStale(problem("review_of_nothing"))
    return globs


def _now(estate: Estate, glob: str) -> str:
    """Returns an address or a customer under the name that it has now; any other glob as it is."""
    customer, slash, name = glob.partition("/")
    if not NAME.fullmatch(customer) or (slash and not NAME.fullmatch(name)):
        return glob
    return estate.name_now(Address(glob)) if slash else estate.estate_moves.customers.last(customer)
