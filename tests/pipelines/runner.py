"""The shell of a pipeline, step by step, as a CI system's runner runs it: in a scratch repository, on the sandbox.

What the runner's own programs would do (`gh`, `curl`) is written down by stand-ins, since no host can be asked.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tests import forked
from tests.cli.estates import Answer, Estate
from tests.worlds import SOURCE

EXAMPLES = SOURCE / "examples"

_STAND_IN = """\
#!/usr/bin/env bash
printf '%s\\n' "$*" >> "$ASKED"
if [ -n "${REFUSED-}" ] && [[ "$*" == *$REFUSED* ]]; then exit 22; fi
if [[ "$*" == *"--data @-"* ]]; then cat >> "$ASKED"; fi
case "$*" in
  *"/compare/"*) echo 4f0c1d2 ;;
  *"/pulls"*) if [ -n "${PULLS-7 abc123}" ]; then printf '%s\\n' "${PULLS-7 abc123}"; fi ;;
  "run list"*headSha*) printf '%s\\n' "${PLANNED-}" ;;
  "run list"*) printf '%s\\n' "${RUN-11}" ;;
  *"--name plan --dir "*) [ -z "${LOST-}" ] && mkdir -p "${!#}" && cp "${OTHER-plan.json}" "${!#}/plan.json" ;;
  "pr list"*) printf '%s\\n' "${MERGED-}" ;;
  "issue create"*) echo https://github.example/ops/estate/issues/31 ;;
  "issue view"*) printf '%s\n' "${SAID-}" ;;
  *--get*/notes) printf '%s\n' "${SAID-[]}" ;;
  *"/comments?order"*) printf '{"comments": %s}\n' "${SAID-[]}" ;;
  *'workitems/$Issue'*) echo '{"id": 31}' ;;
  *"form title"*) echo '{"iid": 31}' ;;
  *--paginate* | "issue list"*) printf '%s\\n' "$FOUND_THERE" ;;
  *--get*) printf '%s\\n' "$FOUND_THERE" ;;
  *threads?api-version*) printf '%s\\n' "$FOUND_THERE" ;;
esac
"""


def parsed(name: str) -> dict[str, Any]:
    """A pipeline's document; YAML 1.1 takes the key `on` for true."""
    document: dict[Any, Any] = yaml.safe_load((EXAMPLES / "pipelines" / name).read_text("utf-8"))
    return {"on" if key is True else key: value for key, value in document.items()}


def shells(document: Any) -> Iterator[tuple[str, str]]:
    """Every piece of shell in a document, with its step's name, installing apart."""
    if isinstance(document, dict):
        name = str(document.get("displayName") or document.get("name") or "")
        for key in ("run", "script", "bash"):
            text = document.get(key)
            if isinstance(text, str) and "pip install" not in text:
                yield name, text
            elif isinstance(text, list):
                yield name, "\n".join(text)
        document = list(document.values())
    for item in document if isinstance(document, list) else ():
        yield from shells(item)


@dataclass(frozen=True)
class Runner:
    """A job's working directory, which is the estate's."""

    estate: Estate
    endpoint: str

    @property
    def host_requests(self) -> str:
        """Returns what the host was asked, a line for each call."""
        file = self.estate.root / "asked.txt"
        return file.read_text() if file.exists() else ""

    def file(self, name: str) -> str:
        return (self.estate.root / name).read_text()

    def run(self, shell: str, found: str = "", **variables: str) -> Answer:
        """One step. `found` is what the host answers where it is searched."""
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", shell],
            cwd=self.estate.root,
            env={**self._environment(), "FOUND_THERE": found, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        return Answer(code=done.returncode, out=done.stdout, err=done.stderr)

    def _environment(self) -> Mapping[str, str]:
        root = self.estate.root
        programs = root / ".programs"
        if not programs.exists():
            programs.mkdir()
            for name, text in (
                ("gh", _STAND_IN),
                ("curl", _STAND_IN),
                ("reconciler", f'#!/bin/sh\nexec {forked.command()} "$@"\n'),
            ):
                (programs / name).write_text(text)
                (programs / name).chmod(0o755)
        files = {name: str(root / f"{name}.txt") for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY")}
        return {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(root),
            "PYTHONPATH": str(SOURCE),
            "RECONCILER_ENDPOINT": self.endpoint,
            "ASKED": str(root / "asked.txt"),
            "CI": "true",
            **files,
        }
