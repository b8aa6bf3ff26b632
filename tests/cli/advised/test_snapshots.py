"""Advice about snapshots and saved plans: the file that the command writes can be read."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.documents.text import digest
from tests.cli.advised.orders import BASE, a_shop, ordering
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.estates import OFFICE

TAKE = "snapshot snapshot.json"
WITH_UPGRADES = "snapshot snapshot.json --upgrades all"
FILE = Path("snapshot.json")


def version(member: str) -> None:
    """Writes another version into the snapshot, which is whole for the rest."""
    _, _, rest = FILE.read_text().partition("\n")
    rest = re.sub(r'"format_version": ?\S+', member, rest, count=1)
    FILE.write_text(f'{{"fingerprint":"{digest(rest.encode())}",\n{rest}')


DAMAGES: dict[str, Callable[[], object]] = {
    "snapshot_altered": lambda: FILE.write_text(FILE.read_text().replace("25", "26", 1)),
    "snapshot_no_version": lambda: version('"format": 1,'),
    "snapshot_newer_version": lambda: version('"format_version":99,'),
    "no_snapshot": lambda: FILE.write_text("{}"),
}
"""Ways in which a snapshot is none any more."""


@pytest.mark.parametrize("code", [pytest.param(code, marks=advised(code, TAKE)) for code in DAMAGES])
def test_a_file_that_is_no_snapshot_is_taken_again(elsewhere: Elsewhere, code: str) -> None:
    elsewhere.run("snapshot", "snapshot.json", code=0)
    DAMAGES[code]()
    refused = elsewhere.run("plan", "--snapshot", "snapshot.json", code=1)
    assert elsewhere.follow(refused, code, TAKE).code == 0
    elsewhere.run("plan", "--snapshot", "snapshot.json", code=0)


@advised("order_not_in_snapshot", TAKE)
def test_an_order_that_is_newer_than_the_snapshot(elsewhere: Elsewhere) -> None:
    a_shop(elsewhere)
    elsewhere.write("contoso", BASE)
    elsewhere.run("snapshot", "snapshot.json", code=0)
    elsewhere.write("contoso", f"{BASE}\n{ordering()}")
    blocked = elsewhere.run("plan", "--snapshot", "snapshot.json", code=3)
    assert elsewhere.follow(blocked, "order_not_in_snapshot", TAKE).code == 0
    assert "1 order" in elsewhere.run("plan", "--snapshot", "snapshot.json", code=0).text


@advised("eligibility_not_in_snapshot", WITH_UPGRADES)
def test_an_upgrade_that_is_newer_than_the_snapshot(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E1", 25))
    elsewhere.run("snapshot", "snapshot.json", code=0)
    elsewhere.declare(office=(OFFICE, "E3", 25))
    blocked = elsewhere.run("plan", "--snapshot", "snapshot.json", code=3)
    assert elsewhere.follow(blocked, "eligibility_not_in_snapshot", WITH_UPGRADES).code == 0
    assert "1 upgrade" in elsewhere.run("plan", "--snapshot", "snapshot.json", code=0).text


@advised("*", "plan --snapshot FILE")
def test_a_snapshot_that_was_taken_is_planned_from(elsewhere: Elsewhere) -> None:
    taken = elsewhere.run("snapshot", "snapshot.json", code=0)
    assert "2 changes can go ahead" in elsewhere.follow(taken, "*", "plan --snapshot FILE").text


SAVED = "To read all of it, use another format of the saved plan:"
UNSAVED = "To read all of it, plan with --out plan.json, and use another format:"


@advised("left_out", "show plan.json", "plan --shard 1/4")
def test_a_report_that_is_too_long_for_its_host(elsewhere: Elsewhere) -> None:
    elsewhere.run("plan", "--out", "plan.json", code=0)
    explained = elsewhere.run("explain", "left_out", code=0)
    assert "contoso/frontline" in elsewhere.follow(explained, "left_out", "show plan.json").out
    assert elsewhere.follow(explained, "left_out", "plan --shard 1/4").code == 0
