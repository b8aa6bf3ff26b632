"""The words of the kinds of change."""

from collections import Counter

from reconciler.changes import KINDS


def test_one_way_kinds_that_look_alike_each_say_of_which_platform_they_are() -> None:
    one_way = [kind for kind in KINDS.values() if kind.words.one_way]
    shared = {
        look for look, number in Counter((kind.words.noun, kind.symbol) for kind in one_way).items() if number > 1
    }
    alike = [kind.words.one_way for kind in one_way if (kind.words.noun, kind.symbol) in shared]
    assert [("traditional" in words, "new commerce" in words) for words in alike] in (
        [(True, False), (False, True)],
        [(False, True), (True, False)],
    )
