"""Two reviewed requests that are merged before the first is delivered: each job carries out its own review, and leaves
to the job of the other what that one has.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.cli import exits
from reconciler.model.address import Address
from reconciler.model.event import Event, Skipped, Stale
from reconciler.model.invocation import NO_FLAGS
from reconciler.model.moves import Moves
from reconciler.model.place import Place
from reconciler.model.plan import Plan
from reconciler.model.term import Renew
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.review import approved
from reconciler.planning import Globs
from reconciler.rendering.formats.events import event_text
from reconciler.sandbox import FaultKind, Sold
from reconciler.sandbox.catalogue import BUSINESS, E3, F1
from tests.applying.scenes import Scene, a_scene, codes, only, types_of
from tests.applying.test_customers_renamed import KIOSKS, Moving, a_moving_scene
from tests.applying.test_new_commerce import BASIC

HOUR = 3600
OFFICE, FRONTLINE = "contoso/office", "contoso/frontline"
HERE = Place(file="manifests/contoso.yaml", line=2, column=3)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return a_scene(tmp_path, office=Sold(offer=BUSINESS, quantity=25), frontline=Sold(offer=F1, quantity=10))


def seats(scene: Scene, address: str, quantity: int, *, live: int | None = None) -> Plan:
    """The review of a request for so many seats; `live` are those that main asks for meanwhile."""
    scene.want(address, quantity=quantity)
    reviewed = scene.plan()
    if live is not None:
        scene.want(address, quantity=live)
    return reviewed


def deliver(scene: Scene, reviewed: Plan, **others: Plan) -> list[Event]:
    """The job of a review, with the reviews of the others beside it."""
    with scene.workspace() as workspace:
        planned = approved(workspace, reviewed, Globs(), others)
        return list(apply_plan(workspace, planned, ApplySettings()))


def exit_codes(events: list[Event]) -> set[int]:
    return {exits.of_event(event) for event in events}


def two_addresses(scene: Scene) -> tuple[Plan, Plan]:
    """Two requests, for an address each, both merged; neither was planned with the other."""
    first = seats(scene, OFFICE, 30, live=25)
    second = seats(scene, FRONTLINE, 12)
    scene.want(OFFICE, quantity=30)
    return first, second


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "the later first"])
def test_each_job_carries_out_its_own_and_leaves_the_other_s(scene: Scene, order: tuple[int, int]) -> None:
    reviews = two_addresses(scene)
    mine, theirs = (reviews[number] for number in order)
    events = deliver(scene, mine, others=theirs)
    left = only(events, "skipped")
    assert (codes(events), exit_codes(events)) == (["reviewed_elsewhere"], {0})
    assert left.description.startswith("others has this change: resize to")
    assert (only(events, "summary").succeeded, only(events, "summary").reviewed_elsewhere) == (1, 1)
    assert types_of(deliver(scene, theirs, mine=mine)) == ["started", "succeeded", "summary"]
    assert sorted(entry.quantity for entry in scene.ledger) == [12, 30]
    for review in reviews:
        again = deliver(scene, review, first=reviews[0], second=reviews[1])
        assert (codes(again), exit_codes(again)) == (["done_already"], {0})


def test_what_no_review_has_is_not_reviewed_still(scene: Scene) -> None:
    first, second = two_addresses(scene)
    scene.want(FRONTLINE, quantity=13)
    events = deliver(scene, first, second=second)
    assert (codes(events), exit_codes(events)) == (["not_reviewed"], {0, 6})


def test_a_review_of_another_estate_says_nothing(scene: Scene) -> None:
    first, second = two_addresses(scene)
    assert codes(deliver(scene, first, second=replace(second, cloud="china"))) == ["not_reviewed"]


@pytest.mark.parametrize("later_first", [False, True])
def test_of_one_address_the_later_review_counts(scene: Scene, later_first: bool) -> None:
    first, second = seats(scene, OFFICE, 30), seats(scene, OFFICE, 35)
    if later_first:
        deliver(scene, second, first=first)
    events = deliver(scene, first, second=second)
    assert (codes(events), exit_codes(events)) == (["reviewed_elsewhere"], {0})
    said = only(events, "skipped").description
    assert said.startswith("second has what the manifests ask for now. It was resized" if later_first else "second has")
    deliver(scene, second, first=first)
    assert [entry.quantity for entry in scene.ledger] == [35]


def test_where_the_first_was_delivered_before_the_second_is_reviewed_anew(scene: Scene) -> None:
    """From 30 seats to 35 is another change than from 25 to 35, and nobody has seen it."""
    first = seats(scene, OFFICE, 30)
    second = seats(scene, OFFICE, 35, live=30)
    deliver(scene, first)
    scene.want(OFFICE, quantity=35)
    events = deliver(scene, second, first=first)
    assert (types_of(events), exit_codes(events)) == (["stale", "summary"], {0, 6})


@pytest.mark.parametrize("how", ["delivered", "as a saved plan"])
def test_of_what_was_taken_back_before_it_was_delivered_nothing_is_left(scene: Scene, how: str) -> None:
    first = seats(scene, OFFICE, 30, live=25)
    events = deliver(scene, first, back=scene.plan()) if how == "delivered" else scene.apply(first)
    assert (types_of(events), exit_codes(events)) == (["stale", "summary"], {0, 6})
    shown = event_text(only(events, "stale"), NO_FLAGS)
    assert "and nothing is left to do. Taken back: the manifests do not ask for it any more." in " ".join(shown.split())
    assert "Plan again" not in shown


@pytest.mark.parametrize("upgraded", [False, True], ids=["as bought", "upgraded before"])
@pytest.mark.parametrize("how", ["delivered", "as a saved plan"])
def test_of_an_entry_that_was_renamed_without_a_word_something_may_be_left(
    scene: Scene, how: str, *, upgraded: bool
) -> None:
    if upgraded:
        scene.want(OFFICE, E3)
        scene.apply()
    first = seats(scene, OFFICE, 30)
    scene.rename(OFFICE, "contoso/main")
    events = deliver(scene, first) if how == "delivered" else scene.apply(first)
    assert not only(events, "stale").nothing_left


def test_an_address_with_two_changes_that_is_blocked_since_is_told_once_and_has_something_left(
    tmp_path: Path,
) -> None:
    scene = a_scene(tmp_path, office=Sold(offer=f"{BASIC}:CFQ7TTC0K971", quantity=25))
    scene.want(OFFICE, quantity=30, renew=Renew.END)
    reviewed = scene.plan()
    scene.somebody_changes(OFFICE, status="suspended")
    events = deliver(scene, reviewed)
    assert (len(reviewed.changes), types_of(events)) == (2, ["skipped", "summary"])
    assert only(events, "skipped").code == "blocked_since"


@pytest.mark.parametrize("planned", [True, False], ids=["still planned", "done"])
def test_a_combination_that_no_review_has_is_stale(scene: Scene, planned: bool) -> None:
    """One asks for seats, the other for an offer with the old seats; both together nobody has reviewed."""
    first = seats(scene, OFFICE, 30, live=25)
    scene.want(OFFICE, E3)
    second = scene.plan()
    if not planned:
        deliver(scene, second)
    scene.want(OFFICE, E3, quantity=30)
    assert 6 in exit_codes(deliver(scene, first, second=second))


def test_what_the_other_job_has_sent_is_settled_and_told_as_its_own(scene: Scene) -> None:
    first = seats(scene, OFFICE, 30, live=25)
    scene.want(OFFICE, E3)
    second = scene.plan()
    scene.behave(visible_after=HOUR)
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED)
    deliver(scene, second, first=first)
    scene.clock.sleep(2 * HOUR)
    events = deliver(scene, first, second=second)
    assert (codes(events), exit_codes(events)) == (["reviewed_elsewhere"], {0})
    assert "It was sent, and is settled first." in only(events, "skipped").description
    assert "recovered" in types_of(events)
    assert len(scene.ledger) == 1


def test_a_rename_of_another_review_is_its_own(scene: Scene) -> None:
    scene.apply()
    first = seats(scene, FRONTLINE, 12, live=10)
    scene.rename(OFFICE, "contoso/main")
    scene.moves = {"contoso": Moves(moved={"office": "main"}, places={"office": HERE})}
    second = scene.plan()
    scene.want(FRONTLINE, quantity=12)
    events = deliver(scene, first, second=second)
    assert (codes(events), exit_codes(events)) == (["reviewed_elsewhere"], {0})
    assert "this move: to contoso/main" in only(events, "skipped").description
    events = deliver(scene, second, first=first)
    assert (types_of(events), exit_codes(events)) == (["moved", "summary"], {0})


def seats_and_a_rename(scene: Scene) -> tuple[Plan, Plan]:
    """Two requests for one entry, both merged: one asks for seats, the other gives it another name."""
    scene.apply()
    resize = seats(scene, OFFICE, 30, live=25)
    scene.rename(OFFICE, "contoso/main")
    scene.moves = {"contoso": Moves(moved={"office": "main"}, places={"office": HERE})}
    rename = scene.plan()
    scene.want("contoso/main", quantity=30)
    return resize, rename


def test_the_review_of_an_entry_counts_under_the_name_that_another_review_gives_it(scene: Scene) -> None:
    resize, rename = seats_and_a_rename(scene)
    events = deliver(scene, rename, resize=resize)
    assert (types_of(events), codes(events)) == (["moved", "skipped", "summary"], ["reviewed_elsewhere"])
    assert exit_codes(events) == {0}
    assert types_of(deliver(scene, resize, rename=rename)) == ["started", "succeeded", "summary"]
    assert [entry.quantity for entry in scene.ledger] == [30]
    for review in (resize, rename):
        again = deliver(scene, review, resize=resize, rename=rename)
        assert exit_codes(again) == {0}
        assert len(scene.ledger) == 1


def test_nothing_is_sent_for_an_entry_whose_move_another_review_has_and_state_has_not(scene: Scene) -> None:
    resize, rename = seats_and_a_rename(scene)
    events = deliver(scene, resize, rename=rename)
    assert (scene.ledger, codes(events), exit_codes(events)) == ([], ["reviewed_elsewhere"], {0, 6})
    assert only(events, "stale").description.startswith("Its entry is called contoso/main now")
    deliver(scene, rename, resize=resize)
    assert "succeeded" in types_of(deliver(scene, resize, rename=rename))


def test_another_change_under_the_new_name_is_not_reviewed(scene: Scene) -> None:
    resize, rename = seats_and_a_rename(scene)
    scene.want("contoso/main", quantity=31)
    events = deliver(scene, rename, resize=resize)
    assert (codes(events), exit_codes(events)) == (["not_reviewed"], {0, 6})
    assert types_of(deliver(scene, resize, rename=rename)) == ["stale", "summary"]
    assert scene.ledger == []


@pytest.mark.parametrize("early", [False, True], ids=["after the moves", "before the moves too"])
def test_the_review_of_an_entry_is_followed_where_two_exchange_their_names(scene: Scene, *, early: bool) -> None:
    scene.apply()
    resize = seats(scene, OFFICE, 30, live=25)
    scene.exchange(OFFICE, FRONTLINE)
    names = {"office": "frontline", "frontline": "office"}
    scene.moves = {"contoso": Moves(moved=names, places=dict.fromkeys(names, HERE))}
    exchange = scene.plan()
    scene.want(FRONTLINE, quantity=30)
    if early:
        events = deliver(scene, resize, exchange=exchange)
        assert (scene.ledger, [event.nothing_left for event in events if isinstance(event, Stale)]) == ([], [False])
    assert "moved" in types_of(deliver(scene, exchange, resize=resize))
    assert types_of(deliver(scene, resize, exchange=exchange)) == ["started", "succeeded", "summary"]
    assert [(entry.source, entry.quantity) for entry in scene.ledger] == [(scene.id_of(FRONTLINE), 30)]
    again = deliver(scene, resize, exchange=exchange)
    assert (codes(again), exit_codes(again)) == (["done_already"], {0})


def seats_and_a_customer_renamed(scene: Moving) -> tuple[Plan, Plan]:
    """Two requests for one customer, both merged: one asks for seats, the other gives the customer another name."""
    resize = seats(scene, KIOSKS, 6, live=5)
    scene.call("litware", "litware-group")
    rename = scene.plan()
    scene.want("litware-group/kiosks", quantity=6)
    return resize, rename


@pytest.mark.parametrize("beside", [True, False], ids=["beside each other", "each alone"])
def test_the_review_of_a_customer_counts_under_the_name_that_another_review_gives_it(
    tmp_path: Path, beside: bool
) -> None:
    scene = a_moving_scene(tmp_path)
    known = len(scene.ledger)
    resize, rename = seats_and_a_customer_renamed(scene)
    reviews = {"resize": resize, "rename": rename} if beside else {}
    early = deliver(scene, resize, **reviews)
    assert (len(scene.ledger), "stale" in types_of(early), 6 in exit_codes(early)) == (known, True, True)
    assert "Its customer is called litware-group now" in only(early, "stale").description
    shown = event_text(only(early, "stale"), NO_FLAGS)
    assert ("then this one again." in shown, "Plan again" in shown) == (True, False)
    events = deliver(scene, rename, **reviews)
    assert types_of(events) == (["customer_moved", "skipped", "summary"])
    assert codes(events) == (["reviewed_elsewhere"] if beside else ["not_reviewed"])
    assert types_of(deliver(scene, resize, **reviews)) == ["started", "succeeded", "summary"]
    for review in (resize, rename):
        again = deliver(scene, review, **reviews)
        assert (exit_codes(again), len(scene.ledger)) == ({0}, known + 1)
    (entry,) = scene.ledger[known:]
    assert (entry.kind, entry.quantity) == ("resize", 6)


@pytest.mark.parametrize("early", [False, True], ids=["after the customer's move", "before it too"])
@pytest.mark.parametrize("to", ["stands", None], ids=["a rename", "a removal"])
def test_a_reviewed_move_of_an_entry_follows_its_customer_to_the_name_that_another_review_gives_it(
    tmp_path: Path, to: str | None, *, early: bool
) -> None:
    scene = a_moving_scene(tmp_path)
    moves = Moves(moved={"kiosks": to} if to else {}, removed=() if to else ("kiosks",), places={"kiosks": HERE})
    scene.moves = {"litware": moves}
    entry = scene.manifests.pop(Address(KIOSKS))
    if to:
        scene.manifests[Address("litware/stands")] = replace(entry, address=Address("litware/stands"))
    move = scene.plan()
    scene.moves, scene.manifests[Address(KIOSKS)] = {}, entry
    if to:
        del scene.manifests[Address("litware/stands")]
    scene.call("litware", "litware-group")
    rename = scene.plan()
    was = scene.manifests.pop(Address("litware-group/kiosks"))
    if to:
        scene.manifests[Address("litware-group/stands")] = replace(was, address=Address("litware-group/stands"))
    scene.moves = {"litware-group": moves}
    if early:
        events = deliver(scene, move, rename=rename)
        assert exit_codes(events) == {0, 6}
        assert only(events, "stale").description.startswith("Its customer is called litware-group now")
        assert "then this one again." in event_text(only(events, "stale"), NO_FLAGS)
    events = deliver(scene, rename, move=move)
    assert (types_of(events), exit_codes(events)) == (["customer_moved", "skipped", "summary"], {0})
    assert codes(events) == ["reviewed_elsewhere"]
    events = deliver(scene, move, rename=rename)
    assert exit_codes(events) == {0}
    assert list(scene.state("litware-group").names_in_use) == ([to] if to else [])
    again = deliver(scene, move, rename=rename)
    assert (types_of(again), exit_codes(again)) == (["moved_already", "summary"], {0})


@pytest.mark.parametrize("later_first", [False, True])
def test_an_address_that_another_review_lets_go_asks_for_nothing(scene: Scene, later_first: bool) -> None:
    scene.apply()
    first = seats(scene, OFFICE, 30, live=25)
    scene.leave_only("frontline")
    scene.moves = {"contoso": Moves(removed=("office",), places={"office": HERE})}
    second = scene.plan()
    if later_first:
        deliver(scene, second, first=first)
    events = deliver(scene, first, second=second)
    assert set(codes(events)) == (set() if later_first else {"reviewed_elsewhere"})
    stale = only(events, "stale")
    assert (stale.nothing_left, stale.description.partition(",")[0]) == (
        True,
        "Taken back: second removes this address",
    )
    assert (exit_codes(events), scene.ledger) == ({0, 6}, [])


def test_what_is_left_names_the_review(scene: Scene) -> None:
    first, second = two_addresses(scene)
    events = deliver(scene, first, **{"others/8/plan.json": second})
    left = next(event for event in events if isinstance(event, Skipped))
    assert left.description == (
        "others/8/plan.json has this change: resize to Office 365 F1, 12 seats. It is left to the job of that review."
    )
