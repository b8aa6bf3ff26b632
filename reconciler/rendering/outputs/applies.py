"""The outputs of an apply."""

from collections import Counter
from collections.abc import Mapping

from reconciler.model.event import counted
from reconciler.rendering.reports.applied import Applied
from reconciler.rendering.reports.events import CAME_TO


def applied_outputs(applied: Applied) -> Mapping[str, object]:
    """Returns how many changes of an apply came out which way."""
    counts = Counter(map(counted, applied.events))
    return {name: counts[name] for name in CAME_TO}
