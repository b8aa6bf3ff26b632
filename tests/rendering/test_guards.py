"""A change that loosens its own guard is told before anything else, in every format."""

from dataclasses import replace
from typing import Any

import pytest

from reconciler.model.plan import Notice, PlanItem
from reconciler.model.unsettled import Unsettled
from reconciler.rendering.reports.asked import changes_before, changes_now
from reconciler.rendering.subjects.plans import FORMATS
from tests.rendering import plans
from tests.rendering.shown import a_view

VIEW = a_view(now=plans.NOON, next_command=("apply", "plan.json"))
LOOSENED = plans.loosened()
MOVED = Notice(code="guard_moved", subject="state", setting="state", before="../state", after="az://other/state")
TIGHTENED = Notice(code="guard_tightened", subject="limits.max_changes", before="100", after="10")


def shown(name: str, *notices: Notice) -> str:
    return FORMATS[name](plans.plan(plans.upgrade(), notices=notices, since="origin/main"), VIEW)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_tells_a_loosened_guard_with_both_values(name: str) -> None:
    told = shown(name, LOOSENED)

    assert "limits.max_seats_removed" in told
    assert "500" in told


@pytest.mark.parametrize(
    ("name", "verdict"), [("text", "can go ahead"), ("markdown", "can go ahead"), ("html", "<h2>Ready")]
)
def test_what_people_read_says_it_before_the_verdict_or_the_changes(name: str, verdict: str) -> None:
    told = shown(name, LOOSENED)

    assert told.index("READ THIS FIRST: this change loosens its own guards") < told.rindex(verdict)


def test_an_annotation_of_a_guard_comes_before_those_of_errors() -> None:
    blocked = plans.plan(blocked=(plans.blocked("contoso/office"),), notices=(LOOSENED,))
    kinds = [line.split(" ")[0] for line in FORMATS["github"](blocked, VIEW).splitlines()]

    assert kinds == ["::notice", "::warning", "::error"]


def test_another_state_location_says_what_is_left_behind() -> None:
    told = " ".join(shown("text", MOVED).split())

    assert "this change moves its own guards ! state: ../state -> az://other/state" in told
    assert "what was bought and what is pending is remembered at the old location" in told


def test_what_a_guard_means_goes_by_its_setting_whatever_its_subject_is_called() -> None:
    name = replace(LOOSENED, subject="Office: E3: service_name", setting="fewer_seats")

    assert "seats may be removed there" in " ".join(shown("text", name).split())


def test_a_guard_that_is_only_tightened_is_no_alarm() -> None:
    assert shown("text", TIGHTENED).startswith("This change tightens its own guards\n")
    assert "[!NOTE]" in shown("markdown", TIGHTENED)


def test_a_plan_says_with_which_commit_it_compared() -> None:
    few = " ".join(shown("text").split())
    made = plans.plan(plans.upgrade(), since="origin/main")
    all_of_it = replace(made, selection=replace(made.selection, everything="cloud changed in the settings"))

    assert "Compared with origin/main (commit 4f0c1d2e4f0c): 6 customers are declared otherwise; only that was" in few
    assert "the whole estate was planned: cloud changed in the" in " ".join(FORMATS["text"](all_of_it, VIEW).split())


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_names_what_is_declared_no_more(name: str) -> None:
    assert "wingtip/office" in FORMATS[name](plans.plan(since="main", dropped=("wingtip/office",)), VIEW)


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {"json"}))
@pytest.mark.parametrize("pending", [(), (plans.unsettled("wingtip/office"),)], ids=["settled", "open"])
def test_no_format_says_of_an_order_that_bought_nothing_that_its_bill_goes_on(
    name: str, pending: tuple[Unsettled, ...]
) -> None:
    order: dict[str, Any] = {"dropped": ("wingtip/office",), "unbought": ("wingtip/office",), "pending": pending}
    for tracked in ((), ("wingtip/office",)):
        shown = FORMATS[name](plans.plan(since="main", undeclared=tracked, **order), VIEW)
        assert "wingtip/office" in shown
        assert not {said for said in ("bill go on", "subscription goes on") if said in shown}
        assert not pending or "forget" not in shown


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {"json"}))
def test_of_an_address_with_two_items_the_one_that_was_asked_before_is_set_apart(name: str) -> None:
    first, second = plans.upgrade(), replace(plans.resize(), address=plans.upgrade().address)
    item = PlanItem(address=first.address, action="upgrade")
    made = plans.plan(first, second, since="main", asked_before_items=(item,))
    shown = FORMATS[name](made, VIEW).casefold()
    assert "not asked for by these commits" in shown or "asked-before" in shown
    assert (changes_now(made), changes_before(made)) == ((second,), (first,))


