"""The hall where the rooms meet: one run, from manifests to plan to apply."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal, TypeVar

from reconciler import applying, manifests, planning
from reconciler.manifests import Asked, Changes, Estate, Rereading
from reconciler.model.address import Address
from reconciler.model.capabilities import Capabilities
from reconciler.model.change import Blocked, Change
from reconciler.model.errors import ClocksDisagree, LimitExceeded, PlanFileRefused, Problem, ServiceError
from reconciler.model.event import Event, Skipped, Stale
from reconciler.model.plan import Alarm, Breach, CatalogueName, Observed, Plan, Selection, Unsettled
from reconciler.model.plan import Estate as PlannedEstate
from reconciler.model.ports import Commerce, StateStore
from reconciler.model.settings import Settings
from reconciler.model.state import CustomerState, Process, Run
from reconciler.model.subscription import Customer, Desired, Live
from reconciler.operations.customers import refuse_renamed, renamed
from reconciler.operations.failures import end_if_refused
from reconciler.operations.lookups import Survey
from reconciler.operations.totals import extent
from reconciler.planning import CustomerPlan, Globs
from reconciler.system import clocks
from reconciler.system.threads import each

_Item = TypeVar("_Item")

_NOT_ASKED = "the manifests do not ask for it any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, and what apply needs beside it: the work of each customer. `left` is said first and never begun."""

    plan: Plan
    works: tuple[applying.Work, ...]
    left: tuple[Stale | Skipped, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """An earlier revision that the estate was compared with: the reference given, the commit it led to, and what
    differs.
    """

    reference: str
    commit: str
    changes: Changes

    def told(self, plan: Plan, globs: Globs) -> Plan:
        """The plan, with what it was compared with and what came of that."""
        changes = self.changes
        decided = {one.address for one in plan.changes} | {one.address for one in plan.blocked}
        return replace(
            plan,
            selection=replace(
                plan.selection,
                changed_since=self.reference,
                base=self.commit,
                everything=changes.everything,
                touched=None if changes.everything else tuple(sorted(changes.customers)),
            ),
            notices=changes.notices,
            catalogue=(*changes.redefined, *plan.catalogue),
            dropped=tuple(filter(globs.chooses, changes.dropped)),
            asked_before=() if changes.everything else tuple(decided - changes.altered),
        )


@dataclass(frozen=True, kw_only=True)
class Session:
    """One run over one estate: its settings, its doors, and who runs it.

    `new_lineage` becomes the state location's lineage should this run be the first to write there. Setting `stop` ends
    an apply in good order; its pauses are waits for that. `monotonic` tells how long it has watched for something,
    `is_dead` whether a process is gone for certain (None: that can't be known from here). `reached` is told how many
    customers are read, of how many.
    """

    estate: Estate
    settings: Settings
    commerce: Commerce
    store: StateStore
    run: Run
    new_lineage: str
    capabilities: Capabilities = field(default_factory=Capabilities)
    observed_from: Literal["live", "snapshot"] = "live"
    stop: threading.Event = field(default_factory=threading.Event)
    monotonic: Callable[[], float] = clocks.seconds
    wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    is_dead: Callable[[Process], bool | None] = field(default=lambda _process: None)
    reached: Callable[[int, int], object] = lambda _done, _of: None

    def plan(self, globs: Globs, since: Since | None = None) -> Planned:
        """Reads what is there and decides what to do. Writes nothing, and sends nothing but GETs.

        With `since`, only for customers whose declarations changed since then, unless all of them may be concerned.
        Raises what `Survey` does, and AuthenticationFailed where every customer is refused for what is about ourselves.
        """
        if since and not since.changes.everything:
            globs = replace(globs, customers=since.changes.customers)
        selected = globs.select(one.address for one in self.estate.desired)
        lineage = self.lineage()
        left = self._left
        touched = (*self._touched(selected), *(one.customer for one in left if _pending(one, globs)))

        refuse_renamed(touched, self.store, self.settings.parallelism)
        selected_of = _by_customer(selected, lambda address: address)

        def plan_one(customer: Customer) -> tuple[ServiceError | None, CustomerPlan]:
            desired, chosen = self.desired_of(customer), selected_of.get(customer.name, ())
            facts, part = self._survey.plan(customer, desired, frozenset(chosen), self.state_of(customer, lineage))
            return facts.unread, part

        surveyed = self._counted(each(plan_one, touched, self.settings.parallelism), len(touched))
        end_if_refused(unread for unread, _ in surveyed)
        parts = [part for _, part in surveyed]
        gone = CustomerPlan(undeclared=tuple(address for one in left for address in _addresses(one)))
        plan = planning.assemble([*parts, gone], self._head(globs, selected, lineage))
        undeclared = tuple(address for address in plan.undeclared if globs.chooses(address))
        warnings = (*plan.warnings, *self._clock_alarm())
        told = replace(plan, undeclared=undeclared, warnings=warnings, catalogue=self._named_otherwise(plan))
        plan = self.limited(told)
        if since:
            plan = since.told(plan, globs)
        works = (
            applying.Work(
                customer=customer,
                changes=part.changes,
                unsettled=_unsettled(part.pending, customer),
                observed=part.observed,
            )
            for customer, part in zip(touched, parts, strict=True)
            if part.changes or part.observed or part.pending
        )
        return Planned(plan=plan, works=tuple(works))

    def _clock_alarm(self) -> Iterator[Alarm]:
        apart = self.commerce.clocks_apart
        if apart:
            description = f"{apart.sentence} Until they agree, apply begins nothing."
            yield Alarm(address=None, code="clocks_disagree", description=description)

    def _counted(self, parts: Iterable[_Item], of: int) -> list[_Item]:
        self.reached(0, of)
        found: list[_Item] = []
        for part in parts:
            found.append(part)
            self.reached(len(found), of)
        return found

    def saved(self, plan: Plan) -> Planned:
        """A plan that was made earlier, as work for now. Raises PlanFileRefused where it is not this estate's.

        Which customers there are, and what is theirs, the manifests and state say, never the file: a change that no
        manifest declares for its customer is left.
        """
        self.refuse_foreign(plan)
        if plan.observed_from != "live":
            raise _foreign("The plan was made from a snapshot, not from the live service.")
        declared = {one.address: one.customer for one in self.estate.desired}
        changes = [one for one in plan.changes if declared.get(one.address) == one.customer]
        customers = self._concerned(changes, plan)
        refuse_renamed(customers, self.store, self.settings.parallelism)
        changes_of, observed = _by_customer(changes, _address), _by_customer(plan.observed, _address)
        works = (
            applying.Work(
                customer=customer,
                changes=tuple(changes_of.get(customer.name, ())),
                unsettled=_unsettled(plan.pending, customer),
                observed=tuple(observed.get(customer.name, ())),
                saved=True,
            )
            for customer in customers
        )
        now = self.commerce.now()
        left = (change for change in plan.changes if declared.get(change.address) != change.customer)
        return Planned(
            plan=self.limited(plan),
            works=tuple(works),
            left=tuple(Stale(at=now, address=one.address, description=_NOT_ASKED) for one in left),
        )

    def refuse_foreign(self, plan: Plan) -> None:
        """Raises PlanFileRefused for a plan of another cloud or state location, and WrongLineage as `lineage` does."""
        lineage = self.lineage()
        if plan.cloud != self.settings.cloud:
            raise _foreign(f"The plan is for the cloud {plan.cloud}; the settings say {self.settings.cloud}.")
        if plan.estate.lineage not in {None, lineage}:
            raise _foreign(f"The plan is of lineage {plan.estate.lineage}; the state location is of {lineage}.")

    def limited(self, plan: Plan) -> Plan:
        """The plan with the limits that it would exceed today."""
        whole = extent(plan, self.estate, self.settings.limits, self.store, self._left)
        return replace(plan, limits=planning.breaches(plan.changes, whole, self.settings.limits))

    def apply(
        self,
        planned: Planned,
        *,
        fingerprint: str,
        overridden: Iterable[str] = (),
        canaries: int = 0,
        again: str = "reconciler apply",
    ) -> Iterator[Event]:
        """Carries the plan out, as a stream of events. Raises LimitExceeded before anything is written or sent; what is
        pending is settled under any limit, where nothing is to be changed.

        So many `canaries`, customers in address order, are finished first; the rest only if all went well there.
        `again` is the command line of this run, for messages.
        """
        breached = [breach for breach in planned.plan.limits if breach.name not in set(overridden)]
        if breached and planned.plan.changes:
            command = " ".join([again, *(f"--override-limit {breach.name}" for breach in breached)])
            raise LimitExceeded(*(_over(breach, command) for breach in breached))
        if not planned.works:
            return applying.nothing_done(planned.left, self.commerce.now())
        self.refuse_while_clocks_disagree(planned)
        self.store.prove()
        doors = applying.Doors(
            commerce=self.commerce,
            store=self.store,
            recheck=self._recheck,
            look=self._look,
            run=self.run,
            lineage=self.lineage() or self.store.establish(self.new_lineage),
            wait=self.settings.wait,
            stop=self.stop,
            stop_after_failures=self.settings.limits.stop_after_failures,
            canaries=canaries,
            plan_fingerprint=fingerprint,
            monotonic=self.monotonic,
            wall=self.wall,
            pause=self.stop.wait,
            is_dead=self.is_dead,
        )
        return applying.apply(planned.works, doors, self.settings.parallelism, planned.left)

    def refuse_while_clocks_disagree(self, planned: Planned) -> None:
        """Raises ClocksDisagree where there is work to do and the service's time contradicts this machine's.

        Of a saved plan nothing was read yet: then each customer's first answer tells.
        """
        apart = self.commerce.clocks_apart
        if planned.works and apart:
            raise ClocksDisagree.of(apart, "Nothing was sent and nothing was recorded.")

    def _recheck(self, change: Change, state: CustomerState) -> applying.Rechecked:
        """The change planned afresh, alone, against the manifests and the world as they are now.

        The customer's file, the catalogue and the settings are read again for it, before the service is and after.
        Raises ServiceError where that could not be read: it says nothing of the change.
        """
        asked = self._asked(change.customer)
        if asked.unusable:
            return applying.Rechecked(stale=_with_files(asked.unusable, asked))
        if not any(one.address == change.address and one.customer == change.customer for one in asked.desired):
            return applying.Rechecked(stale=_with_files(_NOT_ASKED, asked))
        facts, part = self._survey.plan(change.customer, asked.desired, frozenset({change.address}), state)
        options = facts.upgrades.get(change.subscription_id, ())
        now = planning.outcomes(part.changes, part.blocked, part.pending).get(change.address)
        if isinstance(now, Blocked) and now.unread:
            for answer in (facts.subscriptions, options):
                if isinstance(answer, ServiceError):
                    raise answer
        done = planning.done_already(change, now, asked.desired, state)
        if done:
            seen = {one.address.name: one.live for one in part.observed}
            return applying.Rechecked(stale=None, done=planning.when_done(done), listing=facts.listing, seen=seen)
        stale, later = planning.why_stale(change, now), self._asked(change.customer)
        if later.desired != asked.desired or later.unusable:  # the service may have kept this waiting for minutes
            stale = later.unusable or "the manifests changed while the service was read"
        return applying.Rechecked(
            stale=_with_files(stale, later) if stale else None,
            change=now if isinstance(now, Change) else None,
            listing=facts.listing,
            seen={one.address.name: one.live for one in part.observed},
            option=None if isinstance(options, ServiceError) else planning.chosen_option(change, options),
        )

    def _asked(self, customer: Customer) -> Asked:
        """What the manifests ask of a customer at this moment."""
        return self._reread(customer) or Asked(desired=self.desired_of(customer))

    def _look(self, customer: Customer, state: CustomerState) -> Mapping[str, Live]:
        """Live values of a customer's addresses that state lacks; none where the customer can't be read."""
        try:
            _, part = self._survey.plan(customer, self.desired_of(customer), frozenset(), state)
        except ServiceError:
            return {}
        return {one.address.name: one.live for one in part.observed}

    def lineage(self) -> str | None:
        """The state location's lineage. Raises WrongLineage where it was lost, or the settings name another."""
        return applying.lineage_of(self.store, self.settings.lineage)

    def state_of(self, customer: Customer, lineage: str | None) -> CustomerState | None:
        """What is remembered of a customer. Raises WrongLineage where it is another estate's, or another tenant's."""
        found = self.store.read(customer.name)
        if found is None:
            return None
        applying.check_owner(found.state, customer, lineage, self.store.location)
        return found.state

    def desired_of(self, customer: Customer) -> tuple[Desired, ...]:
        """Everything that the manifests declare of a customer."""
        return self._desired_of.get(customer.name, ())

    def _head(self, globs: Globs, selected: frozenset[Address], lineage: str | None) -> Plan:
        customers = len({address.customer for address in selected})
        return Plan(
            created_at=self.commerce.now(),
            cloud=self.settings.cloud,
            estate=PlannedEstate(lineage=lineage, manifests_digest=self.estate.digest),
            token_kind=self.commerce.token_kind,
            observed_from=self.observed_from,
            selection=Selection(
                target=globs.target,
                exclude=globs.exclude,
                shard=str(globs.shard) if globs.shard else None,
                customers=customers,
                subscriptions=len(selected),
            ),
        )

    @cached_property
    def _reread(self) -> Rereading:
        return Rereading(self.estate)

    @cached_property
    def _survey(self) -> Survey:
        return Survey(
            commerce=self.commerce,
            settings=self.settings,
            capabilities=self.capabilities,
            written_as=manifests.written_as(self.estate.catalogue),
        )

    @cached_property
    def _desired_of(self) -> dict[str, tuple[Desired, ...]]:
        grouped: dict[str, tuple[Desired, ...]] = {}
        for one in self.estate.desired:
            grouped[one.customer.name] = (*grouped.get(one.customer.name, ()), one)
        return grouped

    def _named_otherwise(self, plan: Plan) -> tuple[CatalogueName, ...]:
        """The names of the catalogue whose offers the service calls otherwise, of those that the plan upgrades to."""
        names = {
            change.after.catalogue_name: change.after.offer_id
            for change in plan.changes
            if any(caution.code == "offer_named_otherwise" for caution in change.warnings)
        }
        places = self.estate.catalogue_places
        return tuple(
            CatalogueName(name=name, offer_id=offer_id, source=places.get(name))
            for name, offer_id in sorted(names.items())
        )

    def _touched(self, selected: frozenset[Address]) -> list[Customer]:
        wanted = {address.customer for address in selected}
        return [customer for customer in self.estate.customers if customer.name in wanted]

    def _concerned(self, changes: Iterable[Change], plan: Plan) -> tuple[Customer, ...]:
        """The customers that a saved plan has work for, as the manifests have them; those of whom nothing is declared
        any more as state has them.
        """
        known = {one.customer.name: one.customer for one in self._left}
        known |= {one.name: one for one in self.estate.customers}
        items: tuple[Change | Observed | Unsettled, ...] = (*changes, *plan.observed, *plan.pending)
        named = {item.address.customer for item in items}
        return tuple(known[name] for name in sorted(named & known.keys()))

    @cached_property
    def _left(self) -> tuple[CustomerState, ...]:
        """What is remembered of customers of whom no manifest declares a subscription any more.

        Raises WrongLineage where one of them was renamed: under its new name nothing of what was bought or is pending
        would be known, and it could be bought again.
        """
        read = (self.store.read(name) for name in self.store.customers() if name not in self._desired_of)
        left = tuple(found.state for found in read if found)
        names = {customer.tenant: customer.name for customer in self.estate.customers}
        for state in left:
            if names.get(state.customer.tenant, state.customer.name) != state.customer.name:
                raise renamed(state.customer, names[state.customer.tenant], self.store.location)
        return left


def _with_files(stale: str, asked: Asked) -> str:
    """Why a change is stale, with the files that changed since the run read them."""
    return f"{stale} (changed during the run: {', '.join(asked.changed)})" if asked.changed else stale


def _by_customer(items: Iterable[_Item], address: Callable[[_Item], Address]) -> Mapping[str, list[_Item]]:
    """What is each customer's, found in one pass over everything instead of one for each customer."""
    found: dict[str, list[_Item]] = {}
    for item in items:
        found.setdefault(address(item).customer, []).append(item)
    return found


def _address(item: Change | Observed) -> Address:
    return item.address


def _addresses(state: CustomerState) -> Iterable[Address]:
    return (state.address(name) for name in state.subscriptions)


def _pending(state: CustomerState, globs: Globs) -> bool:
    """Whether something was sent of which it is not known for certain what became of it."""
    given_up = filter(None, (state.claimed_by(one.subscription_id) for one in state.doubts()))
    return any(globs.chooses(state.address(name)) for name in (*state.pending, *given_up))


def _unsettled(pending: tuple[Unsettled, ...], customer: Customer) -> tuple[Address, ...]:
    return tuple(one.address for one in pending if one.address.customer == customer.name and one.outcome != "waiting")


def _foreign(what: str) -> PlanFileRefused:
    return PlanFileRefused(Problem(where=None, what=what, remedy="Make a new one: reconciler plan --out plan.json"))


_MENDS = {"max_customers_emptied": "If their manifests were lost, restore them; else forget their addresses.\n"}
"""What else than raising the limit ends the breach."""


def _over(breach: Breach, command: str) -> Problem:
    about = f" ({breach.subject})" if breach.subject else ""
    return Problem(
        where=breach.name,
        what=f"The plan comes to {breach.figure}{about}; the limit {breach.name} is {breach.limit}. Nothing was sent.",
        remedy=f"{_MENDS.get(breach.name, '')}If this is meant, allow it for this run:\n{command}",
    )
