"""The figures of many cases: as a table for people, as JSON for programs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.crash.harness import FAMILIES, Came

_HEAD = ("family", "cases", "faults", "doubles", "losses", "stuck", "typed", "seconds")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Sums over cases. `typed` are the commands that people had to type, `seconds` those of the cases themselves."""

    cases: int
    faults: int
    doubles: int
    losses: int
    stuck: int
    typed: Counter[str]
    seconds: float

    @classmethod
    def of(cls, came: Sequence[Came]) -> "Figures":
        return cls(
            cases=len(came),
            faults=sum(item.struck for item in came),
            doubles=sum(len(item.verdict.doubles) for item in came),
            losses=sum(len(item.verdict.losses) for item in came),
            stuck=sum(len(item.verdict.stuck) for item in came),
            typed=sum((item.typed for item in came), Counter()),
            seconds=round(sum(item.seconds for item in came), 1),
        )


def table(came: Sequence[Came], elapsed: float) -> str:
    """A line for each family, and one for all."""
    lines = [_line(*_HEAD)]
    lines += [_row(f"{name} ({FAMILIES[name].about})", Figures.of(found)) for name, found in _families(came)]
    whole = Figures.of(came)
    typed = ", ".join(f"{command} {times}" for command, times in sorted(whole.typed.items()))
    return "\n".join([*lines, _row("all", whole), f"Typed by hand: {typed or 'nothing'}.", f"{elapsed:.0f} seconds."])


def document(came: Sequence[Came], elapsed: float) -> dict[str, Any]:
    """The same as plain values, with every case that went wrong."""
    return {
        "seconds": round(elapsed, 1),
        "all": vars(Figures.of(came)),
        "families": {name: vars(Figures.of(found)) for name, found in _families(came)},
        "wrong": [
            {"family": item.case.family, "seed": item.case.seed, "repeat": item.case.command, **vars(item.verdict)}
            for item in came
            if not item.verdict.good
        ],
    }


def progress(came: Sequence[Came], cases: int, elapsed: float) -> str:
    found = Figures.of(came)
    bad = f"{found.doubles} doubles, {found.losses} losses, {found.stuck} stuck"
    return f"{len(came)} of {cases} cases, {found.faults} faults, {bad}, {elapsed:.0f} seconds"


def wrong(item: Came) -> str:
    """Returns what went wrong in a case, and what repeats it."""
    kinds = {"DOUBLE": item.verdict.doubles, "LOSS": item.verdict.losses, "STUCK": item.verdict.stuck}
    said = [f"{kind} {item.case.family} {item.case.seed}: {what}" for kind, found in kinds.items() for what in found]
    return "\n".join([*said, f"    repeat: {item.case.command}", f"    left in: {item.folder}"])


def _families(came: Sequence[Came]) -> list[tuple[str, list[Came]]]:
    by_name = ((name, [item for item in came if item.case.family == name]) for name in FAMILIES)
    return [(name, found) for name, found in by_name if found]


def _row(name: str, found: Figures) -> str:
    numbers = (found.cases, found.faults, found.doubles, found.losses, found.stuck, found.typed.total())
    return _line(name, *map(str, numbers), f"{found.seconds:.0f}")


def _line(name: str, *rest: str) -> str:
    return f"{name:<64}" + "".join(f"{item:>9}" for item in rest)
