"""Every command that is advised where git can't tell is carried out here, in the situation in which it is shown."""

import os
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler import git
from reconciler.git import program
from reconciler.model.errors import InvalidInput
from tests.cli.repositories import Repository, repository

ZEROS = "0" * 40


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    """A repository with two commits on main, and a third on the branch `change`, which is checked out."""
    root = tmp_path / "origin"
    (root / "manifests").mkdir(parents=True)
    write(root, "quantity: 1")
    made = repository(root)
    made.git("config", "uploadpack.allowFilter", "true")
    made.git("checkout", "--quiet", "main")
    write(root, "quantity: 2")
    made.commit()
    made.git("branch", "release")
    made.git("tag", "v1")
    made.git("checkout", "--quiet", "-B", "change")
    write(root, "quantity: 3")
    made.commit()
    return made


@pytest.fixture
def clone(origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Repository]:
    """Clones the origin's branch `change`, and works in that clone from then on."""
    (tmp_path / "home").mkdir()
    for name, value in {"HOME": str(tmp_path / "home"), "GIT_CONFIG_NOSYSTEM": "1"}.items():
        monkeypatch.setenv(name, value)

    def make(*arguments: str) -> Repository:
        root = tmp_path / "clone"
        origin.git("clone", "--quiet", "--branch", "change", *arguments, f"file://{origin.root}", str(root))
        work_in(root, monkeypatch)
        return Repository(root)

    return make


def write(root: Path, text: str) -> None:
    (root / "manifests" / "contoso.yaml").write_text(f"{text}\n")


