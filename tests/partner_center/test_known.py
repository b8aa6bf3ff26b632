"""Nothing that is known of the wire goes untested: `known.toml` names what shows each of it."""

import tomllib
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
KNOWN = tomllib.loads(Path(__file__).with_name("known.toml").read_text("utf-8"))
ENTRIES = [(f"{table} {number}", entry) for table, entries in KNOWN.items() for number, entry in entries.items()]


def exists(shown: str) -> bool:
    """Returns True if there is such a test, or such a fixture with what is made of it."""
    file, _, test = shown.partition("::")
    if test:
        return f"\ndef {test}(" in (TESTS / file).read_text("utf-8")
    quirk = TESTS / "partner_center" / "quirks" / file
    fixture = all(quirk.with_name(f"{quirk.name}{suffix}").is_file() for suffix in (".http", ".txt"))
    return fixture or (TESTS / file).is_file()


@pytest.mark.parametrize(("name", "entry"), ENTRIES, ids=[name for name, _ in ENTRIES])
def test_what_is_known_is_shown(name: str, entry: dict[str, list[str]]) -> None:
    assert entry["shown"], name
    assert [item for item in entry["shown"] if not exists(item)] == []


def test_every_number_of_both_lists_is_there() -> None:
    assert {table: [int(number) for number in entries] for table, entries in KNOWN.items()} == {
        "recorded": list(range(1, 52)),
        "contradictory": list(range(1, 26)),
    }
