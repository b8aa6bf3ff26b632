"""Carries out `reconciler explain`."""

from difflib import get_close_matches

from reconciler.advice import explanations, problem
from reconciler.cli.chosen import Chosen
from reconciler.cli.terminal import output
from reconciler.model.errors import InvalidInput
from reconciler.model.reason import Explanation
from reconciler.model.withheld import shown_word
from reconciler.rendering.reports.explanations import explanation_report, explanations_report

_SUGGESTED = 4
"""The most codes that are suggested for one that is unknown."""


def explain(code: str | None, chosen: Chosen) -> None:
    """Prints the explanations of a code, that of its whole name first, or a list of all codes.

    Raises InvalidInput for a code that no table has.
    """
    screen = output(no_color=chosen.no_color)
    known = explanations()
    if code is None:
        screen.show(explanations_report(known), chosen.invocation)
        return
    wanted = "/".join(code.lower().removeprefix("http").strip(" _").split())
    found = sorted((row for row in known if wanted in _spellings(row)), key=lambda row: row.code.lower() != wanted)
    if not found:
        raise _unknown(code, [row.code for row in known])
    screen.show(explanation_report(found), chosen.invocation)


def _unknown(code: str, known: list[str]) -> InvalidInput:
    """Suggests the nearest codes: those that begin as typed, those that are spelt alike, and those that have all of the
    words typed, or more of each.
    """
    typed = code.lower().replace("-", "_").replace(" ", "_")
    words = set(typed.split("_")) - {""}
    alike = get_close_matches(typed, known, _SUGGESTED)
    sharing = (other for other in known if words and all(_has(other, word) for word in words))
    beginning = (other for other in known if typed and other.startswith(typed))
    guesses = [*dict.fromkeys((*beginning, *alike, *sharing))][:_SUGGESTED]
    first, *more = guesses or [""]
    return InvalidInput(problem("no_such_code", shown=shown_word(code), guess=first, like=", ".join(more)))


def _has(code: str, word: str) -> bool:
    return any(part.startswith(word) for part in code.lower().split("_"))


def _spellings(row: Explanation) -> set[str]:
    """Returns how the code may be typed: as it is, by its number, and without its status or the directory's prefix."""
    code = row.code.lower()
    numbers = {str(row.number), str(row.number_in_transitions)}
    return {*numbers, code, code.rpartition("/")[2], code.removeprefix("aadsts")}
