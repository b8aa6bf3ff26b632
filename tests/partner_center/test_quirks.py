"""Every known quirk of the wire: `quirks/<call>/<quirk>.http` is what the service sends, the `.txt` what we make of it.

The files of expectations are written anew by running this file: `python -m tests.partner_center.test_quirks`.
"""

from pathlib import Path

import pytest

from tests.partner_center.recorded import CALLS, WRITES, answers, as_text, outcome, request_lines
from tests.partner_center.service import Script, client

QUIRKS = sorted((Path(__file__).parent / "quirks").rglob("*.http"))


def what_we_make_of_it(quirk: Path) -> str:
    script = Script(*answers(quirk))
    found = outcome(lambda: CALLS[quirk.parent.name](client(script)))
    requests = [request_lines(request) for request in script.requests]
    return "\n".join([*dict.fromkeys(requests), as_text(found)]) + "\n"


@pytest.mark.parametrize("quirk", QUIRKS, ids=lambda quirk: f"{quirk.parent.name}/{quirk.stem}")
def test_the_quirk_is_understood_or_refused_clearly(quirk: Path) -> None:
    assert what_we_make_of_it(quirk) == quirk.with_suffix(".txt").read_text("utf-8")


@pytest.mark.parametrize(
    "quirk", [quirk for quirk in QUIRKS if quirk.parent.name in WRITES], ids=lambda quirk: quirk.stem
)
def test_no_quirk_makes_a_write_leave_twice(quirk: Path) -> None:
    script = Script(*answers(quirk))
    outcome(lambda: CALLS[quirk.parent.name](client(script)))
    assert len(script.requests) == 1


def test_every_call_has_its_quirks() -> None:
    assert {quirk.parent.name for quirk in QUIRKS} == set(CALLS)


if __name__ == "__main__":
    for item in QUIRKS:
        item.with_suffix(".txt").write_text(what_we_make_of_it(item), "utf-8")
