"""Settings read by themselves."""

from pathlib import Path

import pytest

from reconciler.manifests.settings import read_settings
from reconciler.manifests.settings_schema import HINTS, LimitsSection, SettingsFile, WaitSection
from reconciler.model.errors import InvalidInput
from reconciler.model.limits import Limits
from reconciler.model.settings import Settings
from tests.manifests.builders import write
from tests.manifests.lines import problem_lines


@pytest.mark.parametrize("content", ["", "# nothing yet\n", "limits:\npartner: {}\n"])
def test_what_is_not_set_has_its_default(tmp_path: Path, content: str) -> None:
    write(tmp_path, {"reconciler.yaml": content})

    assert read_settings(tmp_path) == Settings()


def test_an_estate_without_settings_or_without_a_directory_has_the_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == read_settings(tmp_path / "nowhere") == Settings()


def test_manifests_with_faults_do_not_hinder_reading_the_settings(tmp_path: Path) -> None:
    write(tmp_path, {"reconciler.yml": "limits: {max_changes: 3}\n", "a.yaml": "customer: {"})

    assert read_settings(tmp_path).limits == Limits(max_changes=3)


@pytest.mark.parametrize(
    ("written", "location"),
    [
        ("state", "{root}/state"),
        ("../state", "{parent}/state"),
        ("/var/lib/csp", "/var/lib/csp"),
        ("az://container/prefix", "az://container/prefix"),
        ("s3://bucket", "s3://bucket"),
        ("gs://bucket/a/b", "gs://bucket/a/b"),
    ],
)
def test_state_counts_from_the_file_unless_it_is_a_url(tmp_path: Path, written: str, location: str) -> None:
    write(tmp_path, {"reconciler.yaml": f"state: {written}\n"})

    assert read_settings(tmp_path).state == location.format(root=tmp_path, parent=tmp_path.parent)


def test_a_relative_root_still_gives_an_absolute_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "manifests", {"reconciler.yaml": "state: ../state\n"})
    monkeypatch.chdir(tmp_path)

    assert read_settings(Path("manifests")).state == str(tmp_path / "state")


def test_problems_show_the_file_as_the_user_would_type_it(tmp_path: Path) -> None:
    write(tmp_path, {"reconciler.yaml": "cloud: moon\n"})

    with pytest.raises(InvalidInput) as refused:
        read_settings(tmp_path, shown_as=Path("m"))

    assert str(refused.value.problems[0].where) == "m/reconciler.yaml:1:8"


@pytest.mark.parametrize("key", [*HINTS, "acess_token", "auth_secret"])
@pytest.mark.parametrize("under", ["partner", ""])
def test_a_secret_is_refused_and_never_repeated(tmp_path: Path, key: str, under: str) -> None:
    line = f"{key}: hunter2\n"
    write(tmp_path, {"reconciler.yaml": f"{under}:\n  {line}" if under else line})

    with pytest.raises(InvalidInput) as refused:
        read_settings(tmp_path)

    (told,) = problem_lines(refused.value)
    assert "hunter2" not in told


def test_a_secret_in_the_wrong_place_is_not_repeated_either(tmp_path: Path) -> None:
    write(tmp_path, {"reconciler.yaml": "partner: hunter2\nlimits: [hunter2]\nstate: az://c/p?sig=hunter2\n"})

    with pytest.raises(InvalidInput) as refused:
        read_settings(tmp_path)

    assert "hunter2" not in str(problem_lines(refused.value))


def test_a_sign_in_that_there_is_not_is_told_with_what_was_meant(tmp_path: Path) -> None:
    write(tmp_path, {"reconciler.yaml": "partner: {auth: certificat}\n"})

    with pytest.raises(InvalidInput) as refused:
        read_settings(tmp_path)

    assert "certificate" in problem_lines(refused.value)[0]


SHORT = "cloud: {cloud}\nwait: {{timeout_seconds: 0.2, interval_seconds: 0.05, request_seconds: 5}}\n"


@pytest.mark.parametrize(
    ("cloud", "rehearsal", "valid"),
    [
        ("worldwide", None, False),
        ("china", None, False),
        ("sandbox", None, True),
        ("sandbox", False, False),
        ("worldwide", True, True),
    ],
)
def test_short_waits_are_for_rehearsals(tmp_path: Path, cloud: str, rehearsal: bool | None, valid: bool) -> None:
    """A cloud or an endpoint that was chosen counts for more than the one of the file."""
    write(tmp_path, {"reconciler.yaml": SHORT.format(cloud=cloud)})
    if valid:
        assert read_settings(tmp_path, rehearsal=rehearsal).wait.timeout_seconds == 0.2
        return
    with pytest.raises(InvalidInput, match="too short where purchases are real") as refused:
        read_settings(tmp_path, rehearsal=rehearsal)
    assert len(refused.value.problems) == 3


def test_every_number_of_the_settings_has_bounds_in_the_schema() -> None:
    numbers = [
        (name, member)
        for section in (LimitsSection, WaitSection, SettingsFile)
        for name, member in section.model_json_schema()["properties"].items()
        if member.get("type") in {"integer", "number"}
    ]
    assert len(numbers) >= 12
    assert [name for name, member in numbers if not {"minimum", "maximum"} <= member.keys()] == []
