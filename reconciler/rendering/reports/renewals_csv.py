"""The list of renewals as CSV, a row for each term."""

from reconciler.model.renewals import Renewals
from reconciler.rendering.as_csv import table
from reconciler.rendering.reports.term_facts import columns


def renewals_csv(renewals: Renewals) -> str:
    """The list as CSV, a row for each term."""
    head, values = zip(*columns(), strict=True)
    return table(head, ([value(term) for value in values] for term in renewals.terms))