def test_what_can_be_forgotten_only_once_it_is_settled_has_no_command_to_forget_it() -> None:
    shown = FORMATS["text"](plans.plan(undeclared=("tailspin/office",), pending=(plans.unsettled(),)), VIEW)
    section = shown[shown.index("No longer declared, while a change is open") :]
    assert "\n  . tailspin/office" in section
    assert "forget" not in shown


@pytest.mark.parametrize(
    ("name", "marked"),
    [
        ("text", "NOT ASKED FOR BY THESE COMMITS: 1 change\n"),
        ("markdown", "**1 change is not asked for by these commits:** `fabrikam/office`. "),
        ("html", 'Fabrikam, Inc.</bdi> <span class="status">not asked for by these commits</span>'),
        ("github", "::warning file=manifests/fabrikam.yaml,"),
        ("azure-devops", "]fabrikam/office: upgrade, not asked for by these commits"),
        ("junit", "fabrikam/office: upgrade, not asked for by these commits: "),
        ("sarif", "fabrikam/office: upgrade, not asked for by these commits\\n"),
        ("json", '"asked_before": [\n    "fabrikam/office"\n  ]'),
    ],
)
def test_every_format_sets_apart_what_is_standing(name: str, marked: str) -> None:
    both = plans.upgrade("contoso/office"), plans.upgrade("fabrikam/office")

    assert marked in FORMATS[name](plans.plan(*both, since="main", asked_before=("fabrikam/office",)), VIEW)


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_what_was_blocked_before_the_change_is_named(name: str) -> None:
    made = plans.plan(blocked=(plans.blocked("contoso/mail"),), since="main", asked_before=("contoso/mail",))

    assert "Blocked before this change already:" in FORMATS[name](made, VIEW)


def test_a_commit_that_touches_no_customer_has_nothing_to_do() -> None:
    made = plans.plan(unchanged=0, since="origin/main")
    nothing = replace(made, selection=replace(made.selection, touched=()))

    assert "Nothing to do: nothing is declared otherwise than at origin/main." in FORMATS["text"](nothing, VIEW)


UNDONE = plans.caution("undoes_outside_change", "10 seats were removed outside (30 -> 20); this plan adds them again.")


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("since", [None, "main"])
def test_every_format_tells_what_a_change_undoes_and_never_as_not_carried_out(name: str, since: str | None) -> None:
    before = ("contoso/mail",) if since else ()
    made = plans.plan(plans.resize(warnings=(UNDONE,)), drift=(plans.drift(),), since=since, asked_before=before)
    told = FORMATS[name](made, VIEW)

    assert "10 seats were removed outside" in told
    assert "was not carried out yet" not in told
    if name in {"text", "markdown", "html"}:
        assert told.index("removed outside") < told.index("Changed outside")
        assert "is no change of this plan" not in told


def test_what_a_later_apply_changed_is_never_told_as_not_carried_out() -> None:
    ours = plans.caution("undoes_own_change", "An earlier apply set 15 seats, and a later one 10.")
    made = plans.plan(plans.resize(warnings=(ours,)), since="main", asked_before=("contoso/mail",))
    for name in ("text", "markdown", "html", "github"):
        told = " ".join(FORMATS[name](made, VIEW).split())

        assert "it was carried out, and a later apply has changed it since" in told
        assert "was not carried out yet" not in told
        assert "An earlier apply set 15 seats" in told


def test_what_is_blocked_since_somebody_changed_it_is_not_told_as_never_carried_out() -> None:
    item = plans.blocked("contoso/mail")
    made = plans.plan(blocked=(item,), drift=(plans.drift(),), since="main", asked_before=("contoso/mail",))

    assert "somebody has changed it outside since" in FORMATS["github"](made, VIEW)


def test_the_verdict_counts_what_undoes_somebody_elses_change() -> None:
    made = plans.plan(plans.resize(warnings=(UNDONE,)), plans.upgrade())

    assert "2 changes can go ahead, 1 of them undoes what was changed outside." in FORMATS["junit"](made, VIEW)


@pytest.mark.parametrize("name", ["text", "markdown", "html", "junit"])
def test_what_a_limit_holds_back_undoes_nothing_and_says_so(name: str) -> None:
    change = plans.resize(warnings=(UNDONE,))
    breach, held = plans.breach("max_seats_added", 0, 5), plans.held(change, "max_seats_added")
    told = " ".join(FORMATS[name](plans.plan(change, plans.upgrade(), limits=(breach,), held=(held,)), VIEW).split())

    assert "1 change can go ahead; 1 held back by a limit" in told
    assert "of them undoes" not in told
    assert "apply does not begin it." in told or name == "junit"
