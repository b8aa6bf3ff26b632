"""What a CI system is told of a plan, one finding at a time: how grave, of which address, where, in which words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from reconciler.changes import of as kind_of
from reconciler.model.address import Address
from reconciler.model.change import Blocked, Caution, Change, Reason, Remedy, Retry
from reconciler.model.plan import Alarm, Breach, Drift, Notice, Plan, Unsettled
from reconciler.model.subscription import Place
from reconciler.rendering.asked import reasons_before
from reconciler.rendering.catalogue import CatalogueNotice, catalogue_notices
from reconciler.rendering.catalogue import heading as heading_of_catalogue
from reconciler.rendering.foremost import is_foremost
from reconciler.rendering.gravity import is_one_way, one_way_first
from reconciler.rendering.guards import heading, means, values
from reconciler.rendering.notices import OUTCOMES, differing, exceeded, overriding
from reconciler.rendering.phrases import WAITING, addressed, offers, seats, who
from reconciler.rendering.places import places
from reconciler.rendering.problems import support_fields
from reconciler.rendering.safe import visible
from reconciler.rendering.view import View


class Level(StrEnum):
    """How grave a finding is, the gravest first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to know. `code` is what `reconciler explain` takes, or the action; `says` is what all findings of
    the code have in common; `lines` are the particulars. `subject` is what a finding without an address is about.
    `place` is None where it is not known. `left_out`: not done, and no failure either.
    `first`: to be read before the plan itself, however grave that is.
    """

    level: Level
    code: str
    title: str
    says: str
    lines: tuple[str, ...] = ()
    address: Address | None = None
    subject: str = ""
    place: Place | None = None
    left_out: bool = False
    first: bool = False

    @property
    def text(self) -> str:
        """All of it, harmless, in our own lines."""
        return "\n".join(visible(line) for line in (self.says, *self.lines) if line.strip())


def findings(plan: Plan, view: View) -> Iterator[Finding]:
    """Everything in the plan that a reader should know: what it does to its own guards, what names of the catalogue
    mean, then the gravest first.
    """
    yield from map(guard, plan.notices)
    yield from map(_catalogue, catalogue_notices(plan))
    yield from gravest_first(_found(plan, view))


def gravest_first(found: Iterable[Finding]) -> Iterator[Finding]:
    """The same findings: what is to be read first, then by their level, else in their order."""
    return iter(sorted(found, key=lambda one: (not one.first, list(Level).index(one.level))))


def _found(plan: Plan, view: View) -> Iterator[Finding]:
    known, before = places(plan), reasons_before(plan)
    changes = one_way_first(plan.changes)
    cautions = [(change, caution) for change in changes for caution in change.warnings]
    yield from (_exceeded(one, plan, view) for one in plan.limits)
    pending = [_unsettled(item, known.get(item.address)) for item in plan.pending]
    yield from (finding for finding in pending if finding.level is Level.ERROR)
    for blocked in plan.blocked:
        yield from (_held(_blocked(blocked, reason, view), before) for reason in blocked.reasons)
    yield from (_caution(change, one) for change, one in cautions if is_foremost(one))
    yield from (_held(_change(change), before) for change in changes if is_one_way(change))
    yield from (finding for finding in pending if finding.level is not Level.ERROR)
    yield from (_alarm(alarm, known.get(alarm.address) if alarm.address else None) for alarm in plan.warnings)
    yield from (_caution(change, one) for change, one in cautions if not is_foremost(one))
    yield from (_drift(one, known.get(one.address)) for one in plan.drift)
    yield from (_held(_change(change), before) for change in changes if not is_one_way(change))
    tracked, dropped = set(plan.undeclared), set(plan.dropped)
    yield from (_undeclared(one, tracked=one in tracked, dropped=one in dropped) for one in sorted(tracked | dropped))


def guard(item: Notice) -> Finding:
    """A guard that the compared commits change."""
    return Finding(
        level=Level.NOTE if item.code == "guard_tightened" else Level.WARNING,
        code=item.code,
        title=f"{heading((item,))}: {item.subject}",
        says=f"{item.subject}: {values(item)}",
        lines=(means(item),),
        subject=item.subject,
        first=True,
        place=item.source,
    )


def _catalogue(notice: CatalogueNotice) -> Finding:
    """A name of the catalogue, at its line there."""
    return Finding(
        level=Level.WARNING,
        code=notice.code,
        title=f"{heading_of_catalogue((notice,))}: {notice.name}",
        says=notice.says,
        lines=(notice.moves,),
        subject=notice.name,
        first=True,
        place=notice.source,
    )


def _exceeded(breach: Breach, plan: Plan, view: View) -> Finding:
    command = overriding(view.next_command, plan.limits)
    return Finding(
        level=Level.ERROR,
        code=breach.name,
        title=f"A limit is exceeded: apply will refuse {'this plan' if plan.changes else 'every change'}",
        says=exceeded(breach),
        lines=(f"If this is meant, allow it for one run: {command}",) if plan.changes else (),
    )


def _unsettled(item: Unsettled, place: Place | None) -> Finding:
    unknown = item.outcome == "unknown"
    return Finding(
        level=Level.ERROR if unknown else Level.NOTE,
        code="outcome_unknown" if unknown else item.outcome,
        title=f"{item.address}: {'outcome unknown' if unknown else 'not finished yet'}",
        says=OUTCOMES[item.outcome],
        lines=(item.what, item.next),
        address=item.address,
        place=place,
        left_out=item.outcome == "waiting",
    )


def _blocked(item: Blocked, reason: Reason, view: View) -> Finding:
    speaker = "Partner Center says: " if reason.origin == "service" else ""
    details = f"{speaker}{reason.details.strip()}" if reason.details.strip() else ""
    return Finding(
        level=Level.ERROR if view.blocked_fails else Level.WARNING,
        code=reason.code,
        title=f"{item.address}: blocked",
        says=reason.description,
        lines=(f"Wanted: {_wanted(item)}", *details.splitlines(), *advice(reason.remedy), *_for_support(reason)),
        address=item.address,
        place=item.source,
    )


def _for_support(reason: Reason) -> Iterator[str]:
    """What to give to Microsoft's support, a line each."""
    if reason.support is not None:
        yield from (f"{label}: {value}" for label, value in support_fields(reason.support).items())


