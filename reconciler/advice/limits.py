"""Looks up the steps that end the breach of a limit without raising it."""

from reconciler.advice.table import row_or_none
from reconciler.model.breach import Breach
from reconciler.model.remedy import Step


def instead_of_raising(breach: Breach) -> tuple[Step, ...]:
    """Returns the steps that come before raising a limit; none where its table has none."""
    found = row_or_none(f"{breach.name}_instead")
    return found.steps_for({"customers": ", ".join(breach.customers) or "CUSTOMER"}) if found else ()
