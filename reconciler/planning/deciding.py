"""Decides what the differences of one address come to: the items of its kinds, each beginning with what the earlier
ones leave.
"""

from dataclasses import dataclass, field, replace

from reconciler import changes
from reconciler.changes import Kind
from reconciler.changes.case import Case
from reconciler.changes.facts import Question, SubscriptionWanted
from reconciler.changes.in_words import sent_when
from reconciler.changes.rules.relationship import explaining
from reconciler.changes.schedule import is_ours
from reconciler.model.alarm import Alarm
from reconciler.model.change import Before, Binding, Blocked, Change
from reconciler.model.errors import NotInSnapshot, ServiceError
from reconciler.model.pending import Pending
from reconciler.model.reason import Reason
from reconciler.model.request import Request
from reconciler.model.unsettled import Unsettled
from reconciler.model.utc import utc_minute
from reconciler.planning import diff, outside
from reconciler.planning.pending import wanted
from reconciler.planning.precedence import without_moot
from reconciler.planning.renewing import renewing


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressDecision:
    """The items of an address; nothing is to do where all of it is empty. With `questions` it is provisional."""

    changes: tuple[Change, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    pending: tuple[Unsettled, ...] = ()
    warnings: tuple[Alarm, ...] = ()
    questions: frozenset[Question] = field(default_factory=frozenset)

    @property
    def nothing(self) -> bool:
        """Returns whether the address is as the manifest wants it."""
        return not (self.changes or self.blocked or self.pending or self.questions)


def decide(case: Case) -> AddressDecision:
    """Returns the items of an address whose live subscription is known.

    A new-commerce subscription is read by its id where something differs, or where a schedule of ours does not show:
    lists may leave out what is scheduled. Where one of the immediate items is blocked, or has to wait, none of them is
    planned. Those of kinds that stand alone are, beginning with the subscription as it is. Where one that schedules is
    blocked, nothing is planned that would delete what is scheduled.
    """
    if not (_schedule_unseen(case) or _differs(case)):
        return AddressDecision()
    if case.modern and case.subscription_id not in case.facts.details:
        return AddressDecision(questions=frozenset({SubscriptionWanted(case.subscription_id)}))
    detail = case.facts.details.get(case.subscription_id)
    if isinstance(detail, ServiceError) and not isinstance(detail, NotInSnapshot):
        return AddressDecision(blocked=(case.blocked([case.unanswered(detail)]),))
    waits = renewing(case)
    waits = waits if waits and _differs(case, *_kinds(alone=False)) else None
    immediate = _Items(left=case) if waits else _items(case, alone=False)
    undone = bool(immediate.reasons or immediate.questions)
    later = _items(case if undone else immediate.left, alone=True)
    if waits and waits.over:
        later = _Items(left=case)
    undone = undone or (bool(later.reasons) and any(change.deletes_schedule for change in immediate.changes))
    reasons, questions = (*immediate.reasons, *later.reasons), immediate.questions | later.questions
    if questions and not reasons:
        return AddressDecision(questions=questions)
    return AddressDecision(
        changes=(*(() if undone else immediate.changes), *later.changes),
        blocked=(case.blocked(without_moot(case, reasons)),) if reasons else (),
        pending=(waits.unsettled(case),) if waits else (),
        questions=questions,
    )


def _schedule_unseen(case: Case) -> bool:
    """Returns whether a schedule is ours, and neither it nor the term that followed it shows."""
    bound, found = case.bound, case.present.commitment
    if not case.modern or bound is None or bound.scheduled_by is None:
        return False
    return found is None or not (is_ours(bound, found) or bound.term_ends != found.ends_at)


def _differs(case: Case, *kinds: Kind) -> bool:
    """Returns whether anything differs that these kinds change: all kinds, where none is named."""
    return any(kind.differs(case) for kind in kinds or changes.KINDS.values())


def _kinds(*, alone: bool) -> tuple[Kind, ...]:
    return tuple(kind for kind in changes.KINDS.values() if kind.stands_alone is alone)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Items:
    """Changes, reasons against others, what must be read first, and the case as the changes leave it."""

    left: Case
    changes: tuple[Change, ...] = ()
    reasons: tuple[Reason, ...] = ()
    questions: frozenset[Question] = frozenset()


def _items(case: Case, *, alone: bool) -> _Items:
    """The items of all kinds that stand alone, or of all others, in their order; with every reason against any."""
    planned: list[Change] = []
    against: list[Reason] = []
    questions: set[Question] = set()
    kinds = set(_kinds(alone=alone))
    while differing := [kind for kind in kinds if kind.differs(case)]:
        kind = min(differing, key=lambda kind: (kind.order(case.seats), kind.name))
        kinds.remove(kind)
        if reasons := kind.refusals(case):
            against.extend(reasons)
            continue
        if wanted := kind.lookup(case):
            questions |= wanted
            continue
        request = kind.plan(case)
        decided = request if isinstance(request, tuple) else _undoubted(case, kind, request)
        if isinstance(decided, tuple):
            against.extend(decided)
            questions |= explaining(case, decided)
            continue
        planned.append(decided)
        case = case.following(kind.leaves, decided.request)
    return _Items(left=case, changes=tuple(planned), reasons=tuple(against), questions=frozenset(questions))


def _undoubted(case: Case, kind: Kind, request: Request) -> Change | tuple[Reason, ...]:
    """The change, unless a purchase that was given up as not done may still show: then only the same may be asked.

    The same request is never performed twice; anything else would buy a second subscription. Once the service has
    refused the repeated request, asking the same needs a new id, and that is another request: the refusal of the second
    says nothing of the first.
    """
    change = _change(case, kind, request)
    doubt = changes.open_doubt(case.doubts, case.circumstances.earliest)
    if doubt is None or (_repeats(case, doubt, change) and not _refused_since(case, doubt)):
        return change
    until = doubt.doubted_until + case.circumstances.lag
    known = {
        "request_id": doubt.request_id,
        **sent_when(doubt),
        "doubted": wanted(doubt),
        "until": utc_minute(until),
        "left_open": "true",
    }
    return (case.because("outcome_unknown", known=known),)


def _refused_since(case: Case, doubt: Pending) -> bool:
    return case.facts.state is not None and case.facts.state.was_refused(doubt.request_id)


def _repeats(case: Case, doubt: Pending, change: Change) -> bool:
    """Returns whether the change asks the service for the very same, as the next thing after it was given up."""
    repeated = replace(doubt, request=change.request, subscription_id=change.subscription_id)
    return case.facts.state is not None and case.facts.state.doubt_of(repeated) is not None


def _change(case: Case, kind: Kind, request: Request) -> Change:
    live, desired = case.present, case.desired
    left = kind.leaves(live, request)
    differences = tuple(difference for difference in diff.between(live, left) if difference.path in kind.attributes)
    change = Change(
        address=desired.address,
        customer=desired.customer,
        subscription_id=live.id,
        action=request.action,
        before=None if live.absent else Before.of(live),
        after=case.after_of(left, kind.attributes),
        differences=differences,
        request=request,
        binding=_binding(case),
        warnings=(
            *outside.undoing(case, {difference.path for difference in differences}),
            *kind.cautions(case, request),
        ),
        source=desired.source,
    )
    if case.circumstances.prices is None:
        return change
    from reconciler.planning.costs import cost_of

    return change.costing(cost_of(case, request, case.circumstances.prices))


def _binding(case: Case) -> Binding:
    state = case.facts.state
    return Binding(
        lineage=state.lineage if state and case.bound else None,
        id=case.subscription_id,
        last_request_id=state.last_request_id(case.desired.address) if state else None,
    )
