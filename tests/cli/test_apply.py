"""`apply`: what it refuses, what it says, and what it leaves behind."""

import csv
import hashlib
import json
import re
import shlex
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.model.run import Run
from reconciler.sandbox import Fault, User
from reconciler.state import LocalStore
from tests.cli.estates import FRONTLINE, KIOSKS, MAIL, OFFICE, Answer, Estate, build, process

Program = Callable[..., Answer]
ANN = User(object_id="11111111-0000-4000-8000-000000000000", name="=Ann", email="ann@example.com")


def test_without_a_terminal_somebody_must_have_approved(estate: Estate) -> None:
    answer = process(estate.root, "apply")

    assert (answer.code, answer.out, estate.bought) == (1, "", [])
    assert "reconciler plan --out plan.json" in answer.err
    assert "reconciler apply plan.json" in answer.err


def test_a_saved_plan_is_carried_out_without_asking(estate: Estate) -> None:
    process(estate.root, "plan", "--out", "plan.json")

    answer = process(estate.root, "apply", "plan.json")

    assert (answer.code, len(estate.bought)) == (0, 2)
    assert "Apply finished: 2 succeeded." in answer.out


@pytest.mark.usefixtures("estate")
def test_auto_approve_shows_the_plan_first(reconciler: Program) -> None:
    answer = reconciler("apply", "--auto-approve")

    assert answer.out.index("Ready: 2 changes") < answer.out.index("Apply finished: 2 succeeded.")


def test_a_plan_that_was_carried_out_does_nothing_a_second_time(estate: Estate, reconciler: Program) -> None:
    reconciler("plan", "--out", "plan.json")
    reconciler("apply", "plan.json")

    assert reconciler("apply", "plan.json").code == 0
    assert len(estate.bought) == 2


def test_results_name_the_fingerprint_of_the_file_though_another_version_wrote_it(
    estate: Estate, reconciler: Program
) -> None:
    reconciler("plan", "--out", "plan.json", "--target", "contoso/office")
    file = estate.root / "plan.json"
    members = json.loads(file.read_text()) | {"reconciler_version": "0.9.0"}
    del members["fingerprint"]
    content = json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    members["fingerprint"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
    file.write_text(json.dumps(members))

    reconciler("apply", "plan.json")

    (result,) = json.loads((estate.root / "state" / "contoso.json").read_text())["results"]
    assert result["plan_fingerprint"] == members["fingerprint"]


def test_a_saved_plan_with_nothing_to_do_only_records_what_it_saw(estate: Estate, reconciler: Program) -> None:
    reconciler("plan", "--out", "plan.json", "--target", "contoso/mail")

    answer = reconciler("apply", "plan.json")

    assert (answer.code, answer.text) == (0, "Apply finished: nothing was changed.")
    state = json.loads((estate.root / "state" / "contoso.json").read_text())
    assert "mail" in state["subscriptions"]
    assert not state["results"]
    assert not estate.bought


def test_apply_takes_targets(estate: Estate, reconciler: Program) -> None:
    assert reconciler("apply", "--auto-approve", "--target", "contoso/frontline").code == 0
    assert len(estate.bought) == 1


def test_what_was_reviewed_is_carried_out_without_asking_and_what_is_new_is_left(estate: Estate) -> None:
    process(estate.root, "plan", "--out", "plan.json", "--target", "contoso")
    estate.customer("contoso", office=(OFFICE, "E3", 25), frontline=(FRONTLINE, "F1", 12), mail=(MAIL, "Exchange", 41))

    answer = process(estate.root, "apply", "--approved", "plan.json")

    assert (answer.code, len(estate.bought)) == (6, 2)
    assert "contoso/mail: not started. The reviewed plan does not have this change: resize" in answer.text
    assert "Apply finished: 2 succeeded, 1 not started." in answer.text


def test_a_plan_is_carried_out_or_approves_and_not_both(estate: Estate, reconciler: Program) -> None:
    answer = reconciler("apply", "plan.json", "--approved", "plan.json")
    assert (answer.code, estate.bought) == (64, [])


def test_canaries_and_a_breaker_are_set_by_flags(estate: Estate, reconciler: Program) -> None:
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 9))
    estate.arm(Fault.parse("precondition_412:always:PATCH"))

    answer = reconciler("apply", "--auto-approve", "--canary", "1", "--stop-after-failures", "9")

    assert answer.code in {4, 6}
    assert "fabrikam/kiosks: not started. The customers that go first (--canary) had a problem" in answer.text
    assert "canary_failed" in answer.text


