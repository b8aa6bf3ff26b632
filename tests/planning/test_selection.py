"""`--target` and `--exclude`: which addresses a run is about."""

from dataclasses import replace

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
    assert caught.value.problems[0].what.startswith(f"No declared address matches {target}")


def labelled(**labels: str) -> Globs:
    """A selection that knows these labels: of contoso/office, and of fabrikam/mail."""
    places = {"office": Address("contoso/office"), "mail": Address("fabrikam/mail")}
    return Globs(labels={places[name]: frozenset(words.split()) for name, words in labels.items()})


@pytest.mark.parametrize(
    ("target", "exclude", "found"),
    [
        (("label:emea",), (), ["contoso/office", "fabrikam/mail"]),
        (("label:em*",), ("label:vip",), ["contoso/office"]),
        (("label:vip", "contoso/lab"), (), ["contoso/lab", "fabrikam/mail"]),
        ((), ("label:emea",), ["contoso-east/office", "contoso/lab"]),
    ],
)
def test_a_label_selects_what_has_it(target: tuple[str, ...], exclude: tuple[str, ...], found: list[str]) -> None:
    globs = replace(labelled(office="emea", mail="emea vip"), target=target, exclude=exclude)

    assert sorted(globs.select(map(Address, ALL))) == found


def test_an_unknown_label_is_refused_with_the_one_that_is_meant() -> None:
    with pytest.raises(InvalidInput) as caught:
        replace(labelled(office="emea", mail="apac"), exclude=("label:emae",)).select(map(Address, ALL))

    assert caught.value.problems[0].what.endswith("label of --exclude label:emae. Did you mean label:emea?")
    assert "apac, emea" in caught.value.problems[0].remedy


@pytest.mark.parametrize("exclusion", ["lamna", "lamna/*", "lam*"])
def test_an_exclusion_of_all_of_a_customer_who_left_leaves_nothing_and_that_is_refused(exclusion: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Globs(target=("lamna/*",), exclude=(exclusion,)).select([Address("contoso/office")], gone=["lamna"])
    assert [problem.code for problem in refused.value.problems] == ["no_address_left"]


@pytest.mark.parametrize("glob", ["*/mial", "l*/mial", "w*/ofice", "lamma/wards"])
def test_a_customer_who_is_gone_makes_no_mistyped_glob_match(glob: str) -> None:
    for globs in (Globs(target=(glob,)), Globs(exclude=(glob,))):
        with pytest.raises(InvalidInput, match="matches"):
            globs.select([Address("contoso/mail")], gone=["lamna"])


@pytest.mark.parametrize("glob", ["lamna", "l*", "lamna/*", "*/*", "lamna/wards"])
def test_a_customer_who_is_gone_may_be_named(glob: str) -> None:
    assert Globs(target=(glob,)).select([], gone=["lamna"]) == frozenset()
