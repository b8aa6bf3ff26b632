"""A plan as a comment on a pull request: the verdict first, then what is dangerous, what is ready, what is blocked.

The comment begins with a hidden marker, by which a pipeline finds the one to update.
"""

from collections.abc import Iterable, Iterator

from reconciler.changes import of as kind_of
from reconciler.documents.plan import fingerprint
from reconciler.model.change import Change, Difference
from reconciler.model.plan import Notice, Plan
from reconciler.rendering.asked import also, asked_before, asked_now, blocked_before
from reconciler.rendering.catalogue import CatalogueNotice, catalogue_notices
from reconciler.rendering.catalogue import heading as catalogue_heading
from reconciler.rendering.commonmark import NAMED, block, code, folded, link, named, placed, wanted, words
from reconciler.rendering.fitting import Section, fitted
from reconciler.rendering.foremost import foremost, is_foremost
from reconciler.rendering.gravity import is_one_way, one_way_first
from reconciler.rendering.guards import heading, means, values
from reconciler.rendering.markdown_advice import inline
from reconciler.rendering.markdown_blocked import blocked_sections
from reconciler.rendering.notices import DROPPED, OUTCOMES, differing, drift_intro, exceeded, overriding
from reconciler.rendering.phrases import CLOUDS, count, delta, figures, offers, since
from reconciler.rendering.safe import defused
from reconciler.rendering.verdict import compared, counts, origin, plain, selected, unknown, verdict
from reconciler.rendering.view import View

_ALL = 200
"""How many addresses are named of those that nobody looks after any more."""

_CUT = 900
"""Kept free for saying that the comment does not show everything."""


def plan_markdown(plan: Plan, view: View) -> str:
    """The comment, never longer than `view.limit` bytes; what did not fit is said first."""
    head = "".join(_head(plan, view))
    foot = "".join(_foot(plan, view))
    parts = fitted(
        [*_danger(plan, view), *_ready(plan, view), *blocked_sections(plan, view), *_notices(plan, view)],
        view.limit - len(head.encode()) - len(foot.encode()) - _CUT,
    )
    cut = _cut(parts.rows - parts.shown, parts.rows, view) if parts.shown < parts.rows else ""
    return defused(f"{head}{cut}{parts.text}{foot}")


def marker(view: View) -> str:
    """What a pipeline looks for to update one comment: the same for all that is said of this name, plan or failure."""
    return f"<!-- reconciler {view.kind}{f': {view.slug}' if view.slug else ''} -->"


def _head(plan: Plan, view: View) -> Iterator[str]:
    title = f"{words(view.name)}: " if view.name else ""
    yield f"{marker(view)}\n"
    yield from guards(plan.notices, view)
    yield from _catalogue(catalogue_notices(plan), view)
    yield f"## {title}{words(plain(verdict(plan)).rstrip('.'))}\n\n"
    yield f"{words(counts(plan))}\n"
    chosen = plan.selection
    read = f"{CLOUDS.get(plan.cloud, plan.cloud)}, {origin(plan, view.now)}"
    size = f"{count(chosen.customers, 'customer')}, {count(chosen.subscriptions, 'subscription')}"
    yield f"{words(read)}. {size}.\n\n"
    if selected(plan):
        yield f"**Only part of the estate was planned:** {code(selected(plan))}\n\n"
    if compared(plan):
        yield f"{words(compared(plan))}\n\n"


def guards(notices: tuple[Notice, ...], view: View) -> Iterator[str]:
    """First of all, and never left out; so many of them are told as a comment can hold."""
    if not notices:
        return
    weaker = any(one.code != "guard_tightened" for one in notices)
    yield f"> [!{'CAUTION' if weaker else 'NOTE'}]\n> **{words(heading(notices))}**\n"
    for one in notices[:NAMED]:
        place = f" {placed(one.source, view)}" if one.source else ""
        yield f"> - {code(one.subject)}: {code(values(one))}, {words(means(one))}{place}\n"
    if notices[NAMED:]:
        yield f"> - and **{len(notices) - NAMED:,} more**\n"
    yield "\n"


