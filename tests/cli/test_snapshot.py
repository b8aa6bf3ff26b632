"""`snapshot`, and `plan --snapshot`: the same plan with no sign-in, no network and no state location."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.documents import snapshot
from reconciler.sandbox.catalogue import F1
from tests.cli.estates import FRONTLINE, KIOSKS, OFFICE, Answer, Estate, denied

Program = Callable[..., Answer]


@pytest.fixture
def alone(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Takes the service and the state away."""

    def take_away() -> None:
        monkeypatch.setenv("RECONCILER_ENDPOINT", "http://127.0.0.1:1")
        monkeypatch.setenv("RECONCILER_STATE", str(estate.root / "nowhere"))

    return take_away


def planned(reconciler: Program, *arguments: str) -> dict[str, object]:
    found = json.loads(reconciler("plan", "--format", "json", *arguments).out)
    return {name: found[name] for name in ("changes", "blocked", "pending", "drift", "undeclared", "limits", "summary")}


def test_a_plan_from_a_snapshot_is_the_plan_that_it_was_taken_of(
    estate: Estate, reconciler: Program, alone: Callable[[], None]
) -> None:
    reconciler("apply", "--auto-approve", "--target", "contoso/office")
    estate.block()
    estate.customer("contoso", frontline=(FRONTLINE, "E3", 12), office=(OFFICE, "E3", 25))
    before = planned(reconciler)

    assert reconciler("snapshot", "snapshot.json").code == 0
    alone()

    assert planned(reconciler, "--snapshot", "snapshot.json") == before


def test_a_customer_who_could_not_be_read_is_named_and_counted_as_none(estate: Estate, reconciler: Program) -> None:
    estate.arm(denied("GET"))

    answer = reconciler("snapshot", "snapshot.json")

    assert answer.code == 1
    assert "Saved: 0 customers, 0 subscriptions" in answer.text
    assert "could not be read: contoso (" in answer.text


@pytest.mark.usefixtures("estate")
def test_the_age_of_the_snapshot_is_shown_and_nothing_is_offered_to_apply(reconciler: Program) -> None:
    reconciler("snapshot", "snapshot.json")

    answer = reconciler("plan", "--snapshot", "snapshot.json")

    assert "Planned from a snapshot of " in answer.text
    assert "(just now)" in answer.text
    assert "reconciler apply" not in answer.out


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_snapshot_that_is_older_than_a_day_is_said_to_be_old(estate: Estate, reconciler: Program, form: str) -> None:
    reconciler("snapshot", "new.json")
    file = estate.root / "new.json"
    taken = snapshot.load(file.read_text(), "new.json")
    file.write_text(snapshot.dump(aged(taken)))

    assert "more than a day old" in reconciler("plan", "--snapshot", "new.json", "--format", form).text


def aged(taken: snapshot.Snapshot) -> snapshot.Snapshot:
    return replace(taken, taken_at=taken.taken_at - timedelta(days=3))


@pytest.mark.usefixtures("estate")
def test_apply_refuses_what_was_planned_from_a_snapshot(estate: Estate, reconciler: Program) -> None:
    reconciler("snapshot", "snapshot.json")
    reconciler("plan", "--snapshot", "snapshot.json", "--out", "plan.json")

    answer = reconciler("apply", "plan.json")

    assert answer.code == 1
    assert "made from a snapshot" in answer.text
    assert not estate.bought


def test_a_change_that_is_newer_than_the_snapshot_is_blocked_unless_every_upgrade_was_saved(
    estate: Estate, reconciler: Program, alone: Callable[[], None]
) -> None:
    estate.customer("contoso", office=(OFFICE, "E1", 25))
    reconciler("snapshot", "differing.json")
    reconciler("snapshot", "all.json", "--upgrades", "all")
    estate.customer("contoso", office=(OFFICE, "E3", 25))
    alone()

    newer = reconciler("plan", "--snapshot", "differing.json")
    assert (newer.code, "eligibility_not_in_snapshot" in newer.out) == (3, True)
    assert reconciler("plan", "--snapshot", "all.json", "--detailed-exitcode").code == 2


def test_a_customer_that_is_newer_than_the_snapshot_is_blocked_and_the_reader_told_why(
    estate: Estate, reconciler: Program
) -> None:
    reconciler("snapshot", "snapshot.json")
    estate.block()

    answer = reconciler("plan", "--snapshot", "snapshot.json")

    assert answer.code == 3
    assert "The snapshot does not hold the customer" in answer.text
    assert "contoso/office" in answer.out


def test_a_snapshot_of_another_cloud_is_refused(estate: Estate, reconciler: Program) -> None:
    estate.wait_as_in_any_cloud()
    reconciler("snapshot", "snapshot.json")

    answer = reconciler("plan", "--cloud", "china", "--snapshot", "snapshot.json")

    assert answer.code == 1
    assert "The snapshot is of the cloud sandbox; the settings say china." in answer.text
    assert estate.root.joinpath("snapshot.json").exists()


@pytest.mark.usefixtures("estate")
def test_a_snapshot_writes_no_state_and_holds_no_token(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILER_ACCESS_TOKEN", "eyTOPSECRET")

    reconciler("snapshot", "snapshot.json", "--upgrades", "all")

    assert not (estate.root / "state").exists()
    assert "TOPSECRET" not in (estate.root / "snapshot.json").read_text()
    assert F1.lower() in (estate.root / "snapshot.json").read_text()


@pytest.mark.usefixtures("estate")
def test_a_snapshot_that_is_missing_or_something_else_is_told_in_one_message(reconciler: Program) -> None:
    assert reconciler("plan", "--snapshot", "nowhere.json").code == 1
    assert "no snapshot" in reconciler("plan", "--snapshot", "manifests/contoso.yaml").text


def test_a_customer_of_whom_nothing_is_declared_yet_is_in_the_snapshot(estate: Estate, reconciler: Program) -> None:
    estate.customer("fabrikam")
    (estate.root / "manifests" / "fabrikam.yaml").write_text(
        (estate.root / "manifests" / "fabrikam.yaml").read_text().replace("subscriptions:", "subscriptions: {}")
    )
    reconciler("snapshot", "snapshot.json")
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 9))

    answer = reconciler("plan", "--snapshot", "snapshot.json", "--target", "fabrikam")

    assert "8 -> 9 (+1)" in answer.text
