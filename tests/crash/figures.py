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
            faults=sum(one.struck for one in came),
            doubles=sum(len(one.verdict.doubles) for one in came),
            losses=sum(len(one.verdict.losses) for one in came),
            stuck=sum(len(one.verdict.stuck) for one in came),
            typed=sum((one.typed for one in came), Counter()),
            seconds=round(sum(one.seconds for one in came), 1),
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
            {"family": one.case.family, "seed": one.case.seed, "repeat": one.case.command, **vars(one.verdict)}
            for one in came
            if not one.verdict.good
        ],
    }


def progress(came: Sequence[Came], cases: int, elapsed: float) -> str:
    found = Figures.of(came)
    bad = f"{found.doubles} doubles, {found.losses} losses, {found.stuck} stuck"
    return f"{len(came)} of {cases} cases, {found.faults} faults, {bad}, {elapsed:.0f} seconds"


def wrong(one: Came) -> str:
    """What went wrong in a case, and what repeats it."""
    kinds = {"DOUBLE": one.verdict.doubles, "LOSS": one.verdict.losses, "STUCK": one.verdict.stuck}
    said = [f"{kind} {one.case.family} {one.case.seed}: {what}" for kind, found in kinds.items() for what in found]
    return "\n".join([*said, f"    repeat: {one.case.command}", f"    left in: {one.folder}"])


def _families(came: Sequence[Came]) -> list[tuple[str, list[Came]]]:
    by_name = ((name, [one for one in came if one.case.family == name]) for name in FAMILIES)
    return [(name, found) for name, found in by_name if found]


def _row(name: str, found: Figures) -> str:
    numbers = (found.cases, found.faults, found.doubles, found.losses, found.stuck, found.typed.total())
    return _line(name, *map(str, numbers), f"{found.seconds:.0f}")


def _line(name: str, *rest: str) -> str:
    return f"{name:<64}" + "".join(f"{one:>9}" for one in rest)
