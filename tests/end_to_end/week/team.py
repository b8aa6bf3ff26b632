"""A reseller's team: one git repository, pull requests with their check, and the delivery that follows each merge."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler.sandbox import Entry
from tests import forked
from tests.cli.estates import Answer
from tests.cli.repositories import Repository, repository
from tests.worlds import WorldFile, copy_sample

IGNORED = ["*.json", "*.md"]
"""The files that checks write, and that a repository of manifests does not keep."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """The check of a pull request: its exit code, its comment, and the review that it saved."""

    code: int
    comment: str
    review: Path

    @property
    def headline(self) -> str:
        return next(line.removeprefix("## ") for line in self.comment.splitlines() if line.startswith("## "))


@dataclass(frozen=True)
class Team:
    """The people around one repository. Nobody changes anything outside it."""

    root: Path

    @property
    def repository(self) -> Repository:
        return Repository(self.root)

    @property
    def manifests(self) -> Path:
        return self.root / "manifests"

    @property
    def world(self) -> WorldFile:
        """The service, as it is without anybody's manifests."""
        return WorldFile(self.root / ".reconciler" / "sandbox.json")

    @property
    def ledger(self) -> list[Entry]:
        """The changes that really happened at the service."""
        return self.world.ledger

    @property
    def files(self) -> set[str]:
        """The names of the manifests and of the files of state, without their endings."""
        return {path.name.partition(".")[0] for folder in (self.manifests, self.state) for path in folder.rglob("*.*")}

    @property
    def state(self) -> Path:
        return self.root / ".reconciler" / "state"

    def reconciler(self, *arguments: str, cwd: Path | None = None) -> Answer:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.root), "COLUMNS": "80"}
        code, out, err = forked.call([*arguments], str(cwd or self.root), environment)
        return Answer(code=code, out=out, err=err)

    # Pull requests

    @contextmanager
    def pull_request(self, branch: str) -> Iterator[None]:
        """Works on a branch of its own, which is committed in the end."""
        self.repository.git("checkout", "--quiet", "-B", branch, "main")
        yield
        self.repository.commit()

    def edit(self, file: str, *replaced: tuple[str, str]) -> None:
        """Edits a file of the manifests by hand."""
        path = self.manifests / file
        text = path.read_text("utf-8")
        for before, after in replaced:
            assert before in text, f"{file} holds no {before!r}"
            text = text.replace(before, after, 1)
        path.write_text(text, "utf-8")

    def check(self, branch: str, *options: str) -> Check:
        """The check of the pull request: its answer, and the plan that it saves."""
        self.repository.git("checkout", "--quiet", branch)
        review, comment = self.root / f"{branch}.json", self.root / f"{branch}.md"
        saved = ("--out", str(review), "--report", f"markdown={comment}")
        answer = self.reconciler("plan", "--changed-since", "main", *saved, *options)
        text = comment.read_text("utf-8") if comment.exists() else answer.text
        return Check(code=answer.code, comment=text, review=review)

    def merge(self, branch: str) -> None:
        self.repository.git("checkout", "--quiet", "main")
        self.repository.git("merge", "--quiet", "--no-ff", "--message", branch, branch)

    def deliver(self, check: Check, *options: str, beside: Check | None = None) -> Answer:
        """The job that follows the merge: it carries out what was reviewed, and nothing else. `beside` is the review of
        another request that was merged.
        """
        self.repository.git("checkout", "--quiet", "main")
        other = ("--also-reviewed", str(beside.review)) if beside else ()
        return self.reconciler("apply", "--approved", str(check.review), *other, *options)

    def merged(self, branch: str, edit: Callable[[], object]) -> tuple[Check, Answer]:
        """A pull request from the edit to the delivery: what its check said, and what was applied."""
        with self.pull_request(branch):
            edit()
        check = self.check(branch)
        self.merge(branch)
        return check, self.deliver(check)

    def left(self, *selection: str) -> Answer:
        """The plan of the whole estate, or of a selection, on main."""
        return self.reconciler("plan", "--blocked", "warn", *selection)


def sample(root: Path) -> Team:
    """A team with the sample estate, after its first apply."""
    copy_sample(root)
    (root / ".gitignore").write_text("\n".join(IGNORED), "utf-8")
    team = Team(root)
    answer = team.reconciler("apply", "--auto-approve", "--override-limit", "max_orders=1")
    assert answer.code == 0, answer.text
    repository(root)
    return team


def copied(team: Team, root: Path) -> Team:
    """The same team in another folder, to go on from there."""
    shutil.copytree(team.root, root, dirs_exist_ok=True)
    return Team(root)
