"""What an apply did, as a comment or a step's summary: what needs somebody first, then what was done."""

from collections.abc import Iterator, Sequence

from reconciler import changes
from reconciler.model.event import Event, Recovered, Started, Succeeded
from reconciler.rendering.applied_findings import applied_findings, ended, is_one_way
from reconciler.rendering.commonmark import code, placed, wanted, words
from reconciler.rendering.findings import Finding, Level
from reconciler.rendering.fitting import Section, fitted
from reconciler.rendering.markdown import footer, marker
from reconciler.rendering.markdown_advice import inline
from reconciler.rendering.phrases import delta, figures, offers
from reconciler.rendering.safe import defused
from reconciler.rendering.view import View

_HEADINGS = {Level.ERROR: "Somebody must act", Level.WARNING: "Please look at these"}
_CUT = 200


def applied_markdown(events: Sequence[Event], view: View) -> str:
    """The report, never longer than `view.limit` bytes."""
    title = f"{words(view.name)}: " if view.name else ""
    head = f"{marker(view)}\n## {title}{words(ended(events).rstrip('.'))}\n\n"
    foot = footer(view)
    room = view.limit - len(head.encode()) - len(foot.encode()) - _CUT
    return defused(f"{head}{fitted([*_sections(events, view)], room).text}{foot}")


def _sections(events: Sequence[Event], view: View) -> Iterator[Section]:
    found = [*applied_findings(events)]
    for level, heading in _HEADINGS.items():
        rows = tuple(_item(one, view) for one in found if one.level is level)
        if rows:
            yield Section(head=f"### {heading}: {len(rows)}\n\n", rows=rows, tail="\n", nouns=("entry", "entries"))
    events = sorted(events, key=lambda event: not is_one_way(event))
    done = [one for one in events if isinstance(one, Succeeded | Recovered)]
    if done:
        started = {one.address: one for one in events if isinstance(one, Started)}
        head = f"### Done: {len(done)}\n\n| | Address | Offer | Seats | Now subscription |\n|---|---|---|---:|---|\n"
        rows = tuple(_row(one, started.get(one.address)) for one in done)
        yield Section(head=head, rows=rows, tail="\n", nouns=("change", "changes"))


def _item(finding: Finding, view: View) -> str:
    place = f" {placed(finding.place, view)}" if finding.place else ""
    steps = "".join(f"<br>\n  {inline(line)}" for line in finding.lines if line.strip())
    return f"- **{words(finding.title)}** ({code(finding.code)}){place}<br>\n  {words(finding.says)}{steps}\n"


def _row(event: Succeeded | Recovered, started: Started | None) -> str:
    result = event.result
    change = started.change if started else None
    names = wanted(offers(change.before, change.after)) if change else ""
    before = change.before.quantity if change else None
    after = before if result.request.new_quantity is None else result.request.new_quantity
    seats = "" if after is None else f"{figures(before, after)}{delta(before, after)}".replace("->", "→")
    subscription = result.target_subscription_id or result.subscription_id
    sign = code(changes.of(result.request).symbol)
    cells = (f"{sign} {words(str(result.outcome))}", code(event.address, cell=True), names, seats, code(subscription))
    return f"| {' | '.join(cells)} |\n"
