"""Command lines that advice shows: the arguments of a step with the flags in force, quoted for a shell."""

import shlex
from dataclasses import dataclass

_WITHOUT_ESTATE = frozenset(("completion", "explain", "guide", "version"))
"""Commands that mean the same wherever they are typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """The flags that make a further command work on the same estate; made once, by the command line.

    None: the flag was not given, or its value may be a secret and the environment gives it to the next command too.
    """

    chdir: str | None = None
    manifests: str | None = None
    cloud: str | None = None
    state: str | None = None

    def command(self, *run: str) -> str:
        """Returns the command line of `run`, the arguments after `reconciler`. No flag is given twice."""
        if run and run[0] in _WITHOUT_ESTATE:
            return shlex.join(["reconciler", *run])
        given = {word.partition("=")[0] for word in run}
        flags = {"--manifests": self.manifests, "--cloud": self.cloud, "--state": self.state}
        after = [word for flag, value in flags.items() if value and flag not in given for word in (flag, value)]
        before = ["--chdir", self.chdir] if self.chdir else []
        return shlex.join(["reconciler", *before, *run, *after])
