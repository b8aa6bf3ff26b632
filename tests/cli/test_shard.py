"""`--shard`: what a job of several shows, saves and applies."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import service
from reconciler.partner_center.client import PartnerCenter
from tests.cli.estates import Answer, Estate

Program = Callable[..., Answer]


@pytest.mark.usefixtures("estate")
def test_a_shard_says_that_it_is_one_and_passes_it_on_to_apply(reconciler: Program) -> None:
    answer = reconciler("plan", "--shard", "1/1")

    assert "Only part of the estate was planned: --shard 1/1" in answer.text
    assert "reconciler apply --shard 1/1" in answer.text


@pytest.mark.usefixtures("estate")
def test_a_shard_without_customers_is_no_mistake(reconciler: Program) -> None:
    codes = [reconciler("plan", "--shard", f"{number}/3", "--detailed-exitcode").code for number in (1, 2, 3)]

    assert sorted(codes) == [0, 0, 2]


def test_the_saved_plans_of_all_shards_applied_are_the_whole(estate: Estate, reconciler: Program) -> None:
    for number in (1, 2):
        reconciler("plan", "--shard", f"{number}/2", "--out", f"{number}.json")
        assert reconciler("apply", f"{number}.json").code == 0

    assert len(estate.bought) == 2


def test_shards_share_the_rate_when_planned_and_when_applied(
    reconciler: Program, estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates: list[int] = []

    class Heard(PartnerCenter):
        def __init__(self, **how: Any) -> None:
            rates.append(how["requests_per_minute"])
            super().__init__(**how)

    monkeypatch.setattr(service, "PartnerCenter", Heard)
    with estate.served() as address:
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        reconciler("plan")
        reconciler("plan", "--shard", "1/4", "--out", "1.json")
        reconciler("apply", "1.json")
        reconciler("apply", "--approved", "1.json")  # its file is not trusted to say how fast

    assert rates == [500, 125, 125, 500]


@pytest.mark.usefixtures("estate")
def test_a_plan_that_is_shown_is_the_one_that_was_saved(reconciler: Program) -> None:
    reconciler("plan", "--shard", "1/3", "--out", "1.json")

    assert "Only part of the estate was planned: --shard 1/3" in reconciler("show", "1.json").text
    assert reconciler("show", "1.json", "--format", "json").out == Path("1.json").read_text("utf-8")


@pytest.mark.usefixtures("estate")
def test_some_shards_are_shown_as_such_and_not_applied_as_one(reconciler: Program) -> None:
    for number in (1, 3):
        reconciler("plan", "--shard", f"{number}/3", "--out", f"{number}.json")
    Path("both.json").write_text(reconciler("show", "1.json", "3.json", "--format", "json").out, "utf-8")

    assert "Only part of the estate was planned: --shard 1/3, 3/3" in reconciler("show", "1.json", "3.json").text
    for arguments in (("both.json",), ("--approved", "both.json")):
        refused = reconciler("apply", *arguments)
        assert refused.code != 0
        assert "Apply the plan of each shard." in refused.text


@pytest.mark.usefixtures("estate")
def test_plans_that_were_chosen_differently_are_shown_as_parts_and_not_applied_as_one(reconciler: Program) -> None:
    reconciler("plan", "--target", "contoso/office", "--out", "1.json")
    reconciler("plan", "--exclude", "contoso/office", "--out", "2.json")
    Path("both.json").write_text(reconciler("show", "1.json", "2.json", "--format", "json").out, "utf-8")

    part = "Only part of the estate was planned: --target contoso/office, and --exclude contoso/office"
    assert part in reconciler("show", "both.json").text
    for arguments in (("both.json",), ("--approved", "both.json")):
        refused = reconciler("apply", *arguments)
        assert refused.code != 0
        assert "Apply the plan of each selection." in refused.text


@pytest.mark.parametrize("shard", ["0/2", "3/2", "half", ""])
@pytest.mark.usefixtures("estate")
def test_what_is_no_shard_is_refused_before_anything_is_read(reconciler: Program, shard: str) -> None:
    answer = reconciler("plan", "--shard", shard)

    assert (answer.code, answer.out) == (64, "")
    assert "Write K/N" in answer.text


@pytest.mark.usefixtures("estate")
def test_a_saved_plan_is_not_split_again(reconciler: Program) -> None:
    reconciler("plan", "--out", "plan.json")

    assert reconciler("apply", "plan.json", "--shard", "1/2").code == 64
