"""Every accident that a guide shows happens as it is shown, and its remedy works as printed."""

from pathlib import Path

import pytest

from tests.console import GUIDES, Story, stories

ACCIDENTS = [story for page in sorted(GUIDES.glob("*.md")) for story in stories(page) if story.accident]


@pytest.mark.parametrize("story", ACCIDENTS, ids=str)
def test_an_accident_goes_as_the_guide_shows(tmp_path: Path, story: Story) -> None:
    story.check(tmp_path)
