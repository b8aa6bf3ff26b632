"""Lists the partner's customers, to tell which of them no manifest declares."""

from reconciler.model.errors import ENDS_RUN, ServiceError
from reconciler.model.ports import Account, Commerce


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
