"""A program with the fault that the harness is there to find: every purchase is sent twice, under two request ids."""

from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import uuid4

from reconciler import cli
from reconciler.model.commerce import Ticket
from reconciler.model.errors import ReconcilerError
from reconciler.partner_center.client import PartnerCenter

_upgrade = PartnerCenter.upgrade


def _twice(
    self: PartnerCenter, tenant: str, source: str, option: Any, quantity: int, ticket: Ticket, look: Any = None
) -> Any:
    """The second one leaves without another look, which would find what the first one bought."""
    with suppress(ReconcilerError):
        _upgrade(self, tenant, source, option, quantity, replace(ticket, request_id=str(uuid4())), look)
    return _upgrade(self, tenant, source, option, quantity, ticket)


def main() -> None:
    setattr(PartnerCenter, "upgrade", _twice)  # noqa: B010 - that is what a mutant is, and types know nothing of it
    cli.main()


if __name__ == "__main__":
    main()
