"""Steps of advice in a comment: commands and links are blocks to be copied, all else is words."""

from collections.abc import Iterator

from reconciler.model.change import Remedy
from reconciler.rendering.commonmark import block, code, words
from reconciler.rendering.phrases import addressed
from reconciler.rendering.prose import passages


def steps(remedy: Remedy) -> str:
    """The steps, numbered where there are several."""
    several = len(remedy.steps) > 1
    return "".join(_step(step, f"{number}. " if several else "") for number, step in enumerate(addressed(remedy), 1))


def inline(text: str, *, cell: bool = False) -> str:
    """Advice within a line, or within a table's cell."""
    return " ".join(code(one.text, cell=cell) if one.exact else words(one.text) for one in passages(text))


def _step(text: str, mark: str) -> str:
    """Every line but the first is set in below the mark, and so belongs to the step."""
    inside = " " * len(mark)
    pieces = list(_pieces(text, inside))
    first, *more = pieces or [""]
    return "\n\n".join((f"{mark}{first.removeprefix(inside)}", *more)) + "\n\n"


def _pieces(text: str, inside: str) -> Iterator[str]:
    for one in passages(text):
        if one.exact:
            yield block(one.text, indent=inside)
        elif one.text.strip():
            yield f"{inside}{'> ' if one.indent else ''}{words(one.text)}"
