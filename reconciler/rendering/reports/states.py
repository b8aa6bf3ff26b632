"""The reports of state: every address in one table, or the whole history of one."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from reconciler import changes
from reconciler.advice import row, sentence
from reconciler.changes.in_words import day, outcome, terms
from reconciler.model.address import Address
from reconciler.model.binding import DECLARED, Bound
from reconciler.model.evidence import may_show
from reconciler.model.name_change import led_to
from reconciler.model.offer import same_name
from reconciler.model.order import order_key
from reconciler.model.pending import Pending, Reply
from reconciler.model.remedy import Step
from reconciler.model.result import Outcome, Result
from reconciler.model.run import Run
from reconciler.model.state import CustomerState
from reconciler.model.utc import utc_minute
from reconciler.rendering.phrases import count, figures
from reconciler.rendering.report import Entry, Field, Grid, Item, Report, Section, Span, Tone
from reconciler.rendering.reports.names import display_names, with_names
from reconciler.rendering.reports.tasks import left_to_do

OUTCOMES = {
    Outcome.SUCCEEDED: "succeeded",
    Outcome.SUCCEEDED_WITH_LICENSE_ERRORS: "succeeded, users left to assign",
    Outcome.RECOVERED: "recovered",
    Outcome.FAILED: "failed",
    Outcome.NOT_DONE: "not done",
    Outcome.NOT_SECURED: "not secured",
}

_EMPTY = Step("State holds no subscription yet. The first apply records what it manages.")


def states_report(states: Iterable[CustomerState], now: datetime) -> Report:
    """Every address in one table, each with the same lines so that it can be searched."""
    states = tuple(states)
    names = display_names(state.customer for state in states)
    rows = sorted(
        _row(state, name, bound, names.get(state.customer.name, state.customer.name), now)
        for state in states
        for name, bound in _bindings(state).items()
    )
    tasks = [task for state in states for task in changes.open_tasks(state)]
    if not rows:
        empty = Report(name="reconciler state list", sections=tuple(left_to_do(tasks, now)), closing=(_EMPTY,))
        return with_names(empty, states)
    grid = Grid(
        head=("ADDRESS", "CUSTOMER", "OFFER", "SEATS", "STATUS", "TERM ENDS", "LAST RESULT", "ID"),
        rows=tuple(rows),
        right=frozenset({"SEATS"}),
        long=frozenset({"OFFER"}),
        group="CUSTOMER",
        repeats=frozenset() if names else frozenset({"CUSTOMER"}),
    )
    closing = Step(f"{count(len(rows), 'subscription')}.")
    sections = (Section(id="states", grid=grid), *left_to_do(tasks, now))
    report = Report(name="reconciler state list", sections=sections, closing=(closing,))
    return with_names(report, states)


def _bindings(state: CustomerState) -> Mapping[str, Bound]:
    """Returns what each name means; where it is bound to nothing yet, what its pending change is of."""
    return {**{name: Bound.by(pending) for name, pending in state.all_pending()}, **state.subscriptions}


def _row(state: CustomerState, name: str, bound: Bound, customer: str, now: datetime) -> tuple[str, ...]:
    last = next((_ended(result, state, now) for result in reversed(state.history_of(name))), "-")
    return (
        state.address(name),
        customer,
        bound.offer_name or bound.offer_id,
        str(bound.quantity),
        bound.status if bound.visible else "not visible yet",
        day(bound.term_ends) if bound.term_ends else "",
        "PENDING" if name in state.pending else last,
        bound.id,
    )


def _ended(result: Result, state: CustomerState, now: datetime) -> str:
    """Returns how a change ended. What was given up without any sign of it is in doubt while it may show."""
    doubt = next((doubt for doubt in state.doubts() if doubt.key == result.key), None)
    if doubt is None or not may_show(doubt, now):
        return OUTCOMES[result.outcome]
    return f"{OUTCOMES[result.outcome]}, in doubt until {utc_minute(doubt.doubted_until)}"


def state_report(state: CustomerState, address: Address, now: datetime) -> Report:
    """One address: what it is bound to and was, what is pending, and every result, the newest first."""
    bound = state.subscriptions.get(address.name)
    unbound = (Field("", "State binds this address to no subscription."),)
    item = Item(
        subject=address,
        address=address,
        sign=Span("=", Tone.INFO),
        fields=(*(tuple(_bound(bound)) if bound else unbound), *_names(state, address), *_consents(state, address)),
        entries=(
            *(_pending(address, pending) for pending in state.pending_of(address.name)),
            *(_result(result, state, address, now) for result in reversed(state.history_of(address.name))),
        ),
    )
    report = Report(name="reconciler state show", sections=(Section(id="address", items=(item,)),))
    return with_names(report, [state])


def _bound(bound: Bound) -> Iterator[Field]:
    if order_key(bound.id) is None:
        yield Field("id", bound.id, Tone.STRONG)
    for number, previous in enumerate(reversed([known for known in bound.previous_ids if order_key(known) is None])):
        yield Field("" if number else "was", previous)
    for key in filter(None, map(order_key, bound.chain)):
        yield Field("order", key)
    yield Field("offer", bound.offer_name or bound.offer_id)
    yield Field("seats", str(bound.quantity))
    yield Field(
        "status",
        "nothing is bought yet" if bound.to_be_bought else bound.status if bound.visible else "bought, not visible yet",
    )
    if bound.term:
        until = f", until {day(bound.term_ends)}" if bound.term_ends else ""
        yield Field("term", f"{terms(bound.term, bound.billing)}{until}")
    if bound.renewal:
        by = "declared" if bound.scheduled_by == DECLARED else "scheduled"
        ours = f" ({by} by this estate)" if bound.scheduled_by else ""
        yield Field("at end", f"{outcome(bound.renewal, bound)}{ours}")
    yield Field("seen", utc_minute(bound.observed_at))


def _names(state: CustomerState, address: Address) -> Iterator[Field]:
    """Yields each change of a name that led to the address, the latest first: what it was called, and who moved it."""
    for before, change in led_to(state.name_changes, address):
        yield Field("was", f"{before} until {utc_minute(change.at)}, moved by run {of_run(change.run)}")


def _consents(state: CustomerState, address: Address) -> Iterator[Field]:
    """Yields the consents that the address waits for, or waited for last, with who found and said what."""
    for consent in state.consents:
        if address.name in consent.names:
            events = {"missing": consent.found, "asked": consent.asked, "closed": consent.closed, "over": consent.ended}
            stamps = (
                f"{word} {utc_minute(stamp.at)}, run {of_run(stamp.run)}" for word, stamp in events.items() if stamp
            )
            first, *others = (f"{row(consent.code).consent} [{consent.code}]", *stamps)
            yield Field("consent", first)
            yield from (Field("", other) for other in others)


def _pending(address: Address, pending: Pending) -> Entry:
    known = {"address": address, **changes.of(pending.request).left_open(pending)}
    settling = row("pending_remembered").steps_for(
        {**known, **({} if pending.reply is Reply.LOGGED else {"left_open": "true"})}
    )
    if pending.reply is Reply.ACCEPTED:
        settling = (Step("The service is at work on it. This records it once it shows:", ("apply", "--settle")),)
    if pending.reply is Reply.PERSON_NEEDED:
        settling = row("order_held").steps_for({"order": pending.operation or "", "asked": "yes"})
    return Entry(
        says=(Span(f"PENDING: {known['reply']}", Tone.BAD),),
        fields=(
            Field("change", changes.of(pending.request).wanted(pending.request)),
            Field("since", f"{utc_minute(pending.started_at)}, by run {pending.run.id}"),
            Field("request", pending.request_id),
        ),
        steps=settling,
    )


def _result(result: Result, state: CustomerState, address: Address, now: datetime) -> Entry:
    tone = Tone.GOOD if result.outcome.performed else Tone.BAD
    return Entry(
        says=(Span(f"{utc_minute(result.finished_at)} {result.action}: "), Span(_ended(result, state, now), tone)),
        fields=tuple(_recorded(result, state, address)),
    )


def _recorded(result: Result, state: CustomerState, address: Address) -> Iterator[Field]:
    if result.address != address:
        yield Field("under", result.address)
    target = result.target_subscription_id
    if order_key(result.subscription_id) is None:
        yield Field("from" if target else "id", result.subscription_id)
    if target:
        yield Field("to" if order_key(result.subscription_id) is None else "id", target)
    if result.offer.id and result.before_offer_id:
        yield Field("offer", " -> ".join(_offers(result)))
    if result.request.new_quantity is not None:
        yield Field("seats", figures(result.before_quantity, result.request.new_quantity))
    if moved := _terms(result):
        yield Field("term", moved)
    yield Field("request", result.request_id)
    yield Field("run", of_run(result.run))
    for error in result.upgrade_errors:
        yield Field("error", f"{error.description} [{error.code}]".strip())
    yield from _left(result, state)
    for user in result.license_errors:
        yield Field("", f"{user.user_object_id} ({', '.join(user.codes)})".removesuffix(" ()"))


def _left(result: Result, state: CustomerState) -> Iterator[Field]:
    """Yields what is left to do, and what of it somebody has said is done."""
    done = {item.task: item for item in state.tasks_done}
    for number, left in enumerate(changes.left_by(result)):
        closing = done.get((left.code, result.key))
        closed = (
            f"done {utc_minute(closing.at)}, run {of_run(closing.run)}" if closing else sentence(left.code, **left.data)
        )
        yield Field("" if number else "left", f"{closed} [{left.code}]")


def of_run(run: Run) -> str:
    """A run, who started it, at which commit, and its page."""
    commit = f", commit {run.commit}" if run.commit else ""
    return f"{run.id} by {run.actor}{commit}{f', {run.url}' if run.url else ''}"


def _terms(result: Result) -> str:
    """The term and billing, from and to, where the change was of them; empty where it was not."""
    if result.request.new_terms is None:
        return ""
    before = (terms(result.before_term, result.before_billing),) if result.before_term else ()
    return " -> ".join(dict.fromkeys((*before, terms(*result.request.new_terms))))


def _offers(result: Result) -> tuple[str, ...]:
    """The offer: one, or from and to; with their ids where both have one name."""
    before, after = (result.before_offer_name or ""), result.offer.name
    if result.request.new_offer is None:
        return (after or before or result.offer.id,)
    if same_name(before, after):
        return f"{before} ({result.before_offer_id})", f"{after} ({result.offer.id})"
    return before or str(result.before_offer_id), after or result.offer.id
