"""Sentences and pages write a time in one way, `2026-11-30 04:10 UTC`."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from reconciler.model.utc import utc_minute, utc_second

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "reconciler"
BY_HAND = re.compile(r"%[HIXc]")
"""A format of a time of day."""

FOR_PROGRAMS = {
    "documents/times.py": "documents",
    "cli/logs.py": "log lines",
    "rendering/as_json.py": "JSON",
    "rendering/reports/history.py": "CSV",
    "rendering/formats/junit.py": "JUnit",
    "rendering/formats/sarif.py": "SARIF",
    "partner_center/auth/failures.py": "the directory's answers",
    "partner_center/wire": "the service's requests",
    "pricing/columns.py": "price sheets",
    "sandbox": "the service's answers, as the emulator gives them",
}
"""The places that read or write a time for a program, and which."""

PAGES = [
    *sorted((PACKAGE / "guides").glob("*.md")),
    *(
        path
        for path in sorted((ROOT / "tests/rendering/golden").iterdir())
        if not re.search("json|sarif|junit", path.name)
    ),
    *sorted((ROOT / "tests/scenarios").glob("*/plan.txt")),
]
OTHERWISE = re.compile(
    r"\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|\+\d\d:\d\d)|\d{4}-\d\d-\d\d\s+\d\d:\d\d(?::\d\d)?(?!:|\s+UTC)"
)
"""A time that a page writes in another way."""


@pytest.mark.parametrize(
    "time",
    [
        datetime(2026, 11, 30, 4, 10, 5, tzinfo=UTC),
        datetime(2026, 11, 30, 4, 10, 5),  # noqa: DTZ001 (in UTC already)
        datetime(2026, 11, 30, 5, 40, 5, tzinfo=timezone(timedelta(hours=1, minutes=30))),
    ],
)
def test_a_time_is_written_in_utc_whatever_its_zone(time: datetime) -> None:
    assert (utc_minute(time), utc_second(time)) == ("2026-11-30 04:10 UTC", "2026-11-30 04:10:05 UTC")


def test_no_sentence_formats_a_time_by_itself() -> None:
    places = [place for path in sorted(PACKAGE.rglob("*.py")) for place in _formatted(path)]
    texts = [
        f"{path.relative_to(PACKAGE)}: {match[0]}"
        for path in sorted((PACKAGE / "advice").glob("*.toml"))
        for match in re.finditer(r"\{\w+\}(?:Z\b| UTC)", path.read_text("utf-8"))
    ]
    assert [*places, *texts] == []


def _formatted(path: Path) -> Iterator[str]:
    place = path.relative_to(PACKAGE).as_posix()
    if place == "model/utc.py" or any(place.startswith(known) for known in FOR_PROGRAMS):
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and BY_HAND.search(node.value):
            yield f"{place}:{node.lineno}: {node.value}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_page_shows_a_time_in_another_way(page: Path) -> None:
    assert [match[0] for line in _prose(page) for match in OTHERWISE.finditer(line)] == []


def _prose(page: Path) -> list[str]:
    """The paragraphs of a page, JSON and log lines left out."""
    return re.findall(r"^(?! *[{\"]).+(?:\n +.+)*", page.read_text("utf-8"), re.MULTILINE)
