"""Files that are damaged, missing, in the way or not ours: one message that names the file, and nothing is sent."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.estates import Answer, Estate
from tests.thoroughness import examples

Program = Callable[..., Answer]


def refused(answer: Answer, *words: str) -> bool:
    """Returns True if it ended with one error on stderr that says all of this, and with what to do on lines set in
    below it.
    """
    assert (answer.code, answer.out) == (1, "")
    assert [word for word in words if word not in answer.text] == []
    return "\n    " in answer.err


@pytest.mark.parametrize("command", ["validate", "plan", "apply --auto-approve"])
def test_broken_yaml_is_refused_with_its_place(estate: Estate, reconciler: Program, command: str) -> None:
    (estate.root / "manifests" / "fabrikam.yaml").write_text("customer: {name: fabrikam\nsubscriptions: {}\n")

    assert refused(reconciler(*command.split()), "manifests/fabrikam.yaml:1:11:")
    assert estate.bought == []


def test_every_problem_of_every_file_is_told_at_once(estate: Estate, reconciler: Program) -> None:
    for name in ("fabrikam", "litware"):
        (estate.root / "manifests" / f"{name}.yaml").write_text("customer: [\n")

    assert refused(reconciler("validate"), "manifests/fabrikam.yaml:", "manifests/litware.yaml:", "2 problems.")


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("command", ["validate", "plan", "apply --auto-approve"])
@pytest.mark.parametrize(
    ("name", "says"),
    [("nowhere", "there is no such directory"), ("manifests/contoso.yaml", "contoso.yaml: ")],
)
def test_a_directory_that_is_none_is_refused(reconciler: Program, command: str, name: str, says: str) -> None:
    assert refused(reconciler("-m", name, *command.split()), says, "-m DIR")


@pytest.mark.parametrize("command", ["validate", "plan", "apply --auto-approve"])
def test_an_empty_estate_is_refused_and_never_nothing_to_do(here: Path, reconciler: Program, command: str) -> None:
    (here / "manifests").mkdir()

    answer = reconciler("--cloud", "sandbox", *command.split())

    assert refused(answer, "no subscription is declared in manifests")
    assert "nothing to do" not in answer.text


def emptied(estate: Estate, reconciler: Program) -> None:
    """Everything was applied once, and the customers' manifests are gone."""
    assert reconciler("apply", "--auto-approve").code == 0
    (estate.root / "manifests" / "contoso.yaml").unlink()


@pytest.mark.parametrize("command", ["plan", "apply --auto-approve"])
def test_an_emptied_estate_is_refused_by_name(estate: Estate, reconciler: Program, command: str) -> None:
    emptied(estate, reconciler)
    answer = reconciler(*command.split())
    assert refused(answer, "state still manages 1 customer: the estate was emptied [estate_emptied]")
    assert "reconciler apply --override-limit estate_emptied" in answer.text


def test_an_estate_that_was_meant_to_be_emptied_says_what_may_be_forgotten(estate: Estate, reconciler: Program) -> None:
    emptied(estate, reconciler)
    answer = reconciler("apply", "--auto-approve", "--override-limit", "estate_emptied")
    assert (answer.code, "reconciler forget contoso" in answer.text) == (0, True)
    forgotten = reconciler("forget", "contoso/office", "contoso/mail")
    assert (forgotten.code, len(forgotten.out.splitlines())) == (0, 2)


def test_a_manifest_that_can_not_be_read_is_refused(estate: Estate, reconciler: Program) -> None:
    (estate.root / "manifests" / "fabrikam.yaml").symlink_to("gone.yaml")

    assert refused(reconciler("plan"), "manifests/fabrikam.yaml")


@pytest.mark.parametrize("location", ["contoso.txt", "contoso.txt/state"])
def test_a_state_location_that_can_not_be_written_stops_apply_before_anything_is_sent(
    estate: Estate, reconciler: Program, location: str
) -> None:
    (estate.root / "contoso.txt").write_text("in the way")

    assert refused(reconciler("apply", "--auto-approve", "--state", location), "contoso.txt")
    assert estate.bought == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_state_directory_stops_apply_before_anything_is_sent(estate: Estate, reconciler: Program) -> None:
    (estate.root / "state").mkdir(mode=0o500)

    assert reconciler("apply", "--auto-approve").code == 1
    assert estate.bought == []


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"format_version": "1.0"}', "\x00", '{"a": 1e999}'])
@pytest.mark.parametrize("command", ["plan", "apply --auto-approve", "state list", "state pull", "forget contoso/x"])
def test_a_damaged_state_file_is_refused_and_left_as_it_is(
    estate: Estate, reconciler: Program, content: str, command: str
) -> None:
    reconciler("apply", "--auto-approve", "--target", "contoso/frontline")
    file = estate.root / "state" / "contoso.json"
    file.write_text(content)

    assert refused(reconciler(*command.split()), "state/contoso.json", "Don't delete it")
    assert (file.read_text(), len(estate.bought)) == (content, 1)


def test_state_of_another_customer_is_refused(estate: Estate, reconciler: Program) -> None:
    reconciler("apply", "--auto-approve", "--target", "contoso/frontline")
    (estate.root / "state" / "contoso.json").rename(estate.root / "state" / "fabrikam.json")
    estate.block()

    assert refused(reconciler("plan"), "state/fabrikam.json")


