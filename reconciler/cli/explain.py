"""`reconciler explain`."""

from difflib import get_close_matches

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.completing import codes
from reconciler.cli.options import same_everywhere
from reconciler.cli.terminal import output


@click.command()
@click.argument("code", required=False, shell_complete=codes)
@same_everywhere
def explain(code: str | None, chosen: Chosen) -> None:
    """Explain a code: what it means, who must act, what to do, whether waiting helps. Without CODE, list them all.

    \b
    reconciler explain delegated_admin_permissions_disabled
    reconciler explain 1
    reconciler explain 20002
    reconciler explain 403/20002
    """
    from reconciler.advice import explanations
    from reconciler.rendering import explanation_text, explanations_text

    screen = output(no_color=chosen.no_color)
    known = explanations()
    if code is None:
        screen.write(explanations_text(known, width=screen.width, color=screen.color))
        return
    asked = "/".join(code.lower().removeprefix("http").strip(" _").split())
    found = [one for one in known if asked in {one.code, str(one.number), one.code.rpartition("/")[2]}]
    if not found:
        raise _unknown(code, [one.code for one in known])
    screen.write("\n".join(explanation_text(one, width=screen.width, color=screen.color) for one in found))


def _unknown(code: str, known: list[str]) -> Exception:
    from reconciler.model.errors import InvalidInput

    guess = get_close_matches(code.lower(), known, 1)
    remedy = f"Did you mean {guess[0]}?" if guess else "All codes: reconciler explain"
    return InvalidInput.because(f"There is no code {code}.", remedy)
