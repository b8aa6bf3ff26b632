"""Every format ever written is read, and written in the present one."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.documents import plan, snapshot, state
from reconciler.model.errors import StateDamaged
from tests.rendering.shown import plan_json

ROUNDTRIP = Path(__file__).parent / "roundtrip"

AGAIN: dict[str, Callable[[str], str]] = {
    "plan": lambda text: plan_json(plan.load(text, "plan.json")),
    "snapshot": lambda text: snapshot.dump(snapshot.load(text, "snapshot.json")),
    "state": lambda text: state.dump(state.load(text, "contoso.json")),
}
WRITER = ("fingerprint", "reconciler_version")
"""The members of which version wrote a document: they change with every release."""


def written_again(path: Path) -> str:
    """The document as the present program writes it, without the members that change with every release."""
    document: dict[str, Any] = json.loads(AGAIN[path.parent.name](path.read_text("utf-8")))
    kept = {name: value for name, value in document.items() if name not in WRITER}
    return json.dumps(kept, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize(
    "path", sorted(ROUNDTRIP.glob("*/*.in.json")), ids=lambda path: f"{path.parent.name} {path.name}"
)
def test_a_document_of_an_older_format_is_written_in_the_present_one(path: Path) -> None:
    expected = path.with_name(path.name.replace(".in.", ".out."))
    if os.environ.get("RECONCILER_UPDATE_GOLDEN"):
        expected.write_text(written_again(path), "utf-8")

    assert written_again(path) == expected.read_text("utf-8")


@pytest.mark.parametrize(
    "path", sorted(ROUNDTRIP.glob("*/*.in.json")), ids=lambda path: f"{path.parent.name} {path.name}"
)
def test_what_the_present_program_wrote_it_writes_again_to_the_byte(path: Path) -> None:
    again = AGAIN[path.parent.name]
    text = again(path.read_text("utf-8"))

    assert again(text) == text


@pytest.mark.parametrize("name", ["lineage", "serial", "customer", "subscriptions", "pending", "results"])
def test_a_state_of_an_older_format_that_lacks_a_member_is_refused(name: str) -> None:
    document = json.loads((ROUNDTRIP / "state" / "v1-everything.in.json").read_text("utf-8"))
    del document[name]

    with pytest.raises(StateDamaged, match=name):
        state.load(json.dumps(document), "contoso.json")