def work_in(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(directory)
    monkeypatch.setenv("PWD", str(directory))


def earlier(reference: str, manifests: str = "manifests") -> str:
    """Returns what the file said where HEAD left the reference."""
    files = git.parted(Path(manifests), reference).files(lambda name: name.endswith(".yaml"), {})
    return files["contoso.yaml"].decode().strip()


def refused(reference: str, manifests: str = "manifests") -> str:
    with pytest.raises(InvalidInput) as error:
        git.parted(Path(manifests), reference).files(bool, {})
    (problem,) = error.value.problems
    return f"{problem.what}\n{problem.remedy}"


def command_in(advice: str) -> str:
    """The command at the end of it."""
    found = re.search(r"^(?:git|reconciler|export) .*\Z", advice, re.MULTILINE)
    assert found, advice
    return found[0]


def carried_out(advice: str, after: str = "true") -> str:
    """Does what is advised in a shell, and something after it; what that says."""
    script = f"set -e\n{command_in(advice)}\n{after}"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{advice}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize(
    ("reference", "clone_with", "says"),
    [
        ("origin/main", ("--single-branch",), "quantity: 2"),
        ("origin/main", ("--single-branch", "--no-tags"), "quantity: 2"),
        ("refs/remotes/origin/main", ("--single-branch",), "quantity: 2"),
        ("refs/tags/v1", ("--single-branch", "--no-tags"), "quantity: 2"),
    ],
)
def test_a_reference_that_is_not_here_is_fetched(
    clone: Callable[..., Repository], reference: str, clone_with: tuple[str, ...], says: str
) -> None:
    clone(*clone_with)
    advice = refused(reference)
    assert f"git knows no commit {reference} here" in advice
    carried_out(advice)
    assert earlier(reference) == says


def test_a_branch_that_has_only_its_remote_name_here_is_called_by_that(clone: Callable[..., Repository]) -> None:
    clone()
    advice = refused("main")
    assert command_in(advice) == "reconciler plan --changed-since origin/main"
    assert earlier("origin/main") == "quantity: 2"


def test_a_branch_that_was_not_cloned_is_fetched_and_then_named_as_advised(clone: Callable[..., Repository]) -> None:
    clone("--single-branch")
    advice = refused("main")
    carried_out(advice)
    assert "name it origin/main" in advice
    assert earlier("origin/main") == "quantity: 2"


def test_a_commit_that_is_not_here_is_fetched(clone: Callable[..., Repository], origin: Repository) -> None:
    commit = origin.git("rev-parse", "main")
    clone("--depth", "1")
    for _ in range(2):  # the commit itself, and then what lies between it and HEAD
        carried_out(refused(commit))
    assert earlier(commit) == "quantity: 2"


def test_a_short_id_is_looked_for_in_the_rest_of_a_shallow_clone(
    clone: Callable[..., Repository], origin: Repository
) -> None:
    short = origin.git("rev-parse", "--short=10", "main")
    clone("--depth", "1")
    carried_out(refused(short))
    assert earlier(short) == "quantity: 2"


def test_a_short_id_that_a_whole_clone_does_not_have_is_fetched(
    clone: Callable[..., Repository], origin: Repository
) -> None:
    clone()
    origin.git("checkout", "--quiet", "release")
    short = origin.commit()[:10]
    carried_out(refused(short))
    assert earlier(short) == "quantity: 2"


@pytest.mark.parametrize("clone_with", [("--no-single-branch",), ("--single-branch",)])
def test_a_shallow_clone_is_deepened_until_it_shows_where_head_left_the_reference(
    clone: Callable[..., Repository], clone_with: tuple[str, ...]
) -> None:
    made = clone("--depth", "1", *clone_with)
    made.git("fetch", "--quiet", "--depth", "1", "origin", "+refs/heads/main:refs/remotes/origin/main")
    advice = refused("origin/main")
    assert "too shallow" in advice
    carried_out(advice)
    assert earlier("origin/main") == "quantity: 2"


def test_the_commit_before_a_shallow_clones_only_one_is_fetched(clone: Callable[..., Repository]) -> None:
    clone("--depth", "1")
    carried_out(refused("HEAD^"))
    assert earlier("HEAD^") == "quantity: 2"


@pytest.mark.parametrize("left_out", ["blob:none", "tree:0"])
def test_what_a_partial_clone_left_out_is_fetched_when_told_and_not_before(
    clone: Callable[..., Repository], left_out: str
) -> None:
    clone(f"--filter={left_out}")
    advice = refused("origin/main")
    assert "partial clone" in advice
    assert refused("origin/main") == advice, "nothing was fetched"
    carried_out(advice)
    assert earlier("origin/main") == "quantity: 2"


@pytest.mark.parametrize("reference", ["HEAD^", "main~2"])
def test_nothing_is_fetched_where_the_history_is_whole(
    origin: Repository, monkeypatch: pytest.MonkeyPatch, reference: str
) -> None:
    origin.git("checkout", "--quiet", "main~1")
    work_in(origin.root, monkeypatch)
    advice = refused(reference)
    assert "is whole" in advice
    assert command_in(advice) == "reconciler plan"


def test_a_name_that_a_clone_without_remotes_does_not_know_comes_with_the_names_that_it_knows(
    origin: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_in(origin.root, monkeypatch)
    assert "release" in carried_out(refused("origin/main"))


@pytest.mark.parametrize("nothing", [ZEROS, "0" * 64, "", " "])
def test_what_ci_gives_for_a_new_branch_is_answered_with_the_branch_it_comes_from(
    clone: Callable[..., Repository], nothing: str
) -> None:
    clone()
    advice = refused(nothing)
    assert "CI passes this" in advice
    assert command_in(advice) == "reconciler plan --changed-since origin/main"
    assert earlier("origin/main") == "quantity: 2"


def test_the_first_push_of_the_default_branch_is_not_compared_with_itself(
    origin: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin.git("checkout", "--quiet", "main")
    work_in(origin.root, monkeypatch)
    assert command_in(refused(ZEROS)) == "reconciler plan"


def test_a_name_with_two_meanings_is_refused_with_the_full_name_of_one(
    origin: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_in(origin.root, monkeypatch)
    origin.git("tag", "main", "change")
    advice = refused("main")
    assert "refs/tags/main" in advice
    assert earlier(shlex.split(command_in(advice))[-1]) == "quantity: 2"


def test_a_short_id_that_is_a_tags_name_too_is_refused_with_the_whole_id(
    origin: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_in(origin.root, monkeypatch)
    short = origin.git("rev-parse", "--short=10", "main")
    origin.git("tag", short, "change")
    assert origin.git("rev-parse", "main") in refused(short)


@pytest.fixture
def of_another_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git takes every clone for somebody else's, as it does in a container."""
    variable = "GIT_TEST_ASSUME_DIFFERENT_OWNER"
    monkeypatch.setenv(variable, "1")
    monkeypatch.setattr(program, "_NEEDS", (*program._NEEDS, variable))  # noqa: SLF001 - as if git were another user's


@pytest.mark.usefixtures("of_another_user")
@pytest.mark.parametrize("name", ["clone", "a clone of another's"])
def test_a_clone_of_another_user_is_trusted_by_its_top(
    clone: Callable[..., Repository], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("GIT_TEST_ASSUME_DIFFERENT_OWNER")
    made = clone()
    top = made.root.rename(made.root.with_name(name))
    work_in(top, monkeypatch)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    advice = refused("origin/main")

    assert "belongs to another user" in advice
    assert shlex.split(command_in(advice))[-1] == str(top)
    carried_out(advice)
    assert earlier("origin/main") == "quantity: 2"


@pytest.mark.usefixtures("of_another_user")
def test_where_git_has_no_home_a_clone_is_trusted_by_variables(
    origin: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOME")
    work_in(origin.root, monkeypatch)
    says = carried_out(refused("main"), after="git rev-parse main")
    assert says.strip() == origin.git("rev-parse", "main")


@pytest.mark.usefixtures("of_another_user")
@pytest.mark.parametrize("way", ["GIT_CONFIG_COUNT", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"])
def test_the_variables_by_which_images_trust_a_clone_reach_git(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    (tmp_path / "config").write_text("[safe]\n\tdirectory = *\n")
    by_count = {"GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_KEY_1": "Safe.Directory", "GIT_CONFIG_VALUE_1": "*"}
    variables = {way: "2", **by_count} if way == "GIT_CONFIG_COUNT" else {way: str(tmp_path / "config")}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    work_in(origin.root, monkeypatch)
    assert earlier("main") == "quantity: 2"


def test_a_command_is_for_the_clone_though_another_one_is_worked_in(
    clone: Callable[..., Repository], origin: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = clone("--depth", "1")
    work_in(origin.root, monkeypatch)
    manifests = os.path.relpath(made.root / "manifests")
    carried_out(refused("HEAD^", manifests))
    assert earlier("HEAD^", manifests) == "quantity: 2"


@pytest.mark.parametrize(
    "reference",
    [
        "--all",
        "-x",
        "main@{1}",
        "@{u}",
        "@",
        ":/message",
        "main^{/message}",
        "main..change",
        "^main",
        "main:manifests",
        "m*",
    ],
)
def test_forms_that_depend_on_a_machine_or_on_what_somebody_wrote_are_not_taken(
    origin: Repository, monkeypatch: pytest.MonkeyPatch, reference: str
) -> None:
    work_in(origin.root, monkeypatch)
    assert "is no reference that is taken here" in refused(reference)


@pytest.mark.parametrize(
    "reference", ["main", "main^0", "refs/heads/main", "heads/main", "v1", "v1~0", "HEAD~1", "change^"]
)
def test_forms_that_mean_one_commit_are_taken(
    origin: Repository, monkeypatch: pytest.MonkeyPatch, reference: str
) -> None:
    work_in(origin.root, monkeypatch)
    assert earlier(reference) == "quantity: 2"
