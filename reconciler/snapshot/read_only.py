"""The writes of a service that is only read: none leaves."""

from typing import NoReturn

from reconciler import advice
from reconciler.model.commerce import Look, Ticket
from reconciler.model.errors import ServiceRefused
from reconciler.model.order import Cart, CheckedOut
from reconciler.model.order_request import OrderRequest
from reconciler.model.request import TransitionRequest, UpdateRequest
from reconciler.model.subscription import Live
from reconciler.model.transition import Transition
from reconciler.model.upgrade import UpgradeOption, UpgradeResult


class ReadOnly:
    """Refuses every write: nothing is ever changed by way of a snapshot."""

    def upgrade(
        self,
        tenant: str,
        subscription_id: str,
        option: UpgradeOption,
        quantity: int,
        ticket: Ticket,
        look: Look | None = None,
    ) -> UpgradeResult:
        _refuse(tenant, subscription_id, option, quantity, ticket, look)

    def update(
        self, tenant: str, seen: Live, request: UpdateRequest, ticket: Ticket, look: Look | None = None
    ) -> Live | None:
        _refuse(tenant, seen, request, ticket, look)

    def transition(
        self, tenant: str, subscription_id: str, request: TransitionRequest, ticket: Ticket, look: Look | None = None
    ) -> Transition:
        _refuse(tenant, subscription_id, request, ticket, look)

    def create_cart(self, tenant: str, request: OrderRequest, ticket: Ticket) -> Cart:
        _refuse(tenant, request, ticket)

    def check_out(self, tenant: str, cart_id: str, ticket: Ticket, look: Look | None = None) -> CheckedOut:
        _refuse(tenant, cart_id, ticket, look)

    def purchase(self, tenant: str, cart_id: str, ticket: Ticket) -> CheckedOut | None:
        _refuse(tenant, cart_id, ticket)


def _refuse(*_asked: object) -> NoReturn:
    raise ServiceRefused(advice.problem("snapshot_read_only", service="live"))
