"""Plans as people read them. The pages are in golden/; RECONCILER_UPDATE_GOLDEN=1 writes them anew for review."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from rich.cells import cell_len

from reconciler.model.address import Address
from reconciler.model.breach import Breach
from reconciler.model.moves import StateMove
from reconciler.model.offer import Offer
from reconciler.model.plan import Plan
from reconciler.model.remedy import Actor, Retry
from reconciler.rendering.subjects.plans import FORMATS
from tests.rendering import plans
from tests.rendering.golden_files import check
from tests.rendering.shown import a_view

CHINESE = Offer(id="AAAAAAAA-0000-4000-8000-000000000001", name="Office 365 商业高级版\uff08由世纪互联运营\uff09")
SAME_NAME = Offer(id="AAAAAAAA-0000-4000-8000-000000000002", name=plans.PREMIUM.name)

LIMITS = (plans.breach(), plans.breach("max_seats_removed", 0, 12))

BIG = plans.resize("contoso/mail", seats=(10, 1510))
LATER = plans.resize("contoso/phones", seats=(10, 9))
HELD = (plans.held(BIG, "max_seats_added"), plans.held(LATER, "max_seats_added", earlier=True))

PAGES: dict[str, Plan] = {
    "showcase": plans.showcase(),
    "nothing-to-do": plans.plan(unchanged=14),
    "only-ready": plans.plan(plans.upgrade(seats=(25, 30)), plans.resize()),
    "only-blocked": plans.plan(blocked=(plans.blocked("northwind/office", plans.SUSPENDED),), unchanged=0),
    "limit-exceeded": plans.plan(plans.resize(seats=(10, 1510)), limits=LIMITS),
    "held-back": plans.plan(plans.upgrade(), BIG, LATER, limits=LIMITS[:1], held=HELD),
    "from-a-snapshot": plans.plan(plans.upgrade(), snapshot=True),
    "unreadable": plans.plan(blocked=(plans.blocked("contoso/office", plans.PROVISIONING, old=None),), errored=True),
    "only-pending": plans.plan(pending=(plans.unsettled(outcome="recovered"),)),
    "only-noticed": plans.plan(drift=(plans.drift(),), undeclared=("contoso/archive",)),
    "wide-characters": plans.plan(
        plans.upgrade(old=CHINESE), plans.resize(offer=CHINESE), cloud="china", target=("contoso/*",)
    ),
    "same-names": plans.plan(plans.upgrade(old=SAME_NAME, new=plans.PREMIUM)),
    "alike": plans.plan(
        blocked=tuple(plans.blocked(f"customer-{number}/office", plans.DELEGATION) for number in range(1, 6))
    ),
}


def page(plan: Plan, *, width: int = 80, color: bool = False) -> str:
    now = plans.NOON + timedelta(minutes=5)
    return FORMATS["text"](plan, a_view(width=width, color=color, now=now, next_command=("apply", "plan.json")))


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("name", PAGES)
def test_a_plan_reads_as_reviewed(name: str, width: int) -> None:
    check(f"{name}.{width}", page(PAGES[name], width=width))


@pytest.mark.parametrize("width", [60, 80, 100, 200])
@pytest.mark.parametrize("name", PAGES)
def test_only_commands_and_links_are_wider_than_the_page(name: str, width: int) -> None:
    wide = [line for line in page(PAGES[name], width=width).splitlines() if cell_len(line) > min(width, 112)]

    assert all(re.match(r" +(reconciler|https://)", line) for line in wide)


@pytest.mark.parametrize("name", PAGES)
def test_color_says_nothing_that_the_words_do_not(name: str) -> None:
    colored = page(PAGES[name], color=True)

    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == page(PAGES[name])


def test_an_empty_plan_says_in_one_line_that_there_is_nothing_to_do() -> None:
    assert page(PAGES["nothing-to-do"]).splitlines()[-1] == (
        "Nothing to do: 14 subscriptions are as the manifests ask."
    )


def test_a_long_page_ends_with_what_it_comes_to_and_whom_it_waits_for() -> None:
    ending = page(PAGES["showcase"]).split("\n\n")[-2].splitlines()

    assert ending == [
        "In all: 3 changes can go ahead; 5 blocked.",
        "Of what is blocked, 1 needs you, 3 wait for the customer (you start them), 1",
        "waits for Microsoft.",
        "The outcome of 1 earlier change is UNKNOWN: see above.",
    ]
    assert "In all" not in page(PAGES["only-ready"])


def test_what_many_share_is_said_once() -> None:
    shown = page(PAGES["alike"])

    assert shown.count("Mail, ready to send") == 1
    assert all(f"x customer-{number}/office" in shown for number in range(1, 6))


@pytest.mark.parametrize(
    ("actors", "heading"),
    [
        ((Actor.PARTNER,), "Blocked until you act"),
        ((Actor.PARTNER, Actor.CUSTOMER), "Blocked until the customer acts; you start it"),
        ((Actor.MICROSOFT, Actor.PARTNER), "Blocked until Microsoft acts; you start it"),
        ((Actor.MICROSOFT, Actor.CUSTOMER), "Blocked until the customer acts"),
    ],
)
def test_an_item_stands_under_whoever_is_furthest_from_the_reader(actors: tuple[Actor, ...], heading: str) -> None:
    reasons = [plans.reason(f"code_{n}", "why", actor=actor, steps_by=(actor,)) for n, actor in enumerate(actors)]

    assert f"{heading}: 1 subscription" in page(plans.plan(blocked=(plans.blocked("a/b", *reasons),)))


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in {"json", "brief", "csv"}])
def test_a_step_of_somebody_elses_says_whose_it_is_in_every_format(name: str) -> None:
    steps_by = (Actor.PARTNER, Actor.OTHER_PARTNER, Actor.CUSTOMER)
    reason = plans.reason("c", "Why.", "Tell them.", "Sell.", "Buy.", actor=Actor.CUSTOMER, steps_by=steps_by)
    shown = FORMATS[name](plans.plan(blocked=(plans.blocked("a/b", reason),)), a_view())

    assert all(said in shown.replace("%3A", ":") for said in ("You: Tell", "Other partner: Sell", "Customer: Buy"))
    assert "you start it" in shown


def test_what_passes_by_waiting_is_started_by_nobody() -> None:
    reason = plans.reason("c", "Why.", "Wait.", actor=Actor.MICROSOFT, retry=Retry.MINUTES)

    assert "Blocked until Microsoft acts: 1 subscription" in page(plans.plan(blocked=(plans.blocked("a/b", reason),)))


def test_a_limit_names_what_overrides_it_and_offers_nothing_else() -> None:
    shown = page(PAGES["limit-exceeded"])

    assert all(
        f"reconciler apply plan.json --override-limit {name}\n" in shown
        for name in ("max_seats_added=1500", "max_seats_removed=12")
    )
    assert "To carry out" not in shown


def test_the_command_that_allows_what_stops_the_run_lets_no_order_through() -> None:
    emptied = Breach(name="max_customers_emptied", limit=0, figure=1, subject="lamna")
    order = Breach(name="max_orders", limit=0, figure=1)
    plan = PAGES["held-back"]
    shown = page(replace(plan, limits=(*plan.limits, order, emptied)))
    assert "apply plan.json --override-limit max_customers_emptied=1\n" in shown
    assert "max_orders=1" not in shown
    assert "carries out the others" not in shown
    assert "carries out the others" in page(plan)


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_limit_holds_back_stands_in_every_format_and_the_rest_is_ready(name: str) -> None:
    shown = FORMATS[name](PAGES["held-back"], a_view(next_command=("apply", "plan.json"), limit=100_000))
    assert any(words in shown.casefold() for words in ("held back by a limit", "held_by_limit"))
    assert all(address in shown for address in ("contoso/mail", "contoso/phones", "contoso/office"))
    assert "max_seats_added" in shown
    assert "apply will refuse" not in shown


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in {"json", "github"}])
def test_a_limit_names_what_makes_up_its_figure_in_every_format(name: str) -> None:
    breaches = (
        Breach(name="max_customers_emptied", limit=0, figure=1, subject="litware", customers=("litware",)),
        Breach(name="max_catalogue_change_percent", limit=49, figure=62, subject="Office 365 E3"),
    )
    shown = " ".join(FORMATS[name](plans.plan(plans.resize(), limits=breaches), a_view()).split())
    assert "1 (litware), 0 allowed" in shown
    assert "moved by one name of offers.yaml: 62 (Office 365 E3), 49 allowed" in shown


def test_an_offer_whose_name_was_used_again_is_told_by_its_id() -> None:
    assert f"({SAME_NAME.id})" in page(PAGES["same-names"])


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_takes_every_plan(name: str) -> None:
    for plan in PAGES.values():
        shown = FORMATS[name](plan, a_view(width=80))
        assert shown.endswith("\n") or (name, shown) == ("brief", "")


def test_what_is_moved_in_state_and_what_is_not_tracked_any_more_are_told_apart() -> None:
    old, new = Address("contoso/office"), Address("contoso/desk")
    place = plans.place_of(old)
    moved, removed = (StateMove(address=old, to=to, source=place) for to in (new, None))
    told = {move.to: FORMATS["text"](replace(plans.plan(), moves=(move,)), a_view()) for move in (moved, removed)}

    assert "1 address is moved in state" in told[new]
    assert "not tracked any more" not in told[new]
    assert "1 address is not tracked any more" in told[None]
    assert "bill go on, and so does what is scheduled for it" in " ".join(told[None].split())
    assert "oved in state" not in told[None]
