"""Every `plan` that is advised plans what it says, and what it shows can be applied."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.advised import lost
from tests.cli.advised.orders import a_shop, ordering
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.estates import FRONTLINE, KIOSKS, OFFICE, Answer

OUT = "plan --out plan.json"
TARGET = "plan --target ADDRESS"
YES = "--auto-approve"


def can_be_applied(elsewhere: Elsewhere, planned: Answer) -> bool:
    """Returns whether the plan was saved, and its apply leaves nothing to do."""
    applied, left = elsewhere.run("apply", "plan.json"), elsewhere.run("plan", "--detailed-exitcode")
    return (planned.code, applied.code, left.code) == (0, 0, 0)


def saved(elsewhere: Elsewhere) -> Path:
    elsewhere.run("plan", "--out", "plan.json", code=0)
    return Path("plan.json")


def edit(file: Path, **members: object) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **members}))


def _altered(file: Path) -> None:
    file.write_text(file.read_text().replace("contoso", "c0ntoso", 1))


def _without_version(file: Path) -> None:
    document = json.loads(file.read_text())
    del document["format_version"]
    file.write_text(json.dumps(document))


PLAN_FILES: dict[str, Callable[[Path], object]] = {
    "plan_altered": _altered,
    "plan_no_version": _without_version,
    "plan_bad_version": lambda file: edit(file, format_version="first"),
    "plan_not_json": lambda file: file.write_text("{"),
}
"""Ways in which a saved plan is none any more."""


@pytest.mark.parametrize("code", [pytest.param(code, marks=advised(code, OUT)) for code in PLAN_FILES])
def test_a_file_that_is_no_plan_is_made_again(elsewhere: Elsewhere, code: str) -> None:
    PLAN_FILES[code](saved(elsewhere))
    refused = elsewhere.run("apply", "plan.json", code=1)
    assert can_be_applied(elsewhere, elsewhere.follow(refused, code, OUT))


@advised("plan_of_snapshot", OUT)
def test_a_plan_of_a_snapshot_is_made_again_of_what_is_live(elsewhere: Elsewhere) -> None:
    elsewhere.run("snapshot", "snapshot.json", "--upgrades", "all", code=0)
    elsewhere.run("plan", "--snapshot", "snapshot.json", "--out", "plan.json", code=0)
    refused = elsewhere.run("apply", "plan.json", code=1)
    assert can_be_applied(elsewhere, elsewhere.follow(refused, "plan_of_snapshot", OUT))


@advised("plan_of_another_lineage", OUT)
def test_a_plan_of_another_estate_is_made_again_for_this(elsewhere: Elsewhere) -> None:
    elsewhere.apply("--target", "contoso/frontline")
    saved(elsewhere)
    for file in (elsewhere.estate.root / "st").iterdir():
        file.unlink()
    elsewhere.apply("--target", "contoso/frontline")
    refused = elsewhere.run("apply", "plan.json", code=1)
    assert can_be_applied(elsewhere, elsewhere.follow(refused, "plan_of_another_lineage", OUT))


@advised("stale", OUT)
def test_a_plan_that_is_not_what_is_there_any_more_is_made_again(elsewhere: Elsewhere) -> None:
    saved(elsewhere)
    elsewhere.declare(office=(OFFICE, "E3", 25), frontline=(FRONTLINE, "F1", 13))
    assert "STALE" in elsewhere.run("apply", "plan.json", code=6).text
    explained = elsewhere.run("explain", "stale", code=0)
    assert can_be_applied(elsewhere, elsewhere.follow(explained, "stale", OUT))


@advised("not_reviewed", OUT)
def test_a_change_that_was_not_reviewed_is_put_into_a_new_review(elsewhere: Elsewhere) -> None:
    elsewhere.declare(frontline=(FRONTLINE, "F1", 12))
    saved(elsewhere)
    elsewhere.declare(frontline=(FRONTLINE, "F1", 12), office=(OFFICE, "E3", 25))
    answer = elsewhere.run("apply", "--approved", "plan.json", code=6)
    assert can_be_applied(elsewhere, elsewhere.follow(answer, "not_reviewed", OUT))


@advised("review_of_nothing", OUT)
def test_a_review_of_what_is_not_declared_any_more_is_made_again(elsewhere: Elsewhere) -> None:
    elsewhere.run("plan", "--target", "contoso/office", "--out", "plan.json", code=0)
    elsewhere.declare(frontline=(FRONTLINE, "F1", 12))
    refused = elsewhere.run("apply", "--approved", "plan.json", code=6)
    assert can_be_applied(elsewhere, elsewhere.follow(refused, "review_of_nothing", OUT))


@advised("blocked_since", OUT)
def test_what_is_blocked_since_it_was_reviewed_is_planned_again(elsewhere: Elsewhere) -> None:
    saved(elsewhere)
    with elsewhere.estate.changed() as world:
        world.find(OFFICE).status = "suspended"
    assert "[blocked_since]" in elsewhere.run("apply", "--approved", "plan.json").text
    with elsewhere.estate.changed() as world:
        world.find(OFFICE).status = "active"
    explained = elsewhere.run("explain", "blocked_since", code=0)
    assert can_be_applied(elsewhere, elsewhere.follow(explained, "blocked_since", OUT))


@advised("blocked", TARGET)
def test_the_advice_for_what_is_blocked_beside_a_review_is_one_command_away(elsewhere: Elsewhere) -> None:
    with elsewhere.estate.changed() as world:
        world.find(OFFICE).status = "suspended"
    elsewhere.run("plan", "--out", "plan.json", code=3)
    answer = elsewhere.run("apply", "--approved", "plan.json", code=0)
    shown = elsewhere.follow(answer, "blocked", TARGET)
    assert (shown.code, "The subscription is suspended" in shown.out) == (3, True)


@advised("plan_and_selection", "plan --target GLOB --out PLANFILE")
def test_the_selection_of_a_saved_plan_is_planned(elsewhere: Elsewhere) -> None:
    saved(elsewhere)
    refused = elsewhere.run("apply", "plan.json", "--target", "contoso/office", code=64)
    run = "plan --target GLOB --out PLANFILE"
    assert elsewhere.follow(refused, "plan_and_selection", run, GLOB="contoso/office").code == 0
    elsewhere.run("apply", "plan.json", code=0)
    assert len(elsewhere.estate.bought) == 1


@advised("end_follows_order", TARGET)
def test_the_end_of_what_is_ordered_first(elsewhere: Elsewhere) -> None:
    a_shop(elsewhere, ordering(renew="end"))
    assert "[end_follows_order]" in elsewhere.run("plan").text
    elsewhere.apply()
    explained = elsewhere.run("explain", "end_follows_order", code=0)
    planned = elsewhere.follow(explained, "end_follows_order", TARGET, ADDRESS="contoso/copilot")
    assert "1 renewal" in planned.text


RECENT = "plan --recent FOLDER"
SNAPSHOT = "plan --snapshot FILE"


@advised("recent_and_snapshot", RECENT, SNAPSHOT)
def test_a_snapshot_and_recent_readings_are_one_too_many(elsewhere: Elsewhere) -> None:
    Path("recent").mkdir()
    elsewhere.run("snapshot", "recent/last.json", "--upgrades", "all", code=0)
    refused = elsewhere.run("plan", "--recent", "recent", "--snapshot", "recent/last.json", code=64)
    for run in (RECENT, SNAPSHOT):
        assert "2 changes can go ahead" in elsewhere.follow(refused, "recent_and_snapshot", run).text


@advised("To look again later:", "plan ADDRESS")
def test_what_does_not_show_yet_is_looked_at_later(elsewhere: Elsewhere) -> None:
    elsewhere.estate.behave(visible_after=3600)
    elsewhere.apply("--target", "contoso/office")
    told = elsewhere.run("plan", "--target", "contoso/office")
    elsewhere.estate.show_what_was_bought()
    later = elsewhere.follow(told, "To look again later:", "plan ADDRESS")
    assert "Nothing to do" in later.text


@advised("asks_otherwise_than_bought", "plan")
def test_what_is_asked_otherwise_than_it_was_bought(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E3", 25))
    elsewhere.estate.behave(visible_after=3600)
    elsewhere.apply()
    elsewhere.declare(office=(OFFICE, "E3", 30))
    told = elsewhere.run("plan")
    elsewhere.estate.show_what_was_bought()
    elsewhere.run("apply", "--settle")
    assert "seats   25 -> 30" in elsewhere.follow(told, "asks_otherwise_than_bought", "plan").out


@advised("canary_failed", "plan")
def test_what_was_not_begun_after_the_first_customers(elsewhere: Elsewhere) -> None:
    elsewhere.estate.arm("http_500_before", method="PATCH", times=9)
    elsewhere.declare(frontline=(FRONTLINE, "F1", 12))
    elsewhere.declare("fabrikam", kiosks=(KIOSKS, "F1", 9))
    failed = elsewhere.run("apply", YES, "--canary", "1")
    elsewhere.estate.arm()
    assert "fabrikam/kiosks" in elsewhere.follow(failed, "canary_failed", "plan").out


SETTLED = "What was settled as not done is planned again where the manifests still ask for it:"


@advised(SETTLED, "plan")
def test_what_was_settled_as_not_done_is_planned_again(elsewhere: Elsewhere) -> None:
    lost.an_upgrade(elsewhere, done=False)
    elsewhere.minutes_pass(5)
    answer = elsewhere.run("apply", "--settle")
    assert "^ contoso/office" in elsewhere.follow(answer, SETTLED, "plan").out


@advised("order_over", "plan")
def test_an_order_of_which_nothing_came(elsewhere: Elsewhere) -> None:
    a_shop(elsewhere)
    elsewhere.estate.arm("order_fails")
    failed = elsewhere.run("apply", YES)
    assert "contoso/copilot" in elsewhere.follow(failed, "order_over", "plan").out
