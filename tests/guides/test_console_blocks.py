"""Every console block of a guide prints what the guide shows, in a fresh copy of the sample estate for each guide."""

from pathlib import Path

import pytest

from tests.console import GUIDES, Story, stories

WORK = [story for page in sorted(GUIDES.glob("*.md")) for story in stories(page) if not story.accident]


@pytest.mark.parametrize("story", WORK, ids=str)
def test_a_guides_commands_print_what_it_shows(tmp_path: Path, story: Story) -> None:
    story.check(tmp_path)
