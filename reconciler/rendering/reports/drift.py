"""The report of drift: what changed outside, and what is live that nobody declares."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from reconciler.advice import row
from reconciler.model.commerce import Account
from reconciler.model.drift import DriftReport, Moved, Undeclared
from reconciler.model.remedy import Step
from reconciler.model.utc import utc_minute
from reconciler.rendering.phrases import CLOUDS, count, listed, since
from reconciler.rendering.report import Amount, Field, Item, Level, Report, Section, Span, Tone
from reconciler.rendering.reports.alarms import alarms, of_terms
from reconciler.rendering.reports.differences import AS_ASKED, choosing_end, left_alone, moved, named
from reconciler.rendering.reports.names import OfCustomer, with_names
from reconciler.rendering.reports.tasks import left_to_do
from reconciler.rendering.reports.undeclared import undeclared
from reconciler.rendering.reports.unread import unread
from reconciler.rendering.reports.unsettled import unsettled
from reconciler.rendering.reports.verdict import only_part
from reconciler.rendering.view import View


def drift_report(drift: DriftReport, view: View) -> Report:
    """The report, in the order in which it is read."""
    part = drift.selection.arguments
    cloud = Span(CLOUDS.get(drift.cloud, drift.cloud), Tone.NAME)
    report = Report(
        name="reconciler drift",
        case="drift",
        marker=f"reconciler drift: {drift.cloud}",
        at=drift.created_at,
        verdict=(Span(_verdict(drift), Tone.STRONG if drift.has_drift or drift.not_compared else Tone.GOOD),),
        origin=(
            (cloud, Span(f", read live at {since(drift.created_at, view.now)}")),
            (Span(_size(drift)),),
        ),
        caveats=() if drift.selection.whole else (only_part("compared", drift.selection.options),),
        notices=tuple(of_terms(drift.warnings, Step("What a plan does about them:", ("plan", *part)), part=part)),
        sections=(
            *unread(drift.unread),
            *_moved(drift),
            *unsettled(drift.pending, {}, view.now),
            *left_to_do(drift.tasks, view.now),
            *_undeclared(drift),
            *_customers(drift),
            *_blind(drift),
            *alarms(drift.warnings, {}),
            *undeclared(drift.left, drift.unbought, drift.pending, drift.warnings, drift.vanished),
        ),
        whole=Step("To read all of it:", ("drift", *part)),
        errored=bool(drift.unread),
    )
    known: tuple[OfCustomer, ...] = (*drift.moved, *drift.undeclared, *drift.unread, *drift.pending, *drift.tasks)
    return with_names(report, known)


def _verdict(drift: DriftReport) -> str:
    counts = [
        f"{count(len(drift.moved), 'subscription')} changed outside" if drift.moved else "",
        f"{count(len(drift.undeclared), 'live subscription')} declared nowhere" if drift.undeclared else "",
        f"{count(len(drift.undeclared_customers), 'customer')} declared nowhere" if drift.undeclared_customers else "",
        f"{count(len(drift.left), 'address', 'addresses')} tracked but not declared" if drift.left else "",
        f"{count(drift.billed_twice, 'subscription')} billed twice" if drift.billed_twice else "",
        f"{count(drift.schedules_lost, 'schedule')} lost or changed" if drift.schedules_lost else "",
        f"{count(drift.unreadable, 'subscription')} that can't be understood" if drift.unreadable else "",
        f"{count(len(drift.unread), 'customer')} unread" if drift.unread else "",
        "the partner's customers not listed" if drift.not_listed else "",
    ]
    return f"{listed([*filter(None, counts)]) or _nothing(drift)}."


def _nothing(drift: DriftReport) -> str:
    """Returns what can be said where nothing was found: nothing of what was not compared."""
    if not (drift.not_compared or drift.blind):
        return "Nothing changed outside"
    if not drift.compared and not drift.not_compared:
        return "Nothing was compared with state: nothing that is selected is declared and bought"
    if not drift.compared:
        return f"Nothing was compared with state: whether {_any_of(drift.not_compared)} changed outside is not known"
    compared, not_compared = _were(drift.compared, " that"), _were(drift.not_compared)
    return f"Nothing changed outside in the {compared} compared; {not_compared} not"


def _any_of(number: int) -> str:
    return "the subscription" if number == 1 else f"any of {number} subscriptions"


def _were(number: int, that: str = "") -> str:
    return f"{count(number, 'subscription')}{that} {'was' if number == 1 else 'were'}"


def _size(drift: DriftReport) -> str:
    compared = f"{count(drift.customers, 'customer')}, {count(drift.compared, 'subscription')} compared with state."
    unseen = f"{drift.unseen} not compared: no apply has recorded {'it' if drift.unseen == 1 else 'them'} yet."
    unfinished = f"{drift.unfinished} not compared: an earlier change is not final."
    unread = f"{drift.unread_addresses} not compared: {_whose(drift)} could not be read."
    parts = (
        compared,
        unseen if drift.unseen else "",
        unfinished if drift.unfinished else "",
        unread if drift.unread_addresses else "",
    )
    return " ".join(filter(None, parts))


def _whose(drift: DriftReport) -> str:
    if len(drift.unread) > 1:
        return "their customers"
    return "its customer" if drift.unread_addresses == 1 else "their customer"


def _moved(drift: DriftReport) -> Iterator[Section]:
    if drift.moved:
        yield Section(
            id="drift",
            heading="Changed outside since state last saw it",
            nouns=("subscription", "subscriptions"),
            items=tuple(map(_moved_item, drift.moved)),
            closing=(
                *_accepting(drift),
                *choosing_end(drift.moved),
                Step("What the manifests would do about it:", ("plan", *drift.selection.arguments)),
            ),
            dense=True,
        )


def _accepting(drift: DriftReport) -> Iterator[Step]:
    """Yields the command that takes what was changed into the manifests: of a part, nothing beside it."""
    acceptable = [item.address for item in drift.moved if item.acceptable]
    if acceptable:
        of_part = () if drift.selection.whole else named(acceptable)
        yield Step("To keep what was changed, write it into the manifests:", ("accept", *of_part))


def _moved_item(item: Moved) -> Item:
    found = moved(item.address, item.differences)
    declared = [Field("now", _declared(item))] if item.declared else []
    return replace(found, fields=(*found.fields, *(Field("by", who) for who in _culprits(item)), *declared))


def _declared(item: Moved) -> str:
    """Returns what the manifest says of a change that does not contradict it."""
    if item.left_open:
        keys = " and ".join(f"{key}:" for key in item.left_open)
        return f"no manifest asks for it: its entry has no {keys}. It is listed here until it has, or the term ends"
    if item.left_out:
        return left_alone(item.left_out)
    return AS_ASKED


def _culprits(item: Moved) -> Iterator[str]:
    if item.unnamed:
        yield f"not known: {item.unnamed}"
    elif not item.causes:
        yield f"not in the audit log (since {utc_minute(item.seen_at)}); the log lags"
    for record in item.causes:
        yield f"{record.who}, {_at(record.at)} ({record.operation})"


def _at(time: datetime | None) -> str:
    return utc_minute(time) if time else "at a time unknown"


def _undeclared(drift: DriftReport) -> Iterator[Section]:
    if drift.undeclared:
        tenants = dict.fromkeys(item.customer.tenant for item in drift.undeclared if item.perhaps_of is None)
        commands = (Step(run=("import", "--customer", tenant, "--new-only")) for tenant in tenants)
        yield Section(
            id="live",
            heading="Live, and declared in no manifest",
            nouns=("subscription", "subscriptions"),
            items=tuple(map(_live, drift.undeclared)),
            closing=(Step("To declare them in the manifests:"), *commands) if tenants else (),
            dense=True,
        )


def _customers(drift: DriftReport) -> Iterator[Section]:
    """Yields the partner's customers that no manifest declares, or why they are not known."""
    heading, nouns = "Customers that no manifest declares", ("customer", "customers")
    if drift.not_listed:
        item = Item(subject="not known", sign=Span("!", Tone.WARN), level=Level.WARNING, says=drift.not_listed)
        yield Section(id="customers", heading=heading, items=(item,), dense=True)
    elif drift.undeclared_customers:
        yield Section(
            id="customers",
            heading=heading,
            nouns=nouns,
            items=tuple(_customer(account) for account in drift.undeclared_customers),
            closing=_taking_in(),
            dense=True,
        )