def test_a_limit_that_is_exceeded_names_the_command_of_this_very_run(estate: Estate, reconciler: Program) -> None:
    estate.settings("limits: {max_changes: 1}")
    reconciler("plan", "--out", "plan.json")

    flags = ("--canary", "2", "--state", str(estate.root / "elsewhere"))
    for given in (("plan.json",), ("--auto-approve", "--target", "contoso")):
        answer = reconciler("apply", *given, *flags)
        command = re.search(r"^ *(reconciler apply .*)$", f"{answer.out}\n{answer.err}", re.MULTILINE)
        assert (answer.code, estate.bought, command is not None) == (5, [], True)
        assert command
        words = shlex.split(command[1])
        assert set(given) | set(flags) | {"--override-limit", "max_changes=2"} <= set(words)
        assert reconciler(*words[1:], "--stop-after-failures", "0").code == 64


@pytest.mark.usefixtures("estate")
def test_json_is_one_event_a_line_and_nothing_else(reconciler: Program) -> None:
    answer = reconciler("apply", "--auto-approve", "--format", "json")

    types = [json.loads(line)["type"] for line in answer.out.splitlines()]
    assert types == ["started", "succeeded", "started", "succeeded", "summary"]
    assert "Ready: 2 changes" in answer.err


def test_every_result_is_recorded_in_a_private_file(estate: Estate, reconciler: Program) -> None:
    reconciler("apply", "--auto-approve")

    file = estate.root / "state" / "contoso.json"
    results = json.loads(file.read_text())["results"]
    assert {(result["address"], result["outcome"]) for result in results} == {
        ("contoso/frontline", "succeeded"),
        ("contoso/office", "succeeded"),
    }
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_bought_and_not_shown_yet_is_waiting_and_not_bought_again(estate: Estate, reconciler: Program) -> None:
    estate.behave(visible_after=3600)

    assert reconciler("apply", "--auto-approve").code == 0
    answer = reconciler("apply", "--auto-approve")

    assert (answer.code, len(estate.bought)) == (0, 2)
    assert "contoso/office" in answer.text


@pytest.fixture
def stuck(here: Path) -> Estate:
    """The estate with a user whose licence does not move."""
    return build(here, stuck=(ANN,))


def test_the_licence_report_names_the_users_and_nothing_else_does(stuck: Estate, reconciler: Program) -> None:
    answer = reconciler("apply", "--auto-approve", "--license-report", "users.csv")

    rows = list(csv.DictReader((stuck.root / "users.csv").read_text().splitlines()))
    assert [(row["address"], row["user_object_id"], row["email"]) for row in rows] == [
        ("contoso/office", ANN.object_id, ANN.email)
    ]
    kept = "".join(path.read_text() for path in (stuck.root / "state").glob("*.json"))
    assert ANN.email not in answer.out + answer.err + kept
    assert ANN.object_id in kept


def test_the_licence_report_is_private_and_no_spreadsheet_runs_it(stuck: Estate, reconciler: Program) -> None:
    reconciler("apply", "--auto-approve", "--license-report", "users.csv")

    report = stuck.root / "users.csv"
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert ",'=Ann," in report.read_text()


def test_the_licence_report_is_json_where_its_name_says_so(stuck: Estate, reconciler: Program) -> None:
    reconciler("apply", "--auto-approve", "--license-report", "users.json")

    (row,) = json.loads((stuck.root / "users.json").read_text())
    assert row["name"] == "=Ann"


def test_a_licence_report_that_could_not_be_written_is_refused_before_anything_is_sent(
    stuck: Estate, reconciler: Program
) -> None:
    answer = reconciler("apply", "--auto-approve", "--license-report", "nowhere/users.csv")

    assert (answer.code, stuck.bought) == (1, [])
    assert "nowhere" in answer.err


