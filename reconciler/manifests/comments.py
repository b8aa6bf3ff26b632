"""Finds the comments of a YAML text, and those that an edit takes away."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from yaml import CSafeLoader, ScalarToken

from reconciler.manifests.files import Source
from reconciler.model.encoding import MARK
from reconciler.model.place import Place

_COMMENT = re.compile(r"#[^\r\n]*")
_OF_BLOCK = re.compile(r"[|>][+-]?[1-9]?[+-]?[ \t]+(#[^\r\n]*)")
"""The head of a block of text, which may have a comment; the lines below it have none."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its sign, and the offset at which it begins."""

    start: int
    text: str

    def place(self, file: str, text: str) -> Place:
        """Returns where in a file's text the comment stands."""
        before = text[: self.start].replace("\r\n", "\n").replace("\r", "\n")
        return Place(file=file, line=before.count("\n") + 1, column=len(before) - before.rfind("\n"))


def comments(text: str) -> Iterator[Comment]:
    """Yields the comments, in order: between two of YAML's tokens is nothing but them and white space."""
    done = 0
    for token in yaml.scan(text, Loader=CSafeLoader) if "#" in text else ():
        start, end = token.start_mark.index, token.end_mark.index
        yield from _between(text, done, start)
        of_text = isinstance(token, ScalarToken) and token.style in {"|", ">"}
        if of_text and (found := _OF_BLOCK.match(text, start, end)):
            yield Comment(found.start(1), found[1])
        done = max(done, end)
    yield from _between(text, done, len(text) if done else 0)


def _between(text: str, start: int, end: int) -> Iterator[Comment]:
    return (Comment(found.start(), found[0].rstrip()) for found in _COMMENT.finditer(text, start, end))


def comments_gone(before: Source, content: bytes) -> tuple[tuple[Place, str], ...]:
    """Returns the comments of a file that its new content has not, each with the place where it stood."""
    old_text, new_text = (data.removeprefix(MARK).decode() for data in (before.content, content))
    old, new = ([*comments(text)] for text in (old_text, new_text))
    return tuple((item.place(before.shown, old_text), item.text) for item in _missing(old, [item.text for item in new]))


def _missing(old: list[Comment], new: list[str]) -> Iterator[Comment]:
    """Yields as many comments of each text as there are less of it: those that do not come next in the new order."""
    fewer, at = Counter(item.text for item in old) - Counter(new), 0
    for item in old if fewer else ():
        if fewer[item.text] and new[at : at + 1] != [item.text]:
            fewer[item.text] -= 1
            yield item
        else:
            at = next((number for number in range(at, len(new)) if new[number] == item.text), len(new)) + 1
