"""The progress of a long run, on one line."""

from dataclasses import dataclass

_TELLING = 5
"""The number that must be done, and of seconds that must pass, before what is left can be guessed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The progress of a run. `doing` is what it does, `noun` what it counts; times are in seconds, `resting` is how
    long it still waits before the next request, and `why`.
    """

    doing: str
    noun: str
    done: int
    of: int
    requests: int
    elapsed: float
    resting: float = 0
    why: str = ""

    @property
    def left(self) -> float | None:
        """For how long it goes on if it goes on like this; None where that can't be guessed yet."""
        if self.done < _TELLING or self.elapsed < _TELLING or self.done >= self.of:
            return None
        return self.elapsed / self.done * (self.of - self.done)


def progress_text(progress: Progress) -> str:
    """The line, without its end; ours alone, so nothing in it acts."""
    left = progress.left
    parts = (
        f"{progress.doing}: {progress.done:,} of {progress.of:,} {progress.noun}",
        _lasting(progress.elapsed),
        f"{progress.requests:,} {'request' if progress.requests == 1 else 'requests'}",
        f"waits {progress.resting:.0f} s before the next {progress.why}".rstrip() if progress.resting >= 1 else "",
        "" if left is None else f"about {_lasting(left)} left",
    )
    return ", ".join(filter(None, parts))


def _lasting(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
