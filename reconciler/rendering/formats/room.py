"""Findings where a host shows only so many: the gravest, and how many there are beside them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Self

from reconciler.rendering.budget import announced
from reconciler.rendering.formats.findings import Finding
from reconciler.rendering.phrases import count
from reconciler.rendering.report import Level, cuts
from reconciler.rendering.safe import defused, visible

SHOWN = 10
"""The number of annotations of a level that GitHub and Azure Pipelines show for one step."""


class Annotated(str):
    """A report for a CI system. `levels` is how many annotations of each level the host shows of it."""

    __slots__ = ("levels",)
    levels: Mapping[str, int]

    @classmethod
    def of(cls, lines: Iterable[str], annotated: Iterable[Level]) -> Self:
        """Returns the lines, with the levels of those that annotate."""
        text = cls("".join(f"{line}\n" for line in lines))
        text.levels = Counter(map(str, annotated))
        return text


def annotated(title: str, findings: Iterable[Finding], room: Mapping[str, int]) -> Iterator[tuple[Finding, bool]]:
    """Each finding, and whether it is to be annotated; the others of its level are lines of the log.

    `room` is how many annotations of each level the host still shows. Where there are more, the first of them says so.
    """
    every = [*findings]
    totals = Counter(finding.level for finding in every)
    rooms = {level: max(0, room.get(str(level), SHOWN)) for level in totals}
    left = {level: announced(total, rooms[level]) for level, total in totals.items()}
    crowded = {level for level, total in totals.items() if total > rooms[level]}
    for finding in every:
        level = finding.level
        if level in crowded:
            crowded.remove(level)
            says = cuts.overview(count(totals[level], str(level)), left[level])
            yield Finding(level=level, code="", title=title, says=says), rooms[level] > 0
        yield finding, left[level] > 0
        left[level] -= 1


def log_line(finding: Finding) -> str:
    """A finding as a line of the log that no CI system takes for a command."""
    grave = "" if finding.level is Level.NOTE else f"{finding.level}: "
    return defused(visible(f"{grave}{finding.title}: {' '.join(finding.text.splitlines())}"))


def left_out(findings: Sequence[Finding], noun: str, whole: str) -> list[Finding]:
    """Returns the notice that these did not fit, as grave as the gravest of them; nothing where there are none."""
    if not findings:
        return []
    levels = [finding.level for finding in findings]
    return [
        Finding(
            level=min(levels, key=lambda level: level.rank),
            code=cuts.CODE,
            title=cuts.total_left_out(len(findings), noun),
            says=f"{cuts.cut(cuts.by_level(levels))} {cuts.GRAVEST_STAY}",
            lines=(whole,),
        )
    ]
