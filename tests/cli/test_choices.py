"""Which estate, which cloud, which state: said before the command, after it, in the environment or in a file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.estates import Answer, Estate

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
    reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
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
@pytest.mark.parametrize("arguments", [["--state", "kept"], []])
def test_in_ci_apply_takes_a_state_location_that_somebody_chose(
    reconciler: Program, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setenv("CI", "true")

    assert reconciler("apply", "--auto-approve", *arguments).code == 0


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
