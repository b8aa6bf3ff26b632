"""Which locations there are."""

from pathlib import Path

import pytest

from reconciler.model.errors import InvalidInput
from reconciler.state import open_store


def test_a_path_is_a_directory_and_the_store_says_it_as_it_was_typed(tmp_path: Path) -> None:
    assert open_store("state").location == "state"
    assert open_store(str(tmp_path)).location == str(tmp_path)


@pytest.mark.parametrize("location", ["az://container/prefix", "s3://bucket/prefix", "gs://bucket"])
def test_object_stores_are_refused_with_what_to_use_instead(location: str) -> None:
    with pytest.raises(InvalidInput, match="object store") as refused:
        open_store(location)
    assert refused.value.problems[0].where == location
    assert "directory" in refused.value.problems[0].remedy


def test_any_other_url_is_refused_rather_than_taken_for_a_path() -> None:
    with pytest.raises(InvalidInput, match="ftp:// is not a kind of state location"):
        open_store("ftp://host/state")


@pytest.mark.parametrize("location", ["", "  "])
def test_an_empty_location_is_refused(location: str) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        open_store(location)