def _taking_in() -> tuple[Step, ...]:
    """Returns the steps about undeclared customers; all of them are listed already."""
    return tuple(step for step in row("customers_undeclared").steps_for({}) if step.run != ("drift",))


def _customer(account: Account) -> Item:
    return Item(
        subject=account.display_name or account.domain or "unnamed",
        sign=Span("+", Tone.WARN),
        kind="customer",
        state="declared nowhere",
        code="customers_undeclared",
        fields=(Field("tenant", account.tenant, Tone.OPTIONS),),
    )


def _blind(drift: DriftReport) -> Iterator[Section]:
    """Yields what to do where nothing could be compared, and an apply would alter that."""
    if drift.unseen and not drift.compared:
        known = drift.not_compared > drift.unseen
        which = "declared" if drift.selection.whole else "selected"
        many = f"No apply has recorded {drift.unseen} of the {drift.not_compared} subscriptions that are {which}."
        yield Section(
            id="blind",
            heading="Nothing was compared with state",
            intro=f"{many if known else f'State knows no subscription that is {which}.'} An apply records what is live,"
            " and the next drift compares it.",
            items=(),
            closing=(Step("What an apply would do:", ("plan", *drift.selection.arguments)),),
        )


def _live(item: Undeclared) -> Item:
    perhaps = f"a request for {item.perhaps_of} may have bought it: settle that first"
    return Item(
        subject=item.customer.name,
        sign=Span("+", Tone.WARN),
        kind="live",
        state="declared nowhere",
        code="subscriptions_undeclared",
        fields=(
            Field("offer", f"{item.offer_name or item.offer_id}{' (add-on)' if item.add_on else ''}"),
            Field("seats", Amount(item.quantity, item.quantity)),
            *([Field("at end", f"ends with its term on {item.ends_on}", Tone.WARN)] if item.ends_on else []),
            Field("id", item.subscription_id, Tone.OPTIONS),
            *([Field("look", perhaps, Tone.WARN)] if item.perhaps_of else []),
        ),
    )
