"""One execution of the program."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """An operating system process, told apart from any later one with the same number. Times are seconds since 1970.
    `boot_id` is the kernel's name of this boot; empty where it gives none.
    """

    host: str
    booted_at: float
    pid: int
    started_at: float
    boot_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of the program: who started it, where to read about it, and at which commit.

    `process` is kept while the run may still be at work (in locks and pendings) and dropped from results.
    """

    id: str
    actor: str
    url: str | None = None
    commit: str | None = None
    process: Process | None = None