def test_what_could_not_be_recorded_goes_to_a_file_that_push_takes_back(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_after_first_write(monkeypatch)
    answer = reconciler("apply", "--auto-approve", "--target", "contoso/office")
    monkeypatch.undo()
    monkeypatch.chdir(estate.root)

    assert (answer.code, len(estate.bought)) == (1, 1)
    assert '"target_subscription_id"' in answer.err
    assert "reconciler state push errored.contoso.json" in answer.out
    assert reconciler("state", "push", "errored.contoso.json").code == 0
    assert reconciler("plan", "--detailed-exitcode", "--target", "contoso/office").code == 0


def test_what_was_rescued_before_is_never_overwritten(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(estate.root)
    (estate.root / "errored.contoso.json").write_text("from an earlier run")
    fail_after_first_write(monkeypatch)
    answer = reconciler("apply", "--auto-approve", "--target", "contoso/office")
    monkeypatch.undo()
    monkeypatch.chdir(estate.root)

    assert (estate.root / "errored.contoso.json").read_text() == "from an earlier run"
    assert stat.S_IMODE((estate.root / "errored.contoso.2.json").stat().st_mode) == 0o600
    assert "is in errored.contoso.2.json; keep it." in answer.text
    assert "reconciler state push errored.contoso.2.json" in answer.out
    assert reconciler("state", "push", "errored.contoso.2.json").code == 0


def test_a_command_that_repairs_names_the_estate_that_the_flags_chose(estate: Estate, reconciler: Program) -> None:
    flags = ("--manifests", "manifests", "--state", "elsewhere")
    with LocalStore(estate.root / "elsewhere").lock("contoso", "apply", Run(id="1", actor="bob")) as lock:
        held = reconciler(*flags, "apply", "--auto-approve")
        moved = reconciler("state", "mv", "contoso/office", "contoso/head", *flags)

    assert f"reconciler unlock contoso {lock.id} {' '.join(flags)}" in held.text
    assert f"reconciler state list {' '.join(flags)}" in moved.text


def fail_after_first_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk takes the intent and nothing after it."""
    from reconciler.state import files

    really = files.replace
    written: list[Path] = []

    def replace(temporary: Path, path: Path) -> None:
        if written:
            raise OSError(28, "No space left on device", str(path))
        written.append(path)
        really(temporary, path)

    monkeypatch.setattr(files, "replace", replace)


def test_a_limit_is_raised_for_one_run_as_far_as_it_is_said(estate: Estate, reconciler: Program) -> None:
    estate.settings("limits: {max_changes: 0}\n")

    assert reconciler("apply", "--auto-approve", "--override-limit", "max_changes=1").code == 5
    assert estate.bought == []
    answer = reconciler("apply", "--auto-approve", "--override-limit", "max_changes=2", "--report", "markdown=out.md")
    assert answer.code == 0
    loosened = "GUARD LOOSENED by --override-limit for this run: 2; the settings allow 0"
    assert answer.text.count(f"! max_changes: {loosened}") == 1
    assert loosened in (estate.root / "out.md").read_text()


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("max_changes=100", "max_changes is 100 already"),
        ("max_changes=many", "its value is a whole number, 1,000,000,000 at most"),
        ("max_changed_percent=101", "its value is a whole number, 100 at most"),
        ("max_chnages=5", "Did you mean max_changes?"),
        ("estate_emptied=1", "it takes no value"),
    ],
)
def test_a_value_that_raises_nothing_is_refused(estate: Estate, reconciler: Program, override: str, said: str) -> None:
    answer = reconciler("apply", "--auto-approve", "--override-limit", override)

    assert (answer.code, said in answer.text, estate.bought) == (64, True, [])


def test_what_was_done_beyond_a_limit_is_done_already_when_its_job_runs_again_without_the_override(
    estate: Estate, reconciler: Program
) -> None:
    estate.settings("limits: {max_seats_added: 1}\n")
    reconciler("plan", "--out", "plan.json")
    assert reconciler("apply", "plan.json", "--override-limit", "max_seats_added=2").code == 0

    again = reconciler("apply", "plan.json")
    assert (again.code, again.text.count(": done already."), len(estate.bought)) == (0, 2, 2)

    with estate.changed() as world:  # somebody took the two seats away again
        next(sold for _, sold in world.sold() if sold.id == FRONTLINE).quantity = 10
    undone = reconciler("apply", "plan.json")
    assert (undone.code, "contoso/office: done already." in undone.text, len(estate.bought)) == (5, True, 2)
