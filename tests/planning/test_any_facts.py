"""Whatever the facts are: planning never raises, gives every address one outcome, and does not waver."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.customer import Relationship
from reconciler.model.desired import Desired, LicenseTransfer
from reconciler.model.offer import Offer
from reconciler.model.pending import Pending
from reconciler.model.plan import Plan
from reconciler.model.renewal import AtRenewal, EndOfTerm, NextTerm
from reconciler.model.selection import Estate
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Listing, Live, UnreadableItem
from reconciler.model.term import Billing, ChangeTerm, Commitment, FewerSeats, Renew, Term
from reconciler.model.upgrade import UpgradeError, UpgradeErrorCode, UpgradeOption
from reconciler.planning import Facts, assemble, customer_months, customer_terms, months_of, why_stale
from tests.planning.cases import (
    E1,
    E3,
    E5,
    ESSENTIALS,
    LINK,
    MODERN,
    NOT_KEPT,
    NOT_OURS,
    NOW,
    PREMIUM,
    bound,
    circumstances,
    committed,
    facts,
    live,
    option,
    path,
    pending,
    planned,
    state,
    unanswered,
    wants,
)
from tests.thoroughness import examples

_Value = TypeVar("_Value")

IDS = tuple(f"aaaaaaaa-0000-4000-8000-00000000000{digit}" for digit in range(6))
NAMES = ("a", "b", "c", "d")
ODD = Offer(id="X{tenant}", name="{} {0} {address}\n\x1b[31m")

ids = st.sampled_from(IDS)
offers = st.sampled_from((E1, E3, E3, E5, ESSENTIALS, PREMIUM, MODERN, ODD, Offer(id="UNNAMED", name="")))
seats = st.sampled_from((1, 24, 25, 26, 10_000_000))
statuses = st.sampled_from(("active", "active", "active", "suspended", "deleted", "expired", "unknown({0})"))
partners = st.sampled_from((None, "1", "2"))
moments = st.sampled_from((-30, -25, -1, 0, 1)).map(lambda hours: NOW + timedelta(hours=hours))
ends = st.sampled_from((-30, -1, 12, 48, 5000)).map(lambda hours: NOW + timedelta(hours=hours))
flags = st.booleans()


@st.composite
def errors(draw: st.DrawFn) -> UpgradeError:
    code = draw(st.none() | st.sampled_from(UpgradeErrorCode))
    details = draw(st.sampled_from(("", "{more}", "mail@example.test")))
    return UpgradeError(code="unknown({x})", details=details) if code is None else UpgradeError.known(code, "", details)


@st.composite
def options(draw: st.DrawFn) -> tuple[UpgradeOption, ...]:
    """At most one item for each pair of target and type, as the service lists them."""
    kinds = ("none", "upgrade_only", "upgrade_with_license_transfer", "unknown(7)")
    pairs = draw(
        st.lists(st.tuples(offers, st.sampled_from(kinds)), max_size=5, unique_by=lambda item: (item[0].id, item[1]))
    )
    bounds = st.none() | st.sampled_from((0, 1, 25, 300))
    return tuple(
        option(
            *draw(st.lists(errors(), max_size=2)),
            to=offer,
            kind=kind,
            eligible=draw(flags),
            minimum=draw(bounds),
            maximum=draw(bounds),
        )
        for offer, kind in pairs
    )


@st.composite
def commitments(draw: st.DrawFn, seats: int) -> Commitment:
    """The commitment of so many seats; its schedule is of the same offer."""
    outcome = draw(st.sampled_from(EndOfTerm))
    then = AtRenewal(outcome=outcome, quantity=seats, term=draw(st.sampled_from(Term)), billing="monthly")
    following = NextTerm(offer_id=MODERN.id, quantity=seats, term=str(then.term), billing="monthly")
    return committed(
        seats,
        then,
        term=draw(st.sampled_from((*Term, "P2Y"))),
        ends_at=draw(
            st.none() | st.sampled_from((-30, -1, 12, 48, 5000)).map(lambda hours: NOW + timedelta(hours=hours))
        ),
        next_term=following if outcome is EndOfTerm.RENEWS_CHANGED else None,
        auto_renew=draw(flags),
    )


@st.composite
def subscriptions(draw: st.DrawFn) -> Live:
    offer, quantity = draw(offers), draw(seats)
    modern: dict[str, Any] = (
        {"commitment": draw(commitments(quantity)), "is_trial": draw(flags)} if offer.new_commerce else {}
    )
    return live(
        offer,
        quantity,
        **modern,
        status=draw(statuses),
        parent_subscription_id=draw(st.none() | ids),
        partner_id=draw(partners),
        etag=draw(st.sampled_from((None, "etag-1"))),
    )


@st.composite
def entries(draw: st.DrawFn, name: str) -> Desired:
    return wants(
        name,
        draw(offers),
        draw(seats),
        of=draw(ids),
        transfer=draw(st.sampled_from(LicenseTransfer)),
        fewer_seats=draw(st.sampled_from(FewerSeats)),
        allow_duplicate_offer=draw(flags),
        term=draw(st.none() | st.sampled_from(Term)),
        billing=draw(st.none() | st.sampled_from(Billing)),
        change_term=draw(st.sampled_from(ChangeTerm)),
        renew=draw(st.none() | st.sampled_from(Renew)),
    )


@st.composite
def bindings(draw: st.DrawFn, own: str) -> Bound:
    """Chains do not share ids: state is never written so that they would."""
    before = draw(st.sampled_from(((), (f"{own}-older",), (f"{own}-oldest", f"{own}-older"))))
    seen = draw(offers), draw(seats), draw(flags), draw(moments)
    return bound(own, *before, offer=seen[0], seats=seen[1], visible=seen[2], observed_at=seen[3])


@st.composite
def sent(draw: st.DrawFn) -> Pending:
    return replace(
        pending(draw(offers), draw(seats), draw(st.sampled_from(("upgrade", "resize"))), draw(subscriptions())),
        subscription_id=draw(ids),
        known_subscription_ids=tuple(draw(st.sets(ids))),
    )


@st.composite
def states(draw: st.DrawFn) -> CustomerState | None:
    chained = draw(st.permutations(IDS))
    names = draw(st.sets(st.sampled_from((*NAMES, "gone")), max_size=4))
    known = {name: draw(bindings(own)) for name, own in zip(sorted(names), chained, strict=False)}
    lost = {name: draw(sent()) for name in draw(st.sets(st.sampled_from((*NAMES, "lost")), max_size=2))}
    remembered = replace(state(lost), subscriptions=known)
    return draw(st.sampled_from((None, remembered, remembered)))


def unreadable_items() -> st.SearchStrategy[UnreadableItem]:
    return st.builds(UnreadableItem, id=st.none() | ids, position=st.just(1), why=st.just("is no subscription"))


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    declared = [draw(entries(name)) for name in draw(st.lists(st.sampled_from(NAMES), unique=True))]
    found = tuple(replace(draw(subscriptions()), id=item) for item in draw(st.sets(ids)))
    unread = st.sampled_from((NOT_OURS, unanswered()))
    answers = options() | options() | unread | st.just(NOT_KEPT)
    relationships = st.builds(Relationship, kind=st.none(), allow_delegated_access=st.none() | flags)
    return facts(
        *declared,
        lives=draw(st.just(found) | st.just(found) | st.just(found) | unread),
        upgrades={item: draw(answers) for item in draw(st.sets(ids))},
        state=draw(states()),
        unreadable=draw(st.lists(unreadable_items(), max_size=2).map(tuple)),
        selected=draw(st.sets(st.sampled_from([item.address.name for item in declared]))) if declared else (),
        relationship=draw(st.none() | relationships | unread),
        relationship_link=draw(st.none() | st.just(LINK) | st.just("") | unread),
    )


def answered(found: Facts) -> Facts:
    """The same facts with everything answered that planning may ask for."""
    known = dict.fromkeys(IDS, (option(),))
    return replace(
        found,
        upgrades={**known, **found.upgrades},
        transitions={**dict.fromkeys(IDS, (path(), path(to=MODERN))), **found.transitions},
        details={**found.lives, **found.details},
        relationship=found.relationship or unanswered(),
        relationship_link=found.relationship_link or LINK,
    )


def shuffled(found: Facts, seed: int) -> Facts:
    """The same facts, as a service and a disk in another mood would hand them over."""
    dice = random.Random(seed)

    def mixed(values: Iterable[_Value]) -> tuple[_Value, ...]:
        listed = tuple(values)
        return tuple(dice.sample(listed, len(listed)))

    return replace(
        found,
        desired=mixed(found.desired),
        subscriptions=(
            Listing(lives=mixed(found.subscriptions.lives), unreadable=mixed(found.subscriptions.unreadable))
            if isinstance(found.subscriptions, Listing)
            else found.subscriptions
        ),
        upgrades={
            key: mixed(value) if isinstance(value, tuple) else value for key, value in mixed(found.upgrades.items())
        },
        state=found.state
        and replace(
            found.state,
            subscriptions=dict(mixed(found.state.subscriptions.items())),
            pending=dict(mixed(found.state.pending.items())),
        ),
    )


def whole(found: Facts) -> Plan:
    head = Plan(created_at=NOW, cloud="worldwide", estate=Estate(lineage=None, manifests_digest=""), token_kind="app")
    return assemble([planned(found, mpn_id="1")], head)


def outcomes(found: Facts) -> dict[Address, set[str]]:
    """Returns what each selected address came to. A pending change of unknown outcome comes with the block that it
    causes.
    """
    plan = whole(found)
    told = [(change.address, "change") for change in plan.changes]
    told += [(item.address, "blocked") for item in plan.blocked]
    told += [(change.address, change.outcome) for change in plan.pending if change.outcome != "unknown"]
    return {address: {kind for text, kind in told if text == address} for address in found.selected}


POSSIBLE: tuple[set[str], ...] = (
    set(),
    {"change"},
    {"blocked"},
    {"waiting"},
    {"change", "blocked"},
    {"change", "waiting"},
    {"blocked", "waiting"},
    {"change", "blocked", "waiting"},
)
"""The outcomes of one address. What is scheduled for the end of a term stands on its own, and so does what follows an
earlier change that shows.
"""


@settings(max_examples=examples(15), deadline=None)
@given(any_facts())
def test_every_selected_address_gets_exactly_one_outcome_or_a_question_first(found: Facts) -> None:
    plan = planned(found, mpn_id="1")
    came_to = outcomes(found)
    wanted = {getattr(question, "subscription_id", None) for question in plan.questions}
    meaning = {address: live_id for live_id, addresses in found.meant_by.items() for address in addresses}
    waits = [address for address, kinds in came_to.items() if not kinds and meaning[address] in wanted]
    assert all(kinds - {"recovered"} in POSSIBLE for kinds in came_to.values())
    assert sum(map(bool, came_to.values())) + plan.unchanged + len(waits) == len(found.selected)


@settings(max_examples=examples(15), deadline=None)
@given(any_facts())
def test_once_everything_is_answered_nothing_more_is_asked_and_nothing_is_left_out(found: Facts) -> None:
    plan = planned(answered(found), mpn_id="1")
    assert not plan.questions
    assert sum(map(bool, outcomes(answered(found)).values())) + plan.unchanged == len(found.selected)


@settings(max_examples=examples(15), deadline=None)
@given(any_facts(), st.integers())
def test_the_same_facts_in_another_order_give_the_same_plan(found: Facts, seed: int) -> None:
    other = shuffled(found, seed)
    assert whole(other) == whole(found)
    assert planned(other, mpn_id="1").questions == planned(found, mpn_id="1").questions
    assert set(planned(other, mpn_id="1").observed) == set(planned(found, mpn_id="1").observed)


@settings(max_examples=examples(15), deadline=None)
@given(any_facts())
def test_what_is_blocked_always_says_why_and_what_to_do(found: Facts) -> None:
    for item in whole(answered(found)).blocked:
        assert item.reasons
        assert all(reason.remedy.steps and reason.description for reason in item.reasons)


@settings(max_examples=examples(15), deadline=None)
@given(any_facts())
def test_a_change_is_never_of_what_is_not_ours_to_change(found: Facts) -> None:
    """Each change is of its own live, active subscription, which nothing pending and no other address means."""
    plan = whole(answered(found))
    changed = [(change.subscription_id, change.action) for change in plan.changes]
    assert len(set(changed)) == len(changed)
    for item in plan.changes:
        assert found.lives[item.subscription_id].active
        assert found.meant_by[item.subscription_id] == (item.address,)
        assert not found.state or item.address.name not in found.state.pending
        assert item.seats >= 0 or "seats_removed" in {warning.code for warning in item.warnings}


@settings(max_examples=examples(15), deadline=None)
@given(any_facts())
def test_planning_again_finds_no_change_stale(found: Facts) -> None:
    again = {change.address: change for change in whole(answered(found)).changes}
    assert [why_stale(change, again[change.address]) for change in whole(answered(found)).changes] == [None] * len(
        again
    )


@settings(max_examples=examples(15), deadline=None)
@given(any_facts())
def test_the_months_of_a_plan_are_those_of_the_list_of_renewals(found: Facts) -> None:
    listed = customer_terms(found, circumstances(), 0).terms if found.unread is None else ()
    assert customer_months(found, circumstances()) == months_of(listed)
