"""Any history of an estate: the rules of what may happen, and what holds whatever happens."""

import shutil
import tempfile
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from reconciler.model.address import Address
from reconciler.model.errors import InvalidInput
from reconciler.model.plan import Plan
from reconciler.sandbox import Fault, FaultKind, Sold, SourceFate
from reconciler.sandbox.catalogue import BUSINESS, BUSINESS_PREMIUM, E1, E3, E5, EXCHANGE_2, M365_E3, PROPLUS
from reconciler.sandbox.tenants import derived_id
from tests.histories.mortality import Process
from tests.histories.reseller import Reseller

OFFERS = st.sampled_from([BUSINESS, BUSINESS_PREMIUM, PROPLUS, E1, E3, E5, EXCHANGE_2, M365_E3])
QUANTITIES = st.sampled_from([10, 25, 26])
ADDRESSES = st.sampled_from(
    [
        Address(one)
        for one in ("contoso/branch", "contoso/frontline", "contoso/office", "litware/mail", "litware/office")
    ]
)
HABITS = {one for one in FaultKind if one.habit}
ACCIDENTS = st.sampled_from([one for one in FaultKind if one not in HABITS])
SOON = st.integers(min_value=0, max_value=12)

ROUNDS = 12
"""In so many applies, with a person following up each block, any estate must come to rest."""


class Histories(RuleBasedStateMachine):
    """An estate to which anything may happen. At the end the world is healed, and the estate must come to rest."""

    idempotent: ClassVar[bool]
    plans: Bundle[Plan] = Bundle("plans")
