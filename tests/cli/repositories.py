"""A working directory as a git repository of its own, which knows nothing of the machine's settings."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_WHO = {
    f"GIT_{role}_{part}": f"ops@{role}.example".lower()
    for role in ("AUTHOR", "COMMITTER")
    for part in ("NAME", "EMAIL")
}


@dataclass(frozen=True)
class Repository:
    """The git of a directory."""

    root: Path

    def git(self, *arguments: str) -> str:
        """Returns what git answers."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.root), "GIT_CONFIG_NOSYSTEM": "1", **_WHO}
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self) -> str:
        """Commits everything that is there but the sandbox's world and the state; the commit's id."""
        self.git("add", "--all", "--", ".", ":!.reconciler", ":!state")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a change")
        return self.git("rev-parse", "HEAD")


def repository(root: Path) -> Repository:
    """The directory as a repository with all of it in one commit on the branch main, and another branch checked out."""
    made = Repository(root)
    made.git("init", "--quiet", "--initial-branch", "main")
    made.commit()
    made.git("checkout", "--quiet", "-b", "change")
    return made
