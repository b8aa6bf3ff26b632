"""Looks up what planning asks for: reads a customer, plans, answers the plan's questions, and plans again."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from reconciler import manifests, planning
from reconciler.model.address import Address
from reconciler.model.capabilities import Capabilities
from reconciler.model.errors import ENDS_RUN, ServiceError
from reconciler.model.ports import Commerce
from reconciler.model.prices import NO_PRICES, Prices
from reconciler.model.promotion import Promotion
from reconciler.model.settings import NameCheck, Settings
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Customer, Desired, Listing, Live, Relationship
from reconciler.model.transition import TransitionOption
from reconciler.model.upgrade import UpgradeOption
from reconciler.operations.workspace import Workspace
from reconciler.planning import Circumstances, CustomerPlan, Facts


@dataclass(frozen=True, kw_only=True)
class Lookups:
    """Plans single customers against the live service. Nothing but GETs, and no more of them than planning asks for.

    `names` is the catalogue's name of an offer by its id. Raises the errors that end a run (`ENDS_RUN`); any other
    ServiceError is a fact about the one customer whose reading met it.
    """

    commerce: Commerce
    settings: Settings
    capabilities: Capabilities = field(default_factory=Capabilities)
    names: Mapping[str, str] = field(default_factory=dict)
    accepted: frozenset[Address] = frozenset()
    prices: Prices = NO_PRICES

    @classmethod
    def of(cls, workspace: Workspace) -> "Lookups":
        """Returns the lookups of a run; the relationship link is asked for once by all that share them."""
        return cls(
            commerce=workspace.commerce,
            settings=workspace.settings,
            capabilities=workspace.capabilities,
            names=manifests.written_as(workspace.estate.catalogue),
            accepted=workspace.accepted,
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
        return Facts(
            customer=customer,
            desired=tuple(desired),
            selected=frozenset(item.address for item in desired) if selected is None else selected,
            state=state,
            subscriptions=_answer(lambda: self.commerce.subscriptions(customer.tenant)),
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
            accepted=self.accepted,
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
            case planning.RelationshipWanted():
                return replace(facts, relationship=_answer(lambda: self.commerce.relationship(tenant)))
            case planning.RelationshipLinkWanted():
                return replace(facts, relationship_link=self._shared.answer(question, self.commerce.relationship_link))

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


_Read = TypeVar(
    "_Read", str, Listing, Promotion, Live, tuple[UpgradeOption, ...], tuple[TransitionOption, ...], Relationship
)


def _answer(ask: Callable[[], _Read]) -> _Read | ServiceError:
    try:
        return ask()
    except ENDS_RUN:
        raise
    except ServiceError as error:
        return error
