"""Carries out `reconciler drift`."""

from reconciler.cli import selection
from reconciler.cli.chosen import Chosen
from reconciler.cli.signals import ending_at_once
from reconciler.cli.terminal import output
from reconciler.cli.wiring import Wiring
from reconciler.model.errors import worst
from reconciler.operations.drift import find_drift
from reconciler.rendering.subjects.drifts import DRIFT
from reconciler.rendering.view import View


def drift(form: str, target: tuple[str, ...], exclude: tuple[str, ...], parallelism: int | None, chosen: Chosen) -> int:
    """Shows what changed outside; returns 2 where there is anything to look at, or nothing was compared, 1 where a
    customer was not read.
    """
    globs = selection.globs(target, exclude, None)
    with ending_at_once(), Wiring(chosen=chosen, parallelism=parallelism).workspace() as workspace:
        report = find_drift(workspace, globs)
    screen = output(no_color=chosen.no_color, forms=(form,))
    view = View(width=screen.width, color=screen.color, now=report.created_at, invocation=chosen.invocation)
    screen.write(DRIFT[form](report, view))
    return worst(({1} if report.unread else set()) | ({2} if report.has_drift or report.blind else set()))