def advice(remedy: Remedy) -> Iterator[str]:
    """Who acts, the steps, and whether waiting helps, a line each."""
    yield f"Who must act: {who(remedy)}"
    for number, step in enumerate(addressed(remedy), 1):
        first, *more = step.splitlines() or [""]
        yield f"{number}. {first}" if len(remedy.steps) > 1 else first
        yield from (f"   {line}" for line in more)
    if remedy.url and not any(remedy.url in step.text for step in remedy.steps):
        yield remedy.url
    if remedy.retry is not Retry.NO:
        yield f"Waiting {WAITING[remedy.retry]}"


def _alarm(item: Alarm, place: Place | None) -> Finding:
    return Finding(
        level=Level.WARNING,
        code=item.code,
        title=f"{item.subject}: please look at this",
        says=item.description,
        address=item.address,
        place=place,
    )


def _caution(change: Change, caution: Caution) -> Finding:
    title = "READ THIS FIRST" if is_foremost(caution) else "to know before approving"
    return Finding(
        level=Level.WARNING,
        code=caution.code,
        title=f"{change.address}: {title}",
        says=caution.description,
        address=change.address,
        place=change.source,
    )


def _drift(item: Drift, place: Place | None) -> Finding:
    return Finding(
        level=Level.WARNING,
        code="drift",
        title=f"{item.address}: changed outside",
        says="Somebody else changed this since the last apply.",
        lines=tuple(f"{label}: {values}" for label, values in map(differing, item.differences)),
        address=item.address,
        place=place,
    )


def _change(change: Change) -> Finding:
    kind = kind_of(change.request)
    users = kind.users(change.request)
    return Finding(
        level=Level.NOTE,
        code=change.action,
        title=f"{change.address}: {change.action}",
        says=kind.words.planned,
        lines=(_wanted(change), f"Users: {users}" if users else ""),
        address=change.address,
        place=change.source,
    )


def _held(finding: Finding, before: Mapping[Address, str]) -> Finding:
    """The finding, with who asks for it. A change that nobody asks for now is no mere note."""
    if finding.address is None or finding.address not in before:
        return finding
    return replace(
        finding,
        level=Level.WARNING if finding.level is Level.NOTE else finding.level,
        title=f"{finding.title}, not asked for by these commits",
        lines=(before[finding.address], *finding.lines),
    )


def _undeclared(address: Address, *, tracked: bool, dropped: bool) -> Finding:
    no = "State tracks this, but no" if tracked else "No"
    return Finding(
        level=Level.WARNING if dropped else Level.NOTE,
        code="undeclared",
        title=f"{address}: no longer declared",
        says=f"{no} manifest declares it. Nothing is cancelled: the subscription goes on.",
        lines=(f"To stop tracking it: reconciler forget {address}",) if tracked else (),
        address=address,
    )


def _wanted(item: Change | Blocked) -> str:
    quantity = item.before.quantity if item.before else None
    return f"{' -> '.join(offers(item.before, item.after))}, {seats(quantity, item.after.quantity)}"
