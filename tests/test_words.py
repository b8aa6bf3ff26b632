"""The project's words are plain technical English, in the package, the tests, the guides and the README."""

from tests import words

SAMPLE = '''
"""What a run does."""
LIMIT = 3
"""How long a run waits."""

class Shelf:
    """A place in state."""

    def told(self) -> str:
        """Return `one` where the service does not know it."""
        return "Not begun: it is in the README."

def not_found() -> list[str]:
    """The README is what the reader has."""
    return [one for one in ("by hand", "out of our hands")]
'''


def test_no_file_uses_a_banned_word() -> None:
    """`python -m tests.words FILE` prints the places of one file."""
    assert list(map(str, words.places())) == []


def test_each_kind_of_banned_word_is_found_at_its_place() -> None:
    assert [(place.line, place.kind) for place in words.places_in(SAMPLE, "reconciler/sample.py")] == [
        (2, words.QUESTION),
        (4, words.QUESTION),
        (6, words.METAPHOR),
        (9, words.FUNCTION),
        (11, words.PHRASE),
        (11, words.README),
        (15, words.METAPHOR),
        (15, words.VARIABLE),
    ]
