"""The first day of a new user: the sample estate, planned, applied, planned again, and changed by others."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests import forked
from tests.worlds import SOURCE, copy_sample


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The repository's own manifests in a directory of their own."""
    copy_sample(tmp_path)
    return tmp_path


HELD = "vanarsdel/copilot"
"""The order of the sample, which a limit holds back."""


def reconciler(cwd: Path, *arguments: str, code: int = 0) -> str:
    """Returns what the program prints as a process of its own; it must end with this exit code."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(SOURCE)}
    ended, out, err = forked.call(list(arguments), str(cwd), environment)
    assert (ended, err) == (code, "")
    return out


def plan(cwd: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(reconciler(cwd, "plan", "--format", "json", "--blocked", "warn"))
    return document


def addresses(items: list[dict[str, Any]]) -> list[str]:
    return [item["address"] for item in items]


def test_a_saved_plan_is_applied_and_the_next_plan_has_nothing_ready(clone: Path) -> None:
    first = reconciler(clone, "plan", "--out", "plan.json", code=3)
    planned = json.loads((clone / "plan.json").read_text())
    assert "To carry out these 11 changes:\n    reconciler apply plan.json" in first

    applied = reconciler(clone, "apply", "plan.json", code=5)
    assert applied.endswith("Apply finished: 11 succeeded, 1 not started.\n")

    second = plan(clone)
    assert (addresses(second["changes"]), second["drift"], second["pending"]) == ([HELD], [], [])
    assert addresses(second["blocked"]) == addresses(planned["blocked"])


def test_after_an_apply_what_others_change_is_told_as_drift(clone: Path) -> None:
    reconciler(clone, "apply", "--auto-approve", code=5)

    reconciler(clone, "sandbox", "nudge")

    drift = plan(clone)["drift"]
    assert {difference["path"] for item in drift for difference in item["differences"]} == {"quantity", "status"}
    text = reconciler(clone, "plan", "--blocked", "warn")
    assert all(address in text for address in addresses(drift))


def test_the_sample_shows_every_kind_of_outcome_and_only_its_order_is_held_back(clone: Path) -> None:
    document = plan(clone)

    upgrades = [change for change in document["changes"] if change["action"] == "upgrade"]
    assert {change["request"]["type"] for change in upgrades} == {
        "upgrade_only",
        "upgrade_with_license_transfer",
        "transition_with_license_transfer",
    }
    assert any(change["after"]["quantity"] > change["before"]["quantity"] for change in upgrades)
    assert {change["action"] for change in document["changes"]} == {"upgrade", "term", "resize", "renewal", "order"}
    codes = {reason["code"] for blocked in document["blocked"] for reason in blocked["reasons"]}
    assert {"seat_loss_not_allowed", "seats_not_refundable", "schedule_undeclared", "in_extended_service_term"} <= codes
    assert len(codes) >= 15
    assert [(limit["name"], limit["figure"]) for limit in document["limits"]] == [("max_orders", 1)]
    assert document["summary"]["unchanged"] > 0


def test_every_blocked_item_of_the_sample_says_why_who_acts_and_what_to_do(clone: Path) -> None:
    for blocked in plan(clone)["blocked"]:
        assert blocked["reasons"]
        for reason in blocked["reasons"]:
            assert reason["description"]
            assert reason["remedy"]["actor"] in {"partner", "customer", "microsoft"}
            assert reason["remedy"]["steps"]


def test_the_commands_that_a_plan_prints_are_commands(clone: Path) -> None:
    """A user copies them; `--help` instead of running them proves that each would be understood."""
    text = reconciler(clone, "plan", code=3)

    printed = re.findall(r"^ +reconciler (\S+) ", text, re.MULTILINE)
    assert "adopt" in printed
    for name in set(printed):
        reconciler(clone, name, "--help")


def test_an_adopted_successor_ends_its_block(clone: Path) -> None:
    text = reconciler(clone, "plan", "--target", "litware/field", code=3)
    command = re.search(r"reconciler (adopt litware/field \S+)", text)
    assert command is not None

    reconciler(clone, *command[1].split())

    assert "Nothing to do" in reconciler(clone, "plan", "--target", "litware/field")


def test_what_the_manifests_ask_is_there_after_the_renewals_without_an_edit(clone: Path) -> None:
    """The clock is moved over a month, a year, and the end of everything that was to end."""
    first = plan(clone)
    reconciler(clone, "apply", "--auto-approve", code=5)

    for days in (35, 50, 330):
        moved = reconciler(clone, "sandbox", "clock", f"+{days}d")
        later = plan(clone)
        assert "was renewed" in moved
        assert later["pending"] == []
        assert {*addresses(later["changes"]), *addresses(later["blocked"])} <= {
            *addresses(first["blocked"]),
            HELD,
        }


def test_an_import_over_the_estate_says_what_it_takes_back_and_leaves_nothing_to_do_but_the_order(clone: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(SOURCE)}
    _, told, _ = forked.call(["import", "--all", "--overwrite"], str(clone), environment)

    assert "quantity: 28 -> 18" in told
    assert "term: monthly -> annual" in told
    assert "Nothing can go ahead; 1 held back by a limit.\n" in reconciler(clone, "plan")


def test_the_same_plan_twice_is_the_same_but_for_its_time(clone: Path) -> None:
    def timeless(text: str) -> str:
        return re.sub(r'"(created_at|fingerprint)": "[^"]*"', "", text)

    once = reconciler(clone, "plan", "--format", "json", "--parallelism", "1", code=3)
    again = reconciler(clone, "plan", "--format", "json", "--parallelism", "16", code=3)
    assert timeless(once) == timeless(again)


def test_the_first_day_comes_back(clone: Path) -> None:
    first = addresses(plan(clone)["changes"])
    reconciler(clone, "apply", "--auto-approve", code=5)

    reconciler(clone, "sandbox", "reset")
    shutil.rmtree(clone / ".reconciler" / "state")

    assert addresses(plan(clone)["changes"]) == first
