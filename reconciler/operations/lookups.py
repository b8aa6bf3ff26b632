"""Looks up what planning asks for: reads a customer, plans, answers the plan's questions, and plans again."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from reconciler import planning
from reconciler.manifests.scalar_text import written_as
from reconciler.model.address import Address
from reconciler.model.capabilities import Capabilities
from reconciler.model.commerce import Commerce
from reconciler.model.customer import Customer
from reconciler.model.desired import Desired
from reconciler.model.errors import ENDS_RUN, ServiceError
from reconciler.model.order import order_key
from reconciler.model.settings import NameCheck, Settings
from reconciler.model.state import CustomerState
from reconciler.operations.workspace import Workspace
from reconciler.planning import Circumstances, CustomerPlan, Facts

if TYPE_CHECKING:
    from reconciler.model.prices import Prices


@dataclass(frozen=True, kw_only=True)
class Lookups:
    """Plans single customers against the live service. Nothing but GETs, and no more of them than planning asks for.

    `noted_orders` reads the key of each tenant's last order, which is kept outside of the states. `names` is the
    catalogue's first name of an offer by its id, as YAML, `catalogue_names` are all of them. Raises the errors that end
    a run (`ENDS_RUN`); any other ServiceError is a fact about the one customer whose reading met it.
    """

    commerce: Commerce
    settings: Settings
    capabilities: Capabilities = field(default_factory=Capabilities)
    names: Mapping[str, str] = field(default_factory=dict)
    catalogue_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    accepted: frozenset[Address] = frozenset()
    noted_orders: Callable[[], Mapping[str, str]] = dict
    prices: "Prices | None" = None

    @classmethod
    def of(cls, workspace: Workspace) -> "Lookups":
        """Returns the lookups of a run; the relationship link is asked for once by all that share them."""
        return cls(
            commerce=workspace.commerce,
            settings=workspace.settings,
            capabilities=workspace.capabilities,
            names=written_as(workspace.estate.catalogue),
            catalogue_names=workspace.estate.catalogue_names,
            accepted=workspace.accepted,
            noted_orders=workspace.store.last_orders,
            prices=workspace.prices,
        )

    def plan(
        self,
        customer: Customer,
        desired: Sequence[Desired],
        selected: frozenset[Address],
        state: CustomerState | None,
    ) -> tuple[Facts, CustomerPlan]:
        """Returns the customer's plan, and the facts it was made from."""
        facts = self.read(customer, desired, state, selected)
        while True:
            part = planning.plan_customer(facts, self.circumstances())
            if not part.questions:
                return facts, part
            facts = self.answered(facts, part.questions)

    def read(
        self,
        customer: Customer,
        desired: Sequence[Desired],
        state: CustomerState | None,
        selected: frozenset[Address] | None = None,
    ) -> Facts:
        """Returns the facts of a customer as its list of subscriptions has them; everything is selected by default."""
        every = frozenset(item.address for item in desired)
        return self.read_from(self.commerce, customer, desired, state, every if selected is None else selected)

    def read_from(
        self,
        commerce: Commerce,
        customer: Customer,
        desired: Sequence[Desired],
        state: CustomerState | None,
        selected: frozenset[Address],
    ) -> Facts:
        """Returns the facts of a customer with the list of subscriptions that this `commerce` has of it."""
        return Facts(
            customer=customer,
            desired=tuple(desired),
            selected=selected,
            state=state,
            subscriptions=_answer(lambda: commerce.subscriptions(customer.tenant)),
            last_order=self._last_order(customer, desired),
        )

    def answered(self, facts: Facts, questions: Iterable[planning.Question]) -> Facts:
        """Returns the facts with the answers to these questions."""
        for question in questions:
            facts = self._answered(facts, question)
        return facts

    def circumstances(self) -> Circumstances:
        """Returns what holds for the whole run."""
        return Circumstances(
            now=self.commerce.now(),
            lag=self.commerce.clocks.lag,
            cloud=self.settings.cloud,
            token_kind=self.commerce.token_kind,
            mpn_id=self.settings.partner.mpn_id,
            resellers=self.settings.partner.resellers,
            capabilities=self.capabilities,
            wait=self.settings.wait,
            strict_names=self.settings.names is NameCheck.STRICT,
            written_as=self.names,
            catalogue_names=self.catalogue_names,
            accepted=self.accepted,
            partner_on_record_attested=self.settings.orders.attest_partner_on_record,
            prices=self.prices,
        )

    def _answered(self, facts: Facts, question: planning.Question) -> Facts:
        tenant = facts.customer.tenant
        match question:
            case planning.UpgradesWanted(subscription_id):
                options = _answer(lambda: self.commerce.upgrades(tenant, subscription_id))
                return replace(facts, upgrades={**facts.upgrades, subscription_id: options})
            case planning.TransitionsWanted(subscription_id):
                offered = _answer(lambda: self.commerce.transition_options(tenant, subscription_id))
                return replace(facts, transitions={**facts.transitions, subscription_id: offered})
            case planning.SubscriptionWanted(subscription_id):
                found = _answer(lambda: self.commerce.subscription(tenant, subscription_id))
                return replace(facts, details={**facts.details, subscription_id: found})
            case planning.PromotionWanted(promotion_id, country):
                promotion = self._shared.answer(question, lambda: self.commerce.promotion(promotion_id, country))
                return replace(facts, promotions={**facts.promotions, question: promotion})
            case planning.SkuWanted(offer_id, market, segment):
                sku = self._shared.answer(question, lambda: self.commerce.sku(offer_id, market, segment))
                return replace(facts, skus={**facts.skus, question: sku})
            case planning.OrdersWanted():
                return replace(facts, orders=_answer(lambda: self.commerce.orders(tenant)))
            case planning.AgreementWanted():
                return replace(facts, agreement=_answer(lambda: self.commerce.agreement(tenant)))
            case planning.RelationshipWanted():
                return replace(facts, relationship=_answer(lambda: self.commerce.relationship(tenant)))
            case planning.RelationshipLinkWanted():
                return replace(facts, relationship_link=self._shared.answer(question, self.commerce.relationship_link))

    def _last_order(self, customer: Customer, desired: Sequence[Desired]) -> str | None:
        """The key of the last order that the estate began for a customer; not asked for where none is declared."""
        return (
            self._last_orders.get(customer.tenant)
            if any(order_key(entry.subscription_id) for entry in desired)
            else None
        )

    @cached_property
    def _last_orders(self) -> Mapping[str, str]:
        return self.noted_orders()

    @cached_property
    def _shared(self) -> "_Shared":
        return _Shared()


class _Shared:
    """Questions to the service that are each sent once, however many threads need the answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[planning.Question, Any] = {}

    def answer(self, question: planning.Question, ask: Callable[[], "_Read"]) -> "_Read | ServiceError":
        with self._lock:
            if question not in self._answers:
                self._answers[question] = _answer(ask)
            found: _Read | ServiceError = self._answers[question]
            return found


_Read = TypeVar("_Read")


def _answer(ask: Callable[[], _Read]) -> _Read | ServiceError:
    try:
        return ask()
    except ENDS_RUN:
        raise
    except ServiceError as error:
        return error
