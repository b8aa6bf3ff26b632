"""The estate as a whole."""

import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.manifests.estate import read_estate
from reconciler.model.errors import EstateEmpty, InvalidInput
from tests.manifests.builders import guid, manifest, problems, write


def test_everything_is_sorted_whatever_the_files_are_called(tmp_path: Path) -> None:
    write(tmp_path, {"1.yaml": manifest("tailspin", 1, 2), "2.yaml": manifest("adatum", 2)})

    estate = read_estate(tmp_path)

    assert [entry.address for entry in estate.desired] == ["adatum/s0", "tailspin/s0", "tailspin/s1"]
    assert [customer.name for customer in estate.customers] == ["adatum", "tailspin"]
    assert estate.customer_files == {"tailspin": "1.yaml", "adatum": "2.yaml"}


def test_a_customer_may_have_no_subscriptions_left(tmp_path: Path) -> None:
    empty = f"customer: {{name: adatum, tenant: {guid(7)}}}\nsubscriptions: {{}}\n"
    write(tmp_path, {"a.yaml": empty, "b.yaml": manifest()})

    estate = read_estate(tmp_path)

    assert [customer.name for customer in estate.customers] == ["adatum", "fabrikam"]
    assert [entry.address for entry in estate.desired] == ["fabrikam/s0"]


def test_an_empty_estate_is_read_where_somebody_says_that_it_may_be(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": manifest(subscriptions=0)})

    assert read_estate(tmp_path, empty_allowed=True).desired == ()


def test_an_id_that_a_customer_without_a_name_claims_names_it_in_words(tmp_path: Path) -> None:
    nameless = manifest("[]", 1)
    write(tmp_path, {"a.yaml": nameless, "b.yaml": manifest(number=1)})

    found = problems(tmp_path)

    assert any("declared already, by s0 of a customer without a name at a.yaml:6:9" in item for item in found)
    assert not any("?/" in item for item in found)


@pytest.mark.parametrize("content", ["", "---\n---\n", manifest(subscriptions=0)])
def test_an_estate_without_subscriptions_is_refused_by_name(tmp_path: Path, content: str) -> None:
    write(tmp_path, {"a.yaml": content})

    with pytest.raises(EstateEmpty) as refused:
        read_estate(tmp_path, shown_as=Path("customers"))

    (problem,) = refused.value.problems
    assert problem.what == "no subscription is declared in customers (2 files read)"
    assert "such as customers/contoso.yaml: {customer: {name: contoso, tenant:" in problem.remedy


def test_the_first_manifest_that_the_refusal_shows_is_good_once_its_ids_are_filled_in(tmp_path: Path) -> None:
    with pytest.raises(EstateEmpty) as refused:
        read_estate(tmp_path)

    text = refused.value.problems[0].remedy.partition("contoso.yaml: ")[2]
    for number, word in enumerate(("CUSTOMER-TENANT-ID", "SUBSCRIPTION-ID", "OFFER-ID")):
        text = text.replace(word, guid(number))
    write(tmp_path, {"contoso.yaml": text})
    assert problems(tmp_path) == []


def test_an_estate_with_faults_is_not_called_empty(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": "customer: {"})

    with pytest.raises(InvalidInput):
        read_estate(tmp_path)


def test_a_directory_that_is_not_there_is_refused_without_its_name_unless_it_is_the_usual_one(tmp_path: Path) -> None:
    root = write(tmp_path, {})
    for name, where in (("hunter2", "--manifests (RECONCILER_MANIFESTS)"), ("manifests", "manifests")):
        with pytest.raises(InvalidInput, match="there is no such directory") as refused:
            read_estate(root / name, shown_as=Path(name))
        assert refused.value.problems[0].where == where


def test_a_file_in_place_of_the_directory_is_refused_by_name(tmp_path: Path) -> None:
    root = write(tmp_path, {"offers.yaml": "offers: {}"})

    with pytest.raises(InvalidInput, match="a file, not a directory") as refused:
        read_estate(root / "offers.yaml", shown_as=Path("offers.yaml"))

    assert refused.value.problems[0].where == "offers.yaml"


def test_places_show_the_root_as_it_was_given(tmp_path: Path) -> None:
    write(tmp_path, {"north/a.yaml": manifest()})

    assert read_estate(tmp_path).desired[0].source.file == str(tmp_path / "north/a.yaml")


def test_the_digest_depends_on_names_and_contents_and_on_nothing_else(tmp_path: Path) -> None:
    def digest(directory: str, files: dict[str, str | bytes]) -> str:
        return read_estate(write(tmp_path / directory, files)).digest

    first = digest("first", {"a.yaml": manifest()})

    assert first.startswith("sha256:")
    assert digest("second", {"a.yaml": manifest(), ".hidden.yaml": "x", "notes.txt": "x"}) == first
    assert digest("third", {"b.yaml": manifest()}) != first
    assert digest("fourth", {"a.yaml": manifest() + "# checked\n"}) != first


def test_reading_leaves_nothing_behind(tmp_path: Path) -> None:
    root = write(tmp_path / "manifests", {"a.yaml": manifest(), "reconciler.yaml": "state: ../state\n"})
    before = sorted(tmp_path.rglob("*"))

    read_estate(root)

    assert sorted(tmp_path.rglob("*")) == before


def test_a_renamed_offer_in_many_places_is_reported_once(tmp_path: Path) -> None:
    names = "".join(f"  Office 365 Plan {number}: {guid(number)}\n" for number in range(500))
    text = manifest(subscriptions=2000).replace("E3", "Office 365 Plan 5000")
    write(tmp_path, {"offers.yaml": f"offers:\n{names}", "a.yaml": text})

    (found,) = problems(tmp_path)

    assert found.startswith(
        'a.yaml:7:12: offer names the offer "Office 365 Plan 5000", which is not in offers.yaml; 1,999 other'
    )


def test_no_network_client_is_loaded() -> None:
    code = "import sys, reconciler.manifests; print({'ssl', 'http.client', 'httpx', 'msal'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"
