"""`plan`, `show` and `validate`: what goes where, and what is kept."""

import json
from collections.abc import Callable

import pytest

from reconciler.cli.options import FORMATS
from reconciler.rendering.subjects import plans
from tests.cli.estates import Answer, Estate

Program = Callable[..., Answer]


def snapshot(estate: Estate) -> dict[str, bytes]:
    """Every file of the working directory but the sandbox's own."""
    files = (path for path in estate.root.rglob("*") if path.is_file() and ".reconciler" not in path.parts)
    return {str(file.relative_to(estate.root)): file.read_bytes() for file in files}


@pytest.mark.usefixtures("estate")
def test_validate_counts_what_it_checked(reconciler: Program) -> None:
    answer = reconciler("validate")

    assert (answer.code, answer.out) == (0, "The manifests are valid: 1 customer, 3 subscriptions.\n")


@pytest.mark.usefixtures("estate")
def test_validate_needs_no_service_and_no_sign_in(reconciler: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILER_ENDPOINT", "http://127.0.0.1:1")

    assert reconciler("--cloud", "worldwide", "validate").code == 0


@pytest.mark.usefixtures("estate")
def test_plan_shows_what_would_change_and_where_it_is_asked_for(reconciler: Program) -> None:
    answer = reconciler("plan")

    assert "contoso/office manifests/contoso.yaml:3:3" in answer.text
    assert "10 -> 12 (+2)" in answer.text
    assert answer.out.endswith("To carry out these 2 changes:\n    reconciler apply\n")
    assert answer.err == ""


def test_plan_writes_nothing(estate: Estate, reconciler: Program) -> None:
    before, world = snapshot(estate), estate.world

    reconciler("plan")

    assert (snapshot(estate), estate.world) == (before, world)


def test_the_json_on_stdout_is_the_plan_file(estate: Estate, reconciler: Program) -> None:
    answer = reconciler("plan", "--format", "json", "--out", "plan.json")

    printed = json.loads(answer.out)
    assert printed == json.loads((estate.root / "plan.json").read_text())
    assert [change["address"] for change in printed["changes"]] == ["contoso/frontline", "contoso/office"]
    assert answer.err == "The plan is saved: plan.json\n"


@pytest.mark.usefixtures("estate")
def test_a_saved_plan_is_named_in_the_command_that_carries_it_out(reconciler: Program) -> None:
    assert reconciler("plan", "--out", "plan.json").out.endswith("\n    reconciler apply plan.json\n")


def test_a_saved_plan_takes_the_place_of_the_one_before(estate: Estate, reconciler: Program) -> None:
    reconciler("plan", "--out", "plan.json", "--target", "contoso/mail")
    reconciler("plan", "--out", "plan.json", "--target", "contoso/office")

    saved = json.loads((estate.root / "plan.json").read_text())
    assert [change["address"] for change in saved["changes"]] == ["contoso/office"]


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    ("arguments", "addresses"),
    [
        ("--target contoso/office", ["contoso/office"]),
        ("--target contoso", ["contoso/frontline", "contoso/office"]),
        ("--target */office --target */front*", ["contoso/frontline", "contoso/office"]),
        ("--exclude contoso/office", ["contoso/frontline"]),
        ("--target contoso --exclude */o*", ["contoso/frontline"]),
    ],
)
def test_target_and_exclude_choose_addresses(reconciler: Program, arguments: str, addresses: list[str]) -> None:
    plan = json.loads(reconciler("plan", "--format", "json", *arguments.split()).out)

    assert [change["address"] for change in plan["changes"]] == addresses


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("arguments", ["--target contosso", "--target contoso/offices"])
def test_a_choice_of_nothing_is_an_error(reconciler: Program, arguments: str) -> None:
    answer = reconciler("plan", *arguments.split())

    assert (answer.code, answer.out) == (1, "")
    assert arguments.split()[1] in answer.err


@pytest.mark.usefixtures("estate")
def test_show_prints_a_saved_plan_as_it_was_printed(reconciler: Program) -> None:
    planned = reconciler("plan", "--format", "json", "--out", "plan.json")

    assert reconciler("show", "plan.json", "--format", "json").out == planned.out
    assert "contoso/office" in reconciler("show", "plan.json").out


def test_show_of_a_saved_plan_needs_neither_manifests_nor_service(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    reconciler("plan", "--out", "plan.json")
    (estate.root / "manifests").rename(estate.root / "gone")
    monkeypatch.setenv("RECONCILER_ENDPOINT", "http://127.0.0.1:1")

    assert reconciler("show", "plan.json").code == 0


@pytest.mark.usefixtures("estate")
def test_show_without_a_plan_shows_what_is_remembered(reconciler: Program) -> None:
    assert "no subscription yet" in reconciler("show").out
    reconciler("apply", "--auto-approve")

    assert reconciler("show").out == reconciler("state", "list").out
    assert list(json.loads(reconciler("show", "--format", "json").out)) == ["contoso"]


@pytest.mark.usefixtures("estate")
def test_after_an_apply_the_next_plan_is_empty(reconciler: Program) -> None:
    reconciler("apply", "--auto-approve")

    answer = reconciler("plan", "--detailed-exitcode")

    assert answer.code == 0
    assert "Nothing to do: 3 subscriptions" in answer.out
    assert "reconciler apply" not in answer.out


@pytest.mark.parametrize("form", FORMATS)
def test_a_plan_is_shown_in_every_format(estate: Estate, reconciler: Program, form: str) -> None:
    assert estate.root.exists()
    assert "contoso/office" in reconciler("plan", "--format", form).out


def test_every_format_that_the_command_line_names_is_there() -> None:
    assert tuple(plans.FORMATS) == FORMATS


def test_what_is_the_very_same_for_all_has_nothing_below_its_items(estate: Estate, reconciler: Program) -> None:
    with estate.changed() as world:
        world.customers[0].relationship = "none"

    page = reconciler("plan").text
    assert page.count("Partner Center knows no reseller relationship") == 1
    assert ("reconciler forget contoso" in page, "<tenant>" in page) == (True, False)