def _catalogue(notices: tuple[CatalogueNotice, ...], view: View) -> Iterator[str]:
    """Before the plan itself, and never left out, like the guards."""
    if not notices:
        return
    yield f"> [!CAUTION]\n> **{words(catalogue_heading(notices))}**\n"
    for one in notices[:NAMED]:
        place = f" {placed(one.source, view)}" if one.source else ""
        yield f"> - {code(one.name)}{place}: {words(one.says)} **{words(one.moves)}** ({code(one.code)})\n"
    if notices[NAMED:]:
        yield f"> - and **{len(notices) - NAMED:,} more**\n"
    yield "\n"


def _cut(left: int, rows: int, view: View) -> str:
    more = f", or {link('see the whole run', view.run_url)}" if view.run_url else ""
    return (
        f"> [!IMPORTANT]\n> **This comment does not show everything: {left:,} of {rows:,} entries are left out**, "
        f"since the host takes no longer comment. The counts above are of the whole plan. To read all of it, use "
        f"another format of the saved plan: `reconciler show plan.json`{more}.\n\n"
    )


def _danger(plan: Plan, view: View) -> Iterator[Section]:
    lines = tuple(f"> - {said}\n" for said in _dangers(plan, view))
    if lines:
        yield Section(head="> [!CAUTION]\n", rows=lines, tail="\n", nouns=("danger", "dangers"))
    if plan.warnings:
        rows = tuple(f"> - {code(one.subject)}: {words(one.description)} ({code(one.code)})\n" for one in plan.warnings)
        yield Section(head="> [!WARNING]\n", rows=rows, tail="\n", nouns=("warning", "warnings"))


def _dangers(plan: Plan, view: View) -> Iterator[str]:
    for breach in plan.limits:
        said = f"{words(exceeded(breach))} ({code(breach.name)})"
        yield f"**A limit is exceeded, so apply will refuse {'this plan' if plan.changes else 'every change'}.** {said}"
    if plan.limits and plan.changes:
        command = overriding(view.next_command, plan.limits)
        yield f"If this is meant, allow it for one run: {code(command)}"
    if plan.dropped:
        gone = count(len(plan.dropped), "address is", "addresses are")
        yield f"**{gone} no longer declared:** {named(plan.dropped, at_most=_ALL)}. {DROPPED}"
    if before := asked_before(plan):
        those = count(len(before), "change is", "changes are")
        which = named([change.address for change in one_way_first(before)])
        yield f"**{those} not asked for by these commits:** {which}. {also(plan)}"
    if unknown(plan):
        lost = [item.address for item in plan.pending if item.outcome == "unknown"]
        yield (
            f"**The outcome of {count(len(lost), 'earlier change')} is unknown:** {named(lost)}. Nothing more is sent "
            "there until that is settled: see below."
        )
    losing = [change for change in plan.changes if change.seats < 0]
    if losing:
        fewer = named([change.address for change in losing], [f" ({change.seats:+d})" for change in losing])
        yield f"**{count(plan.summary.seats_removed, 'seat is', 'seats are')} removed:** {fewer}."
    upgrades = [change.address for change in plan.changes if is_one_way(change)]
    if upgrades:
        one_way = count(len(upgrades), "upgrade is", "upgrades are")
        yield (
            f"**{one_way} one way:** {named(upgrades)}. Each buys a new subscription in place of the old one and "
            "can't be undone."
        )
    if plan.errored:
        yield "**Something could not be read: this plan is incomplete.** What it lists still holds."
    for address, caution in foremost(plan):
        yield f"{code(address)}: **{words(caution.description)}** ({code(caution.code)})"


