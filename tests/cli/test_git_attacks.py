"""Text that somebody puts into a commit, or calls a reference, never reaches git as an instruction."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.estates import KIOSKS, Answer, Estate
from tests.cli.repositories import Repository, repository

Program = Callable[..., Answer]

ABSENT = "1" * 40
"""An object that no repository here has."""


@pytest.fixture
def repo(estate: Estate) -> Repository:
    """The estate on main; on the branch that is checked out, fabrikam is to get ten kiosks instead of nine."""
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 9))
    made = repository(estate.root)
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 10))
    made.commit()
    return made


@pytest.fixture
def ran(tmp_path: Path) -> Path:
    """The file that an attacker's command leaves behind."""
    return tmp_path / "ran"


def fetching_from(ran: Path) -> str:
    """The configuration of a partial clone that runs a command for every object it lacks."""
    return (
        "[core]\n\trepositoryformatversion = 1\n\tbare = true\n"
        "[extensions]\n\tpartialClone = origin\n[protocol]\n\tallow = always\n"
        f'[remote "origin"]\n\tpromisor = true\n\turl = ext::sh -c touch% {ran}\n'
    )


def bare_in(directory: Path, config: str, main: str = ABSENT) -> None:
    """The plain files of a bare repository, as a commit may hold them."""
    for name, content in {
        "HEAD": "ref: refs/heads/main\n", "config": config, "refs/heads/main": f"{main}\n", "objects/info/keep": "",
    }.items():  # fmt: skip
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)


def planned(reconciler: Program, *arguments: str) -> list[str]:
    answer = reconciler("plan", "--format", "json", "--changed-since", "main", *arguments)
    assert answer.code in {0, 3}, answer.err
    return [change["address"] for change in json.loads(answer.out)["changes"]]


@pytest.mark.usefixtures("repo")
def test_a_bare_repository_among_the_manifests_runs_nothing_and_is_named(
    estate: Estate, reconciler: Program, ran: Path
) -> None:
    bare_in(estate.root / "manifests", fetching_from(ran))

    for command in (("plan", "--changed-since", "main"), ("validate",), ("plan",)):
        answer = reconciler(*command)
        assert answer.code == 1
        assert "manifests" in answer.text
        assert "git repository" in answer.text
    assert not ran.exists()


def test_a_bare_repository_above_the_manifests_runs_nothing_and_is_named(
    repo: Repository, reconciler: Program, ran: Path
) -> None:
    (repo.root / "estates").mkdir()
    shutil.move(repo.root / "manifests", repo.root / "estates" / "manifests")
    bare_in(repo.root / "estates", fetching_from(ran))

    answer = reconciler("-m", "estates/manifests", "plan", "--changed-since", "main")

    assert answer.code == 1
    assert f"{repo.root / 'estates'} holds the files of a git repository" in answer.text
    assert not ran.exists()


def test_the_history_of_a_repository_among_the_manifests_answers_for_nothing(
    estate: Estate, repo: Repository, reconciler: Program
) -> None:
    """It says that main has had what this change asks for all along."""
    inner = estate.root / "inner"
    shutil.copytree(repo.root / "manifests", inner)
    Repository(inner).git("init", "--quiet", "--initial-branch", "main")
    Repository(inner).git("add", "--all")
    Repository(inner).git("commit", "--quiet", "--message", "as if it had always been so")
    shutil.move(inner / ".git", estate.root / "bare")
    for name in ("HEAD", "objects", "refs", "config"):
        shutil.move(estate.root / "bare" / name, estate.root / "manifests" / name)

    answer = reconciler("plan", "--changed-since", "main")

    assert "Nothing to do" not in answer.out
    assert answer.code == 1


@pytest.mark.parametrize("place", ["refs/main", "refs/tags/main", "refs/remotes/main/HEAD"])
def test_a_second_reference_of_the_bases_name_is_refused(repo: Repository, reconciler: Program, place: str) -> None:
    """Of the first two git takes this one, and says only in a warning that there are two."""
    repo.git("update-ref", place, "HEAD")

    answer = reconciler("plan", "--changed-since", "main")

    assert answer.code == 1
    assert "refs/heads/main" in answer.text
    assert planned(reconciler, "--changed-since", "refs/heads/main") == ["fabrikam/kiosks"]


