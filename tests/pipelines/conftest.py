"""The estate of the tests of the command line, committed, and a runner over it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.estates import KIOSKS, build
from tests.cli.repositories import repository
from tests.pipelines.runner import Runner


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    """A checkout of a pull request that asks for one more seat of fabrikam/kiosks: HEAD^1 is what it goes into."""
    estate = build(tmp_path)
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 8))
    made = repository(tmp_path)
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 9))
    made.commit()
    with estate.served() as endpoint:
        yield Runner(estate, endpoint)
