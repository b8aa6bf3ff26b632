"""The choice of estate, cloud and state: said before the command, after it, in the environment or in a file."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.estates import OFFICE, Answer, Estate

Program = Callable[..., Answer]


@pytest.fixture
def moved(estate: Estate) -> Estate:
    """The estate with its manifests under another name."""
    (estate.root / "manifests").rename(estate.root / "book")
    return estate


@pytest.mark.usefixtures("moved")
def test_the_manifests_are_named_before_or_after_the_command(reconciler: Program) -> None:
    for arguments in ("-m book plan", "plan -m book", "--manifests book plan", "plan --manifests=book"):
        answer = reconciler(*arguments.split())
        assert (answer.code, "book/contoso.yaml" in answer.out) == (0, True)


@pytest.mark.usefixtures("moved")
def test_what_is_said_after_the_command_wins(reconciler: Program) -> None:
    assert reconciler("-m", "nowhere", "validate", "-m", "book").code == 0
    assert reconciler("-m", "book", "validate", "-m", "nowhere").code == 1


@pytest.mark.usefixtures("moved")
def test_a_flag_wins_over_the_environment(reconciler: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILER_MANIFESTS", "nowhere")

    assert reconciler("-m", "book", "validate").code == 0
    assert reconciler("validate", "-m", "book").code == 0


@pytest.mark.usefixtures("moved")
def test_the_environment_names_the_manifests(reconciler: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILER_MANIFESTS", "book")

    assert reconciler("validate").code == 0


@pytest.mark.usefixtures("estate")
def test_the_cloud_is_chosen_by_flag_then_environment_then_file(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate.wait_as_in_any_cloud()

    def cloud(*arguments: str) -> str:
        return reconciler(*arguments).text.partition("sign-in for the cloud ")[2].partition(".")[0]

    assert cloud("plan") == ""
    monkeypatch.setenv("RECONCILER_CLOUD", "china")
    assert cloud("plan") == "china"
    assert cloud("--cloud", "us-government", "plan") == "us-government"
    assert cloud("plan", "--cloud", "worldwide") == "worldwide"


def test_the_default_cloud_is_the_worldwide_one(estate: Estate, reconciler: Program) -> None:
    (estate.root / "manifests" / "reconciler.yaml").unlink()

    assert "no sign-in for the cloud worldwide" in reconciler("plan").text


def written(root: Path) -> list[str]:
    """The state locations below a directory."""
    return sorted(str(found.parent.relative_to(root)) for found in root.rglob("estate.json"))


def test_state_goes_where_the_file_says_counted_from_the_file(estate: Estate, reconciler: Program) -> None:
    reconciler("apply", "--auto-approve")

    assert written(estate.root) == ["state"]


def test_state_named_by_the_environment_counts_from_the_working_directory(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILER_STATE", "kept/here")
    reconciler("apply", "--auto-approve")

    assert written(estate.root) == ["kept/here"]


def test_state_named_by_a_flag_wins(estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILER_STATE", "kept/here")
    reconciler("apply", "--auto-approve", "--state", "flagged")

    assert written(estate.root) == ["flagged"]


def test_state_that_nobody_chose_lies_beside_the_manifests(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    (estate.root / "manifests" / "reconciler.yaml").write_text("cloud: sandbox\n")
    (estate.root / "elsewhere").mkdir()
    monkeypatch.chdir(estate.root / "elsewhere")
    reconciler("-m", "../manifests", "apply", "--auto-approve")

    assert written(estate.root) == ["state"]


@pytest.mark.parametrize("variable", ["CI", "TF_BUILD"])
def test_in_ci_apply_refuses_a_state_location_that_nobody_chose(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    (estate.root / "manifests" / "reconciler.yaml").write_text("cloud: sandbox\n")
    monkeypatch.setenv(variable, "True")

    answer = reconciler("apply", "--auto-approve")

    assert (answer.code, estate.bought) == (1, [])
    assert "RECONCILER_STATE or --state" in answer.text
    assert reconciler("plan").code == 0


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("arguments", [["--state", "./kept"], []])
def test_in_ci_apply_takes_a_folder_that_somebody_chose_and_says_what_it_rests_on(
    reconciler: Program, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setenv("CI", "true")

    first, second = (reconciler("apply", "--auto-approve", *arguments) for _ in range(2))

    assert (first.code, second.code) == (0, 0)
    assert "does not outlive this job" in first.text
    assert "does not outlive this job" not in second.text


@pytest.mark.parametrize("by", ["flag", "environment", "file"])
def test_in_ci_a_name_that_may_be_a_containers_is_taken_for_a_folder_only_once_it_is_one(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    arguments = ["--state", "container/prefix"] if by == "flag" else []
    if by == "environment":
        monkeypatch.setenv("RECONCILER_STATE", "container/prefix")
    if by == "file":
        (estate.root / "manifests" / "reconciler.yaml").write_text("cloud: sandbox\nstate: container/prefix\n")
    monkeypatch.setenv("CI", "true")

    refused = reconciler("apply", "--auto-approve", *arguments)

    assert (refused.code, estate.bought) == (1, [])
    assert "Write az://, s3:// or gs:// before it" in refused.text
    monkeypatch.delenv("CI")
    assert reconciler("apply", "--auto-approve", *arguments).code == 0
    monkeypatch.setenv("CI", "true")
    assert reconciler("apply", "--auto-approve", *arguments).code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("adopt", "contoso/office", OFFICE),
        ("forget", "contoso/office"),
        ("state", "mv", "contoso/office", "contoso/new"),
        ("state", "resolve", "contoso/office", "--not-done"),
        ("unlock", "contoso", OFFICE),
    ],
)
def test_in_ci_nothing_else_writes_to_a_location_that_nobody_chose(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    (estate.root / "manifests" / "reconciler.yaml").write_text("cloud: sandbox\n")
    monkeypatch.setenv("TF_BUILD", "True")

    answer = reconciler(*arguments)

    assert (answer.code, (estate.root / "state").exists()) == (1, False)
    assert "Nobody chose where state is kept" in answer.text


def test_a_variable_for_the_state_location_that_is_set_to_nothing_is_refused(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILER_STATE", "")

    assert "The state location is empty" in reconciler("apply", "--auto-approve").text
    assert estate.bought == []
    assert reconciler("apply", "--auto-approve", "--state", "../state").code == 0


@pytest.mark.parametrize("location", ["az:/x", "AccountKey=hunter2;", "'state'", "https://host/hunter2", "state\n"])
def test_a_location_that_can_not_be_meant_makes_no_folder(estate: Estate, reconciler: Program, location: str) -> None:
    before = sorted(estate.root.iterdir())

    answer = reconciler("apply", "--auto-approve", "--state", location)

    assert (answer.code, estate.bought, sorted(estate.root.iterdir())) == (1, [], before)
    assert "hunter2" not in answer.text
    (estate.root / "manifests" / "reconciler.yaml").write_text(f"cloud: sandbox\nstate: {json.dumps(location)}\n")
    told = reconciler("validate")
    assert (told.code, "reconciler.yaml:2:8: The state location" in told.text) == (1, True)
    assert "hunter2" not in told.text


def test_ci_set_to_false_is_no_ci(estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    (estate.root / "manifests" / "reconciler.yaml").write_text("cloud: sandbox\n")
    monkeypatch.setenv("CI", "false")

    assert reconciler("apply", "--auto-approve").code == 0


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("option", ["--state", "-m"])
@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_value_is_refused_rather_than_taken_for_the_default(
    reconciler: Program, option: str, value: str
) -> None:
    assert reconciler("plan", option, value).code == 64
    assert reconciler(option, value, "plan").code == 64


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("location", ["az://user:hunter2@container/prefix", "https://host/container?sig=hunter2"])
def test_a_secret_in_a_state_location_is_refused_and_not_repeated(reconciler: Program, location: str) -> None:
    answer = reconciler("plan", "--state", location)

    assert (answer.code, answer.out) == (1, "")
    assert "hunter2" not in answer.err


def test_a_tilde_that_no_shell_expanded_is_refused(estate: Estate, reconciler: Program) -> None:
    assert reconciler("apply", "--auto-approve", "--state=~/state").code == 1
    assert not (estate.root / "~").exists()


def test_chdir_works_as_if_started_there(estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")

    assert reconciler("--chdir", str(estate.root), "plan", "--out", "plan.json").code == 0
    assert (estate.root / "plan.json").exists()


def test_the_endpoint_of_the_environment_is_asked_instead_of_the_embedded_sandbox(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with estate.served() as address:
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        estate.world_file.rename(estate.root / "first.json")
        (estate.root / "first.json").rename(estate.world_file)
        assert reconciler("apply", "--auto-approve").code == 0

    assert len(estate.bought) == 2


@pytest.mark.usefixtures("estate")
def test_parallelism_comes_from_the_environment_too(reconciler: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILER_PARALLELISM", "many")

    assert reconciler("plan").code == 64
    assert reconciler("plan", "--parallelism", "2").code == 0


def test_blocked_comes_from_the_environment_too(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate.block()
    monkeypatch.setenv("RECONCILER_BLOCKED", "warn")

    assert reconciler("plan").code == 0
    assert reconciler("plan", "--blocked", "fail").code == 3


@pytest.mark.parametrize(
    ("variable", "value"), [("RECONCILER_AUTO_APPROVE", "1"), ("RECONCILER_OVERRIDE_LIMIT", "max_changes")]
)
def test_what_takes_a_safeguard_away_is_never_taken_from_the_environment(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    estate.settings("limits: {max_changes: 1}\n")
    monkeypatch.setenv(variable, value)

    reconciler("apply")
    reconciler("apply", "--auto-approve")

    assert estate.bought == []


@pytest.mark.usefixtures("estate")
def test_the_log_is_off_unless_asked_for(reconciler: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reconciler("plan").err == ""
    monkeypatch.setenv("RECONCILER_LOG", "loud")
    assert "debug, info, warning, error" in reconciler("plan").text


def test_a_sandbox_is_never_looked_for_on_another_machine(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page says that nothing is bought; behind another machine's address that might be untrue."""
    monkeypatch.setenv("RECONCILER_ENDPOINT", "https://api.example.test")
    answer = reconciler("apply", "--auto-approve")
    assert answer.code == 1
    assert "RECONCILER_ENDPOINT is another machine" in answer.err
    assert not estate.bought