def test_nothing_is_fetched_for_a_partial_clone(repo: Repository, reconciler: Program, ran: Path) -> None:
    """Our own clone may be one, and say by which command its objects are fetched."""
    blob = repo.git("rev-parse", "main:manifests/fabrikam.yaml")
    (repo.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with (repo.root / ".git" / "config").open("a") as file:
        file.write(fetching_from(ran).replace("bare = true", "bare = false"))

    answer = reconciler("plan", "--changed-since", "main")

    assert answer.code == 1
    assert "lacks" in answer.text
    assert not ran.exists()


@pytest.mark.parametrize("entry", [".", "", "bin"])
def test_a_program_of_the_clone_is_never_taken_for_git(
    repo: Repository, reconciler: Program, ran: Path, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    for folder in ("", "bin", "manifests", "manifests/bin"):
        program = repo.root / folder / "git"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\ntouch {ran}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{entry}{os.pathsep}{os.environ['PATH']}")

    assert planned(reconciler) == ["fabrikam/kiosks"]
    assert not ran.exists()


def test_manifests_that_became_a_link_are_not_compared_with_where_it_leads(
    repo: Repository, reconciler: Program
) -> None:
    repo.git("checkout", "--quiet", "main")
    shutil.copytree(repo.root / "manifests", repo.root / "archive")
    repo.commit()
    repo.git("checkout", "--quiet", "-b", "moved")
    shutil.rmtree(repo.root / "manifests")
    (repo.root / "manifests").symlink_to("archive")

    answer = reconciler("plan", "--changed-since", "main")

    assert answer.code == 1
    assert "is a link" in answer.text


def test_no_secret_of_the_environment_reaches_git(
    repo: Repository, reconciler: Program, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even those that are handed to git itself: a token in a header that its variables set."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "git").write_text(f'#!/bin/sh\nenv >> {folder}/seen\nexec {shutil.which("git")} "$@"\n')
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    for variable in (
        *("RECONCILER_CLIENT_SECRET", "RECONCILER_REFRESH_TOKEN", "RECONCILER_ACCESS_TOKEN", "AZURE_CLIENT_SECRET"),
        *("AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_SAS_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
        *("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN", "GITHUB_TOKEN", "CI_JOB_TOKEN", "HTTPS_PROXY"),
        *("GIT_CONFIG_VALUE_0", "GIT_CONFIG_PARAMETERS", "GIT_ASKPASS", "GIT_SSH_COMMAND", "GIT_TRACE"),
    ):
        monkeypatch.setenv(variable, "TOPSECRET")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "http.https://github.com/.extraheader")

    assert planned(reconciler) == ["fabrikam/kiosks"]
    assert repo.git("rev-parse", "HEAD") in reconciler("plan", "--changed-since", "main", "--format", "markdown").out

    seen = (folder / "seen").read_text()
    assert "GIT_ALLOW_PROTOCOL" in seen
    assert "TOPSECRET" not in seen


def test_a_submodule_in_place_of_the_manifests_does_not_answer_for_them(repo: Repository, reconciler: Program) -> None:
    """Its branches are called what its own repository likes."""
    other = repo.root.parent / "other"
    shutil.copytree(repo.root / "manifests", other)
    repository(other)
    shutil.rmtree(repo.root / "manifests")
    repo.commit()
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "manifests")
    repo.commit()
    Repository(repo.root / "manifests").git("branch", "main")

    answer = reconciler("plan", "--changed-since", "main")

    assert answer.code == 1
    assert "is a repository of its own" in answer.text


def test_a_clone_inside_another_one_that_does_not_track_it_is_a_clone_like_any(
    estate: Estate, reconciler: Program, tmp_path: Path
) -> None:
    """A dotfiles repository in the home directory, or a second checkout of a CI job."""
    Repository(tmp_path).git("init", "--quiet")
    inner = tmp_path / "inner"
    inner.mkdir()
    shutil.move(estate.root / "manifests", inner / "manifests")
    repository(inner)

    answer = reconciler("-m", "inner/manifests", "--state", "state", "plan", "--changed-since", "main")

    assert answer.code == 0, answer.err
    assert "Nothing to do" in answer.out


@pytest.mark.parametrize("entry", [".git", ".GIT"])
@pytest.mark.parametrize("is_file", [True, False])
def test_a_repository_below_the_manifests_is_named(
    estate: Estate, reconciler: Program, entry: str, is_file: bool
) -> None:
    """A submodule, a worktree, or a clone that somebody put there."""
    team = estate.root / "manifests" / "team"
    team.mkdir()
    (team / entry).write_text("gitdir: ../../.git/modules/team\n") if is_file else (team / entry).mkdir()

    answer = reconciler("validate")

    assert answer.code == 1
    assert "manifests/team: this directory is a git repository of its own" in answer.text


def test_the_manifests_may_be_the_top_of_their_clone(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifests = estate.root / "manifests"
    repository(manifests)
    monkeypatch.chdir(manifests)
    monkeypatch.setenv("PWD", str(manifests))
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 10))

    answer = reconciler("-m", ".", "plan", "--changed-since", "main", "--format", "json")

    assert json.loads(answer.out)["selection"]["touched"] == ["fabrikam"]


def test_a_link_into_gits_own_files_is_not_read(estate: Estate, reconciler: Program) -> None:
    """There lie the tokens that CI systems leave in a clone's configuration."""
    made = repository(estate.root / "manifests")
    made.git("config", "http.https://github.com/.extraheader", "AUTHORIZATION: basic TOPSECRET")
    (made.root / "contoso.yaml").unlink()
    (made.root / "contoso.yaml").symlink_to(".git/config")

    answer = reconciler("validate")

    assert "contoso.yaml:1:1: this link leads into .git" in answer.text
    assert "TOPSECRET" not in answer.text
