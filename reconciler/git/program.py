"""The git program, started in the top of a clone in such a way that the clone's files can't direct it."""

import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.advice import problem, sentence
from reconciler.model.errors import InvalidInput
from reconciler.system import programs

OPTION = "--changed-since"

_NEEDS = ("XDG_CONFIG_HOME", "SUDO_UID", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")
"""Variables by which git finds its user's settings, and who that user is."""

_TRUSTED = "safe.directory"
"""The one setting that is passed on from GIT_CONFIG_COUNT; others, such as `http.<url>.extraheader`, hold secrets."""

_READ_ONLY = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "-",  # no protocol is called that; an empty value would not exist on Windows
    "LC_ALL": "C",
}
_SETTINGS = (
    "safe.bareRepository=explicit",
    "protocol.allow=never",
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
)
_SECONDS = 120

_log = logging.getLogger(__name__)


class Failed(Exception):
    """git refused. `reason` is what it wrote to its standard error."""

    def __init__(self, command: str, reason: str) -> None:
        super().__init__(command, reason)
        self.command = command
        self.reason = reason

    @property
    def last_line(self) -> str:
        """The last line of the reason."""
        lines = self.reason.strip().splitlines()
        return lines[-1].removeprefix("fatal: ") if lines else sentence("says_no_reason")


@dataclass(frozen=True, slots=True)
class Git:
    """The git program in the top of a clone. It looks for the repository there and nowhere else."""

    top: Path

    def answer(self, *arguments: str) -> str | None:
        """Returns its output without the last line's end; None where it refuses."""
        try:
            return os.fsdecode(self.output(*arguments)).removesuffix("\n")
        except Failed:
            return None

    def output(self, *arguments: str, standard_input: bytes = b"") -> bytes:
        """Returns its output. Raises Failed where it refuses, and InvalidInput where it can't be run."""
        try:
            done = programs.run(
                ["git", "--no-pager", *_configured(), *arguments],
                needs=_NEEDS,
                variables={**_READ_ONLY, **_trusted(os.environ), "GIT_CEILING_DIRECTORIES": str(self.top.parent)},
                directory=self.top,
                avoid=self.top,
                standard_input=standard_input,
                seconds=_SECONDS,
            )
        except OSError as error:
            reason = error.strerror or sentence("system_says_no_reason")
            raise InvalidInput(problem("git_not_run", OPTION, reason=reason, option=OPTION)) from None
        reason = done.stderr.decode(errors="replace")
        if done.returncode:
            raise Failed(arguments[0], reason)
        if reason:
            _log.warning("git %s: %s", arguments[0], " ".join(reason.split()))
        return done.stdout


def _configured() -> Iterator[str]:
    for setting in _SETTINGS:
        yield from ("-c", setting)


def _trusted(environment: Mapping[str, str]) -> dict[str, str]:
    """Returns the directories that git's own variables tell it to trust, as container images set them."""
    count = environment.get("GIT_CONFIG_COUNT", "")
    pairs = (
        (environment.get(f"GIT_CONFIG_KEY_{number}", ""), environment.get(f"GIT_CONFIG_VALUE_{number}", ""))
        for number in range(min(int(count), len(environment)) if count.isdecimal() else 0)
    )
    values = [value for key, value in pairs if key.lower() == _TRUSTED]
    passed = {"GIT_CONFIG_COUNT": str(len(values))}
    for number, value in enumerate(values):
        passed |= {f"GIT_CONFIG_KEY_{number}": _TRUSTED, f"GIT_CONFIG_VALUE_{number}": value}
    return passed
