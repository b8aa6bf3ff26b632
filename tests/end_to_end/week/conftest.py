"""The team at the beginning of its week."""

from pathlib import Path

import pytest

from tests.end_to_end.week.team import Team, copied, sample


@pytest.fixture(scope="session")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Team:
    return sample(tmp_path_factory.mktemp("first-day"))


@pytest.fixture
def team(first_day: Team, tmp_path: Path) -> Team:
    return copied(first_day, tmp_path)
