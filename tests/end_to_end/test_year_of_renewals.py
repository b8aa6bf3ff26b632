"""The sample estate is moved through a year. Who reads one issue a month misses nothing of the next.

The sandbox's ledger says what happened; it knows nothing of the list.
"""

import re
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from io import StringIO
from pathlib import Path

import pytest

from reconciler.cli.main import run
from reconciler.manifests.estate import read_estate
from reconciler.model.desired import Desired
from reconciler.model.term import Renew
from reconciler.sandbox import Entry, Sold
from tests.worlds import WorldFile, copy_sample

MONTH = timedelta(days=28)
CODE = re.compile(r"\(`[a-z_]+`\)")
"""A finding: something to look at."""


def reconciler(*arguments: str) -> str:
    out = StringIO()
    with redirect_stdout(out), redirect_stderr(StringIO()):
        run(list(arguments))
    return out.getvalue()


@dataclass(frozen=True, kw_only=True)
class Happened:
    """The end of a term, by the ledger, and the issue that was read before it."""

    entry: Entry
    sold: Sold
    desired: Desired
    issue: str

    @cached_property
    def item(self) -> str:
        """Returns what the issue says of it; empty where it says nothing. It may be read on the day between the end of
        the term and the renewal.
        """
        day = re.compile(rf"{self.entry.at - timedelta(days=1):%Y-%m-%d}, (in \d|today|tomorrow|1 day ago)")
        items = re.split(r"\n(?=- `|\| `|### |\*\*\d)", self.issue)
        return next((item for item in items if f"`{self.desired.address}`" in item and day.search(item)), "")

    @property
    def routine(self) -> bool:
        """Returns True for one of the monthly renewals that the issue only counts."""
        same = self.entry.quantity == self.entry.before == self.desired.quantity
        plain = self.entry.term == "P1M" and self.entry.kind == "renewal" and same
        return plain and "monthly term" in self.issue and not self.item

    @property
    def as_declared(self) -> bool:
        if self.desired.renew is Renew.END or self.entry.kind == "end":
            return self.desired.renew is Renew.END and self.entry.kind == "end"
        return self.entry.kind == "renewal" and self.entry.quantity == self.desired.quantity

    @property
    def foretold(self) -> bool:
        """Returns whether the issue says what happens; that a trial or a term goes on otherwise needs no number."""
        if self.entry.kind == "end":
            return "ends" in self.item
        seats = re.search(r"(?:Seats: |\| )(?:\d+ → )?(\d+)(?: \(|<br>| \|)", self.item)
        return seats is not None and int(seats[1]) == self.entry.quantity

    def __str__(self) -> str:
        return (
            f"{self.entry.at:%Y-%m-%d} {self.entry.kind} of {self.desired.address}: {self.item or 'not in the issue'}"
        )


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WorldFile:
    """The sample estate in the working directory, once an apply has done what it could."""
    copy_sample(tmp_path)
    monkeypatch.chdir(tmp_path)
    reconciler("apply", "--auto-approve")
    return WorldFile(tmp_path / ".reconciler" / "sandbox.json")


def year(estate: WorldFile, accident: Callable[[], object]) -> list[Happened]:
    """Returns every end of a term of a declared subscription, in a year in which one issue is read every four weeks.
    The accident happens right after the first was read.
    """
    declared = {item.subscription_id: item for item in read_estate(Path("manifests")).desired}
    happened: list[Happened] = []
    for month in range(13):
        issue = reconciler("renewals", "--format", "markdown")
        if month == 0:
            accident()
        known = len(estate.ledger)
        estate.world_clock.advance(MONTH)
        world = estate.world
        for entry in world.ledger[known:]:
            desired = declared.get(entry.source)
            over = entry.kind == "end" and any(item.sold.id == entry.source for item in happened)
            if desired and not over and entry.kind in {"renewal", "conversion", "extension", "end"}:
                happened.append(Happened(entry=entry, sold=world.find(entry.source), desired=desired, issue=issue))
    return happened


def test_who_reads_the_issue_knows_every_end_of_a_term_before_it_comes(estate: WorldFile) -> None:
    """Somebody adds a seat in the portal, which deletes a schedule; switches auto-renew off; schedules fewer seats."""
    wards, office, kiosks = ids("lamna/wards", "lamna/office", "fabrikam/kiosks")

    def accident() -> None:
        estate.colleague.add_seats(wards, 1)
        estate.colleague.set_auto_renew(office, on=False)
        estate.colleague.schedule(kiosks, 60)

    happened = [item for item in year(estate, accident) if not item.routine]

    assert len(happened) > 25
    assert [str(item) for item in happened if not item.foretold] == []
    assert [str(item) for item in happened if not item.as_declared and not CODE.search(item.item)] == []
    otherwise = {str(item.desired.address) for item in happened if not item.as_declared}
    assert {"lamna/wards", "lamna/office", "fabrikam/kiosks", "coho-winery/events"} <= otherwise


def ids(*addresses: str) -> list[str]:
    declared = {str(item.address): item.subscription_id for item in read_estate(Path("manifests")).desired}
    return [declared[address] for address in addresses]