def _ready(plan: Plan, view: View) -> Iterator[Section]:
    heading = "Planned" if plan.limits else "Ready"
    for said, changes in ((heading, asked_now(plan)), ("Not asked for by these commits", asked_before(plan))):
        if changes:
            head = (
                f"### {said}: {count(len(changes), 'change')}\n\n"
                "| | Address | Offer | Seats | Users | Manifest |\n|---|---|---|---:|---|---|\n"
            )
            rows = tuple(_row(change, view) for change in one_way_first(changes))
            yield Section(head=head, rows=rows, tail="\n", nouns=("change", "changes"))
    cautions = tuple(
        f"- {code(change.address)}: {words(one.description)} ({code(one.code)})\n"
        for change in one_way_first(plan.changes)
        for one in change.warnings
        if not is_foremost(one)
    )
    if cautions:
        yield Section(head="**To know before approving**\n\n", rows=cautions, tail="\n", nouns=("note", "notes"))


def _row(change: Change, view: View) -> str:
    before, after = change.before.quantity, change.after.quantity
    cells = (
        f"`{kind_of(change.request).symbol}` {change.action}",
        code(change.address, cell=True),
        wanted(offers(change.before, change.after)),
        f"{figures(before, after)}{delta(before, after)}".replace("->", "→"),
        words(kind_of(change.request).users(change.request)),
        placed(change.source, view),
    )
    return f"| {' | '.join(cells)} |\n"


def _notices(plan: Plan, view: View) -> Iterator[Section]:
    if before := blocked_before(plan):
        yield Section(head=f"**Blocked before this change already:** {named(before)}\n\n")
    if plan.pending:
        yield _list(
            f"Not finished yet, from an earlier apply: {len(plan.pending)}",
            "",
            (
                f"- {code(item.address)}: {words(item.what)}, since {since(item.since, view.now)}. "
                f"**Now: {words(OUTCOMES[item.outcome])}.** Next: {inline(item.next)}\n"
                for item in plan.pending
            ),
        )
    if plan.drift:
        yield _list(
            f"Changed outside since the last apply: {count(len(plan.drift), 'subscription')}",
            f"{drift_intro(plan)}\n\n",
            (f"- {code(item.address)}: {_differences(item.differences)}\n" for item in plan.drift),
        )
    if plan.undeclared:
        yield _list(
            f"No longer declared: {count(len(plan.undeclared), 'address', 'addresses')}",
            "State tracks these, but no manifest declares them. Nothing is cancelled: each subscription and its bill "
            "go on. To stop tracking one:\n\n",
            (f"- {code(f'reconciler forget {address}')}\n" for address in plan.undeclared),
        )


def _differences(differences: Iterable[Difference]) -> str:
    return "; ".join(
        f"{words(label)} {words(values).replace('-&gt;', '→')}" for label, values in map(differing, differences)
    )


def _list(summary: str, intro: str, rows: Iterable[str]) -> Section:
    head, tail = folded(summary, intro)
    return Section(head=head, rows=tuple(rows), tail=f"\n{tail}\n", nouns=("entry", "entries"))


def _foot(plan: Plan, view: View) -> Iterator[str]:
    """A pipeline's comment names no command: what it planned, it applies itself, and nobody from a desk."""
    if plan.observed_from == "snapshot" and plan.changes:
        yield "A plan from a snapshot can't be applied: plan again against the live service.\n\n"
    elif view.next_command and plan.changes and not plan.limits and not view.run_url:
        which = "this change" if len(plan.changes) == 1 else f"these {len(plan.changes)} changes"
        yield f"To carry out {which}:\n\n{block(view.next_command)}\n\n"
    yield footer(view, fingerprint(plan))


def footer(view: View, fingerprint: str = "") -> str:
    """By what, from what and where this was made."""
    known = [
        code(fingerprint),
        f"commit {code(view.commit)}" if view.commit else "",
        f"reconciler {words(view.version)}",
        link("run", view.run_url) if view.run_url else "",
    ]
    return f"<sub>{' · '.join(filter(None, known))}</sub>\n"
