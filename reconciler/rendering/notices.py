"""What a plan tells besides its changes: what is not finished, what changed outside, what nobody declares any more."""

from collections.abc import Iterable
from datetime import datetime

from reconciler.model.address import Address
from reconciler.model.change import Caution, Difference
from reconciler.model.limits import LIMITS
from reconciler.model.plan import Alarm, Breach, Drift, Plan, Unsettled
from reconciler.rendering.foremost import undoing
from reconciler.rendering.items import COLUMN, FIELDS, write_field, write_head
from reconciler.rendering.page import Page
from reconciler.rendering.phrases import ATTRIBUTES, count, since
from reconciler.rendering.prose import write_prose

OUTCOMES = {
    "recovered": "done",
    "waiting": "done, but the service does not show it yet",
    "unknown": "UNKNOWN whether it was done; nothing more is sent for this address until that is settled",
}
"""What reading back says of an earlier change."""

DROPPED = (
    "Nothing is cancelled: each subscription and its bill go on, and nobody looks after it any more. If that is not "
    "meant, put it back into its manifest."
)
"""What it means that an address is no longer declared."""


def write_limits(page: Page, plan: Plan, apply: str | None) -> None:
    """The operator's limits that are exceeded, and how to allow it once."""
    page.gap()
    what = "nothing will be sent" if plan.changes else "apply will refuse every change"
    page.write((f"LIMIT EXCEEDED: {what}", "bold red"))
    for breach in plan.limits:
        page.write((exceeded(breach), "red"), (f" [{breach.name}]", "dim"), indent=2, mark=("! ", "bold red"))
    if plan.changes:
        page.write("If this is meant, allow it for one run:", indent=4)
        page.exact(overriding(apply, plan.limits), indent=6)
        page.write("or raise it for good under limits: in reconciler.yaml.", indent=4)
    else:
        page.write("If this is meant, raise it under limits: in reconciler.yaml.", indent=4)


def write_dropped(page: Page, plan: Plan) -> None:
    """What the compared commits declare no more, by name."""
    page.gap()
    page.write((f"NO LONGER DECLARED since {plan.selection.changed_since}", "bold red"))
    for address in plan.dropped:
        page.write((address, "bold"), indent=2, mark=("! ", "bold red"))
    page.write(DROPPED, indent=4)


def write_foremost(page: Page, cautions: Iterable[tuple[Address, Caution]]) -> None:
    """What an approver must know, before the changes themselves."""
    page.gap()
    page.write(("READ THIS FIRST", "bold red"))
    for address, caution in cautions:
        parts = ((address, "bold"), f": {caution.description}", (f" [{caution.code}]", "dim"))
        page.write(*parts, indent=2, mark=("! ", "bold red"))


def drift_intro(plan: Plan) -> str:
    """What it means for this plan that somebody else changed something."""
    undone = "What of it this plan undoes is said first." if undoing(plan) else "It is no change of this plan."
    return f"Somebody else did this. {undone} What the manifests ask stands above."


def exceeded(breach: Breach) -> str:
    """A limit, what the plan comes to, and what is allowed."""
    figure = f"{breach.figure} ({breach.subject})" if breach.subject else f"{breach.figure} planned"
    limit = LIMITS[breach.name]
    instead = f"; {limit.instead}" if limit.instead else ""
    return f"{limit.counts}: {figure}, {breach.limit} allowed{instead}"


def overriding(apply: str | None, breaches: Iterable[Breach]) -> str:
    """The command that carries the plan out all the same; of several plans, whichever of their files that is."""
    return " ".join((apply or "reconciler apply PLANFILE", *(f"--override-limit {breach.name}" for breach in breaches)))


def differing(one: Difference) -> tuple[str, str]:
    """What differs, and `before -> after`."""
    return ATTRIBUTES.get(one.path, one.path), f"{_said(one.before)} -> {_said(one.after)}"


def write_pending(page: Page, items: Iterable[Unsettled], now: datetime | None) -> None:
    """Changes of earlier runs that are not final yet."""
    page.gap()
    page.write(("Not finished yet, from an earlier apply", "bold"))
    for item in items:
        page.gap()
        unknown = item.outcome == "unknown"
        sign = ("?", "bold red") if unknown else (".", "cyan")
        write_head(page, sign, item.address)
        write_field(page, "change", item.what)
        write_field(page, "since", since(item.since, now))
        write_field(page, "now", (OUTCOMES[item.outcome], "red" if unknown else ""))
        write_prose(page, item.next, indent=FIELDS, mark=("next".ljust(COLUMN), "dim"))


def write_drift(page: Page, items: Iterable[Drift], intro: str) -> None:
    """What somebody else changed."""
    page.gap()
    page.write(("Changed outside since the last apply", "bold"))
    page.write(intro, indent=2)
    for item in items:
        write_head(page, ("*", "cyan"), item.address)
        for one in item.differences:
            label, values = differing(one)
            if len(label) < COLUMN:
                write_field(page, label, values)
            else:
                page.write((f"{label} ", "dim"), values, indent=FIELDS)


def write_alarms(page: Page, items: Iterable[Alarm]) -> None:
    """What a person should look at."""
    page.gap()
    page.write(("Please look at these", "bold"))
    for item in items:
        write_head(page, ("!", "bold yellow"), item.subject)
        page.write((item.description, "yellow"), (f" [{item.code}]", "dim"), indent=FIELDS)


def write_undeclared(page: Page, addresses: Iterable[Address]) -> None:
    """What state tracks and no manifest declares."""
    gone = tuple(addresses)
    page.gap()
    page.write((f"No longer declared: {count(len(gone), 'address', 'addresses')}", "bold"))
    page.write(
        "State tracks these, but no manifest declares them. Nothing is cancelled: each subscription and its bill "
        "go on. To stop tracking one:",
        indent=2,
    )
    for address in gone:
        page.exact(f"reconciler forget {address}", indent=4)


def _said(value: str | int | bool | None) -> str:
    return "nothing" if value in {None, ""} else str(value)