def test_a_state_location_of_another_lineage_is_refused(estate: Estate, reconciler: Program) -> None:
    reconciler("apply", "--auto-approve", "--target", "contoso/frontline")
    estate.settings("lineage: another\n")

    assert refused(reconciler("plan"), "`lineage` in the settings is another")
    assert refused(reconciler("apply", "--auto-approve"), "`lineage` in the settings is another")


@pytest.mark.parametrize("command", ["state list", "state show contoso/frontline", "state pull contoso", "show"])
def test_the_state_of_another_lineage_is_not_shown(estate: Estate, reconciler: Program, command: str) -> None:
    reconciler("apply", "--auto-approve", "--target", "contoso/frontline")
    estate.settings("lineage: another\n")
    assert refused(reconciler(*command.split()), "`lineage` in the settings is another")

    estate.settings("")
    (estate.root / "state" / "estate.json").write_text('{"format_version": 1, "lineage": "b"}')
    assert refused(reconciler(*command.split()), "the estate is of b")


def test_an_empty_state_location_is_refused_where_the_settings_name_its_lineage(
    estate: Estate, reconciler: Program
) -> None:
    estate.settings("lineage: 5ea053d6-1a53-4a4c-96c1-2e3a2c6c5a4e\n")

    assert refused(reconciler("apply", "--auto-approve"), "is empty")
    assert not (estate.root / "state").exists()


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    ("location", "says"),
    [("az://container/prefix", "az://"), ("s3://bucket", "s3://"), ("ftp://host/path", "begins with ftp://")],
)
def test_a_state_location_of_a_kind_that_there_is_not_is_refused(reconciler: Program, location: str, says: str) -> None:
    assert refused(reconciler("plan", "--state", location), says)


@pytest.fixture
def saved(estate: Estate, reconciler: Program) -> Path:
    """A saved plan of two changes."""
    assert reconciler("plan", "--out", "plan.json").code == 0
    return estate.root / "plan.json"


EDITS: dict[str, Callable[[str], str]] = {
    "a quantity": lambda text: text.replace('"quantity": 12', '"quantity": 11'),
    "an address": lambda text: text.replace("contoso/office", "contoso/mail"),
    "cut in half": lambda text: text[: len(text) // 2],
    "nothing": lambda _: "",
    "another document": lambda _: "{}",
    "a list": lambda _: "[]",
    "a manifest": lambda _: "customer: {name: contoso}\n",
    "another major format": lambda text: text.replace('"format_version": "2.', '"format_version": "3.'),
    "no fingerprint": lambda text: json.dumps({k: v for k, v in json.loads(text).items() if k != "fingerprint"}),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("command", ["apply", "show"])
def test_a_plan_file_that_was_altered_is_refused_whole(
    estate: Estate, saved: Path, reconciler: Program, edit: str, command: str
) -> None:
    before = saved.read_text()
    saved.write_text(EDITS[edit](before))
    assert saved.read_text() != before

    assert refused(reconciler(command, "plan.json"), "plan.json:")
    assert estate.bought == []


@settings(max_examples=examples(10), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=200))
def test_any_bytes_at_all_in_place_of_a_plan_are_refused(estate: Estate, reconciler: Program, content: bytes) -> None:
    (estate.root / "plan.json").write_bytes(content)

    assert refused(reconciler("apply", "plan.json"), "plan.json:")
    assert refused(reconciler("state", "push", "plan.json"), "plan.json:")


def test_a_file_larger_than_any_plan_is_refused_before_it_fills_the_memory(estate: Estate, reconciler: Program) -> None:
    with (estate.root / "plan.json").open("wb") as file:
        file.truncate(1 << 40)
    answer = reconciler("apply", "--approved", "plan.json")
    assert (answer.code, "has more than" in answer.text) == (1, True)


@pytest.mark.usefixtures("saved")
def test_a_plan_of_another_cloud_is_refused(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate.wait_as_in_any_cloud()
    monkeypatch.setenv("RECONCILER_ACCESS_TOKEN", "a-token")

    assert refused(reconciler("--cloud", "china", "apply", "plan.json"), "for the cloud sandbox")


def test_a_plan_of_another_estate_is_refused(estate: Estate, reconciler: Program) -> None:
    reconciler("apply", "--auto-approve", "--target", "contoso/frontline")
    reconciler("plan", "--out", "plan.json")
    reconciler("apply", "--auto-approve", "--state", "other", "--target", "contoso/mail")

    assert refused(reconciler("apply", "plan.json", "--state", "other"), "lineage")
    assert len(estate.bought) == 1


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("command", ["apply", "show", "state push"])
def test_a_file_that_is_not_there_is_named(reconciler: Program, command: str) -> None:
    assert refused(reconciler(*command.split(), "missing.json"), "missing.json: The file can't be read")


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("out", ["nowhere/plan.json", "manifests/offers.yaml/plan.json"])
def test_a_plan_that_can_not_be_saved_is_an_error(reconciler: Program, out: str) -> None:
    assert refused(reconciler("plan", "--out", out), f"{out}: The file can't be written", "mkdir -p")


def test_a_damaged_sandbox_is_refused_until_it_is_reset(estate: Estate, reconciler: Program) -> None:
    estate.world_file.write_text('{"customers": [')

    assert refused(reconciler("plan"), "sandbox.json", "reconciler sandbox reset")
    assert reconciler("sandbox", "reset").code == 0
    assert reconciler("plan").code == 3
