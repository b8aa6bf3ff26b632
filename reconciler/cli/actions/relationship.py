"""Carries out `reconciler relationship`."""

from pathlib import Path

from reconciler.cli.chosen import Chosen
from reconciler.cli.mails import write_mails
from reconciler.cli.signals import ending_at_once
from reconciler.cli.terminal import output
from reconciler.cli.wiring import Wiring
from reconciler.manifests.estate import Estate
from reconciler.model.address import canonical, is_guid
from reconciler.model.customer import Customer
from reconciler.model.errors import InvalidInput
from reconciler.operations.customers import no_such_customer
from reconciler.operations.relationship import standings
from reconciler.rendering.mails import relationship_mails
from reconciler.rendering.reports.relationship import relationship_report

_NOT_OURS, _NOT_READ = 3, 1


def relationship(customer: str | None, mails: Path | None, chosen: Chosen) -> int:
    """Shows how customers stand to the reseller; returns 3 where one is not ours, 1 where one could not be read."""
    wiring = Wiring(chosen=chosen, may_be_empty=True)
    with ending_at_once(), wiring.workspace() as workspace:
        wanted = _chosen(customer, workspace.estate)
        found = standings(workspace.commerce, wanted, workspace.capabilities.relationship_link)
    output(no_color=chosen.no_color).show(relationship_report(found), chosen.invocation)
    if mails:
        write_mails(relationship_mails(found), mails, chosen)
    ours = {standing.ours for standing in found.customers}
    return _NOT_READ if None in ours else _NOT_OURS if False in ours else 0


def _chosen(name: str | None, estate: Estate) -> tuple[Customer, ...]:
    """The customers to show. One that no manifest declares is told by its tenant."""
    declared = estate.customers
    if name is None:
        return declared
    known = next(
        (customer for customer in declared if name == customer.name or canonical(name) == customer.tenant), None
    )
    if known is None and not is_guid(name):
        raise InvalidInput(no_such_customer(estate, name))
    return (known or Customer(name=canonical(name), tenant=canonical(name)),)
