"""What is remembered: every address in one table, or the whole history of one."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rich.cells import cell_len

from reconciler.model.address import Address
from reconciler.model.invocation import Invocation
from reconciler.model.state import Bound, CustomerState, Outcome, Pending, Result
from reconciler.model.subscription import same_name
from reconciler.rendering.formats.items import FIELDS, write_labelled
from reconciler.rendering.formats.page import Page
from reconciler.rendering.phrases import count, moment
from reconciler.rendering.reports.commitment import day, outcome, terms
from reconciler.rendering.safe import visible

_OUTCOMES = {
    Outcome.SUCCEEDED: "succeeded",
    Outcome.SUCCEEDED_WITH_LICENSE_ERRORS: "succeeded, users left to assign",
    Outcome.RECOVERED: "recovered",
    Outcome.FAILED: "failed",
    Outcome.NOT_DONE: "not done",
}


class Row(NamedTuple):
    """One address in the table; also the table's head."""

    address: str
    offer: str
    seats: str
    status: str
    ends: str
    last: str
    id: str


_HEAD = Row("ADDRESS", "OFFER", "SEATS", "STATUS", "TERM ENDS", "LAST RESULT", "ID")


def states_text(states: Iterable[CustomerState], *, width: int = 80, color: bool = False) -> str:
    """A table of every address, one line each so that it can be searched; ids on lines of their own where they
    would not fit.
    """
    page = Page(width=width, color=color)
    rows = sorted(_row(state, name, bound) for state in states for name, bound in _bindings(state).items())
    if not rows:
        page.write("State holds no subscription yet. The first apply records what it manages.")
        return page.text()
    head = _HEAD if any(row.ends for row in rows) else _HEAD._replace(ends="")
    table = [head, *rows]
    widths = [max(cell_len(row[column]) for row in table) for column in range(len(_HEAD))]
    fits = sum(widths) + 2 * (len(list(filter(None, widths))) - 1) <= width
    for row in table:
        _write_row(page, row, widths, fits=fits)
    page.gap()
    page.write(f"{count(len(rows), 'subscription')}.")
    return page.text()


def state_text(
    state: CustomerState,
    address: Address,
    *,
    width: int = 80,
    color: bool = False,
    invocation: Invocation | None = None,
) -> str:
    """One address: what it is bound to and was, what is pending, and every result, the newest first."""
    page = Page(width=width, color=color, invocation=invocation)
    page.write((address, "bold"), indent=2, mark=("= ", "cyan"))
    bound = state.subscriptions.get(address.name)
    if bound is None:
        write_labelled(page, "", "State binds this address to no subscription.")
    else:
        _write_bound(page, bound)
    for pending in state.pending_of(address.name):
        _write_pending(page, address, pending)
    for result in reversed(state.history_of(address.name)):
        _write_result(page, result, address)
    return page.text()


def _bindings(state: CustomerState) -> Mapping[str, Bound]:
    """Returns what each name means; where it is bound to nothing yet, what its pending change is of."""
    return {**{name: Bound.by(one) for name, one in state.all_pending()}, **state.subscriptions}


def _row(state: CustomerState, name: str, bound: Bound) -> Row:
    address = state.address(name)
    last = next((_OUTCOMES[result.outcome] for result in reversed(state.history_of(name))), "-")
    return Row(
        address=address,
        offer=visible(bound.offer_name or bound.offer_id),
        seats=str(bound.quantity),
        status=visible(bound.status) if bound.visible else "not visible yet",
        ends=day(bound.term_ends) if bound.term_ends else "",
        last="PENDING" if name in state.pending else last,
        id=bound.id,
    )


def _write_row(page: Page, row: Row, widths: list[int], *, fits: bool) -> None:
    cells = [
        _padded(cell, width, right=column == "seats")
        for column, cell, width in zip(Row._fields, row, widths, strict=True)
        if width
    ]
    is_head = row.address == _HEAD.address
    style = "bold" if is_head else ""
    page.exact("  ".join(cells if fits else cells[:-1]), style=style)
    if not fits and not is_head:
        page.exact(row.id, indent=2, style="dim")


def _padded(text: str, width: int, *, right: bool = False) -> str:
    blanks = " " * (width - cell_len(text))
    return blanks + text if right else text + blanks


def _write_bound(page: Page, bound: Bound) -> None:
    write_labelled(page, "id", (bound.id, "bold"))
    for number, previous in enumerate(reversed(bound.previous_ids)):
        write_labelled(page, "" if number else "was", previous)
    write_labelled(page, "offer", bound.offer_name or bound.offer_id)
    write_labelled(page, "seats", str(bound.quantity))
    write_labelled(page, "status", bound.status if bound.visible else "bought, not visible yet")
    if bound.term:
        until = f", until {day(bound.term_ends)}" if bound.term_ends else ""
        write_labelled(page, "term", f"{terms(bound.term, bound.billing)}{until}")
    if bound.renewal:
        ours = " (scheduled by this estate)" if bound.scheduled_by else ""
        write_labelled(page, "at end", f"{outcome(bound.renewal, bound)}{ours}")
    write_labelled(page, "seen", moment(bound.observed_at))


def _write_pending(page: Page, address: Address, pending: Pending) -> None:
    page.gap()
    page.write(("PENDING: sent, or about to be, and not settled", "bold red"), indent=4)
    target = pending.offer.name or pending.offer.id
    write_labelled(page, "change", f"{pending.action} to {target}, {pending.quantity} seats")
    write_labelled(page, "since", f"{moment(pending.started_at)}, by run {pending.run.id}")
    write_labelled(page, "request", pending.request_id)
    page.write("The next apply reads it back first. To settle it by hand:", indent=FIELDS)
    for found in (("--succeeded", "SUBSCRIPTION_ID"), ("--not-done",)):
        page.exact(page.invocation.command("state", "resolve", address, *found), indent=FIELDS + 2)


def _offers(result: Result) -> tuple[str, ...]:
    """The offer: one, or from and to; with their ids where both have one name."""
    before, after = (result.before_offer_name or ""), result.offer.name
    if result.request.new_offer is None:
        return (after or before or result.offer.id,)
    if same_name(before, after):
        return f"{before} ({result.before_offer_id})", f"{after} ({result.offer.id})"
    return before or str(result.before_offer_id), after or result.offer.id


def _write_result(page: Page, result: Result, address: Address) -> None:
    page.gap()
    style = "green" if result.outcome.performed else "red"
    page.write(moment(result.finished_at), " ", result.action, ": ", (_OUTCOMES[result.outcome], style), indent=4)
    if result.address != address:
        write_labelled(page, "under", result.address)
    target = result.target_subscription_id
    write_labelled(page, "from" if target else "id", result.subscription_id)
    if target:
        write_labelled(page, "to", target)
    if result.offer.id and result.before_offer_id:
        write_labelled(page, "offer", " -> ".join(_offers(result)))
    if result.request.new_quantity is not None:
        write_labelled(page, "seats", str(result.request.new_quantity))
    write_labelled(page, "request", result.request_id)
    write_labelled(page, "run", result.run.id, *((f" {result.run.url}",) if result.run.url else ()))
    for error in result.upgrade_errors:
        write_labelled(page, "error", f"{error.description} [{error.code}]".strip())
    if result.license_errors:
        write_labelled(page, "users", f"{count(len(result.license_errors), 'user')} left to assign by hand")
