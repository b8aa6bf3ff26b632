"""Every folder in `bad/` and `good/` is an estate named for what it shows; `expected.txt` is what reading it gives.

After a change of behaviour, UPDATE_EXPECTED=1 writes the files anew, to be reviewed as text.
"""

import os
from pathlib import Path

import pytest

from reconciler.manifests.estate import read_estate
from reconciler.model.errors import InvalidInput
from tests.manifests.lines import estate_lines, problem_lines

HERE = Path(__file__).parent


def folders(kind: str) -> list[str]:
    return sorted(folder.name for folder in (HERE / kind).iterdir())


@pytest.mark.parametrize("fault", folders("bad"))
def test_every_problem_is_told_with_its_place_and_a_remedy(fault: str) -> None:
    folder = HERE / "bad" / fault

    with pytest.raises(InvalidInput) as refused:
        read_estate(folder, shown_as=Path("manifests"))

    assert_expected(folder, problem_lines(refused.value))


@pytest.mark.parametrize("name", folders("good"))
def test_a_good_estate_is_read_as_expected(name: str) -> None:
    folder = HERE / "good" / name

    estate = read_estate(folder, shown_as=Path("manifests"))

    assert_expected(folder, estate_lines(estate))


def assert_expected(folder: Path, lines: list[str]) -> None:
    expected = folder / "expected.txt"
    text = "".join(f"{line}\n" for line in lines)
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")
