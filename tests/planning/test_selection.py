"""`--target` and `--exclude`: which addresses a run is about."""

import pytest

from reconciler.model.address import Address
from reconciler.model.errors import InvalidInput
from reconciler.planning import Globs

ALL = ("contoso/lab", "contoso/office", "contoso-east/office", "fabrikam/mail")


def selected(target: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> list[str]:
    return sorted(Globs(target=target, exclude=exclude).select(map(Address, ALL)))


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ((), ALL),
        (("contoso/office",), ("contoso/office",)),
        (("contoso",), ("contoso/lab", "contoso/office")),
        (("contoso*",), ("contoso/lab", "contoso/office", "contoso-east/office")),
        (("contoso/*",), ("contoso/lab", "contoso/office")),
        (("*/office",), ("contoso/office", "contoso-east/office")),
        (("contoso/l?b",), ("contoso/lab",)),
        (("*/[lm]*",), ("contoso/lab", "fabrikam/mail")),
        (("fabrikam", "contoso/lab", "contoso"), ("contoso/lab", "contoso/office", "fabrikam/mail")),
    ],
)
def test_a_target_is_an_address_a_customer_or_a_glob(target: tuple[str, ...], found: tuple[str, ...]) -> None:
    assert selected(target) == sorted(found)


@pytest.mark.parametrize(
    ("exclude", "found"),
    [
        (("contoso",), ["contoso-east/office", "fabrikam/mail"]),
        (("*/office", "fabrikam"), ["contoso/lab"]),
    ],
)
def test_what_is_excluded_is_left_out(exclude: tuple[str, ...], found: list[str]) -> None:
    assert selected(exclude=exclude) == found


def test_an_exclusion_is_stronger_than_a_target() -> None:
    assert selected(("contoso",), ("contoso/lab",)) == ["contoso/office"]


@pytest.mark.parametrize("exclude", ["nobody", "*"])
def test_an_exclusion_of_nothing_or_of_everything_is_refused(exclude: str) -> None:
    """A mistyped exclusion must not buy what was to be left out."""
    with pytest.raises(InvalidInput):
        selected(exclude=("fabrikam", exclude))


@pytest.mark.parametrize("target", ["contso", "contoso/offices", "Contoso", "contoso/", "", "contoso/office/x"])
def test_a_target_that_matches_nothing_is_refused_by_name(target: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        selected(("fabrikam", target))
    assert caught.value.problems[0].what == f"No declared address matches --target {target}."
