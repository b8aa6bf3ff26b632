"""Ways to show a report: what a format can't know from the report itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from reconciler import __version__
from reconciler.model.invocation import Invocation
from reconciler.model.plan import Notice

COMMENT_LIMIT = 65_536
"""The longest comment that GitHub takes, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The way in which a report is shown; each format heeds what concerns it.

    `width` is in cells. `now` is the time of showing it, None to leave ages out. `next_command` carries the plan out:
    the arguments after `reconciler`; `this_run` is that of an apply that shows its plan. `invocation` has the flags in
    force.
    `files` are where the plan is saved. `blocked_fails`: whether what is blocked counts as an error, or as a warning.

    `commit`, `run_url`: what was planned, and the pipeline's page that shows it. `source_url` is where a line of a
    file is shown, with `{file}` and `{line}` in it; `folder` is the way from the repository's root to where the names
    of files count from; `manifests` is their directory as files are named by it, and from the repository's root, where
    the two may lead through a link. `name` tells this estate from others of the same pull request, and `kind` a plan
    from its apply. `notices` are the guards that the compared commits change, for a run that comes to no plan;
    `begun` says of one that an error ended that something may have been sent before.
    `annotations` is how many of each level the host still shows, where that is known.
    `limit` is the longest comment that the host takes, counted as bytes of UTF-8, which no host counts higher.
    """

    invocation: Invocation
    width: int = 80
    color: bool = False
    now: datetime | None = None
    next_command: tuple[str, ...] = ()
    this_run: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    blocked_fails: bool = True
    commit: str | None = None
    run_url: str | None = None
    source_url: str | None = None
    folder: str = ""
    manifests: tuple[str, str] | None = None
    name: str = ""
    kind: Literal["plan", "apply"] = "plan"
    limit: int = COMMENT_LIMIT
    version: str = __version__
    notices: tuple[Notice, ...] = ()
    begun: bool = False
    annotations: Mapping[str, int] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The estate's name in an identifier that a host keeps."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower())[:80].strip("-")
