"""The project's words are plain technical English, in the package, the tests, the guides and the README."""

from collections import Counter

import pytest

from tests import words

SAMPLE = '''
"""What a run does."""
LIMIT = 3
"""How long a run waits."""

class Shelf:
    """A place in state."""

    def told(self) -> str:
        """Return `one` where the service does not know it."""
        return "It is in the README."

def not_found() -> list[str]:
    """The README is what the reader has."""
    return [one for one in ("by hand", "out of our hands")]
'''


def test_no_file_uses_more_banned_words_than_its_baseline() -> None:
    """`python -m tests.words FILE` prints the places; `python -m tests.words --shrink` lowers the baseline."""
    assert not words.worse(words.counts(words.places()), words.baseline())


def test_each_kind_of_banned_word_is_found_at_its_place() -> None:
    assert [(place.line, place.kind) for place in words.places_in(SAMPLE, "reconciler/sample.py")] == [
        (2, words.QUESTION),
        (4, words.QUESTION),
        (6, words.METAPHOR),
        (9, words.FUNCTION),
        (11, words.README),
        (15, words.METAPHOR),
        (15, words.VARIABLE),
    ]


@pytest.mark.parametrize(
    ("now", "accepted"),
    [
        ({"old.py": 2}, True),
        ({"moved.py": 2}, True),
        ({"old.py": 1, "new.py": 1}, True),
        ({"old.py": 3}, False),
        ({"old.py": 2, "new.py": 1}, False),
        ({}, True),
    ],
)
def test_words_may_move_with_a_file_and_never_grow(now: dict[str, int], accepted: bool) -> None:
    counted = {file: Counter({words.VARIABLE: count}) for file, count in now.items()}
    assert (not words.worse(counted, {"old.py": Counter({words.VARIABLE: 2})})) == accepted
