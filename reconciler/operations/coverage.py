"""Lists the partner's customers, to tell which of them no manifest declares."""

from reconciler import planning
from reconciler.model.alarm import Alarm
from reconciler.model.commerce import Account, Commerce
from reconciler.model.errors import ENDS_RUN, ServiceError
from reconciler.operations.workspace import Workspace


def partners_customers(commerce: Commerce) -> tuple[Account, ...] | ServiceError:
    """Returns the partner's customers, by one request for a page; the error where the list can't be read.

    Raises the errors that end a run (`ENDS_RUN`).
    """
    try:
        return tuple(commerce.accounts())
    except ENDS_RUN:
        raise
    except ServiceError as error:
        return error


def undeclared_customers(
    workspace: Workspace, listed: tuple[Account, ...] | ServiceError | None = None
) -> tuple[Alarm, ...]:
    """Returns the warning of the partner's customers that no manifest declares, or that they could not be listed. They
    are read, unless `listed` is what `partners_customers` returned.
    """
    accounts = partners_customers(workspace.commerce) if listed is None else listed
    if isinstance(accounts, ServiceError):
        why = " ".join(problem.what for problem in accounts.problems)
        return (planning.customers_not_listed(why),)
    return tuple(planning.coverage_alarms(planning.undeclared_customers(accounts, known_tenants(workspace)), ()))


def known_tenants(workspace: Workspace) -> tuple[str, ...]:
    """Returns the tenants that a manifest declares, and those that state knows: whom somebody has removed or forgotten
    was let go on purpose.
    """
    known = (state.customer.tenant for state in workspace.undeclared_states)
    return (*(customer.tenant for customer in workspace.estate.customers), *known)
