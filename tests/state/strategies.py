"""Any state at all, and any damage to its text."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from reconciler.changes.resize import ResizeRequest
from reconciler.documents.state import dump
from reconciler.model.address import NAME, Address
from reconciler.model.binding import Bound
from reconciler.model.change import Before
from reconciler.model.customer import Customer
from reconciler.model.pending import Pending
from reconciler.model.renewal import AtRenewal
from reconciler.model.request import UpgradeRequest
from reconciler.model.result import Outcome, Result, UnassignedUser
from reconciler.model.run import Process, Run
from reconciler.model.state import CustomerState
from reconciler.model.upgrade import UpgradeError
from tests.state.states import a_full_state

texts = st.text(st.characters(codec="utf-8"), max_size=12)
spoken = st.text(st.characters(codec="utf-8", exclude_characters="@"), max_size=12)
names = st.from_regex(NAME, fullmatch=True).filter(lambda name: len(name) < 20)
integers = st.integers(min_value=0, max_value=2**70)
moments = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2199, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 (the strategy wants bounds without a zone)
seconds = st.floats(allow_nan=False, allow_infinity=False)


def perhaps(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.none() | strategy


def several(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, max_size=3).map(tuple)


def runs(process: st.SearchStrategy[Process | None]) -> st.SearchStrategy[Run]:
    return st.builds(Run, id=texts, actor=texts, url=perhaps(texts), commit=perhaps(texts), process=process)


processes = st.builds(Process, host=texts, booted_at=seconds, pid=integers, started_at=seconds)
befores = st.builds(Before, offer_id=texts, offer_name=texts, quantity=integers, status=texts, etag=perhaps(texts))
bounds = st.builds(
    Bound,
    id=texts,
    previous_ids=several(texts),
    offer_id=texts,
    offer_name=texts,
    quantity=integers,
    status=texts,
    visible=st.booleans(),
    observed_at=moments,
    platform=perhaps(texts),
    term=perhaps(texts),
    billing=perhaps(texts),
    term_ends=st.none() | moments,
    renewal=st.none() | st.builds(AtRenewal, outcome=texts, quantity=st.none() | integers),
    scheduled_by=perhaps(texts),
)
requests = st.builds(
    UpgradeRequest,
    kind=st.just("upgrade"),
    type=texts,
    target_offer_id=texts,
    target_offer_name=texts,
    quantity=integers,
) | st.builds(ResizeRequest, kind=st.just("resize"), quantity=integers)
pendings = st.builds(
    Pending,
    request=requests,
    run=runs(st.none() | processes),
    request_id=texts,
    attempts=integers,
    correlation_id=texts,
    started_at=moments,
    resent_at=st.none() | moments,
    owned_until=st.none() | moments,
    hold_until=st.none() | moments,
    operation=perhaps(texts),
    subscription_id=texts,
    known_subscription_ids=several(texts),
    before=befores,
)
upgrade_errors = st.builds(UpgradeError, code=texts, number=st.none() | integers, description=spoken, details=spoken)
results = st.builds(
    Result,
    address=st.tuples(names, names).map(lambda pair: Address("/".join(pair))),
    request=requests,
    outcome=st.sampled_from(Outcome),
    subscription_id=texts,
    target_subscription_id=perhaps(texts),
    request_id=texts,
    correlation_id=texts,
    started_at=moments,
    finished_at=moments,
    upgrade_errors=several(upgrade_errors),
    license_errors=several(st.builds(UnassignedUser, user_object_id=texts, codes=several(texts))),
    plan_fingerprint=perhaps(texts),
    unanswered=st.none() | pendings.map(lambda item: replace(item, run=replace(item.run, process=None))),
    run=runs(st.none()),
)
states = st.builds(
    CustomerState,
    lineage=texts.filter(bool),
    serial=integers,
    customer=st.builds(Customer, name=names, tenant=texts),
    subscriptions=st.dictionaries(names, bounds, max_size=3),
    pending=st.dictionaries(names, pendings.map(lambda pending: {pending.action: pending}), max_size=2),
    results=several(results),
)

WHOLE = dump(a_full_state())
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@st.composite
def cut_and_pasted(draw: st.DrawFn) -> str:
    """The text of a state with a piece of it replaced by another piece, or by anything."""
    places = st.integers(min_value=0, max_value=len(WHOLE))
    start, end = sorted((draw(places), draw(places)))
    first, last = sorted((draw(places), draw(places)))
    return WHOLE[:start] + draw(st.just("") | st.just(WHOLE[first:last]) | st.text(max_size=8)) + WHOLE[end:]


@st.composite
def with_another_value(draw: st.DrawFn) -> str:
    """The text of a state in which one value, however deep, is another JSON value."""
    document = json.loads(WHOLE)
    inside: Any = document
    while True:
        key = draw(st.sampled_from(sorted(inside) if isinstance(inside, dict) else range(len(inside))))
        if not (isinstance(inside[key], dict | list) and inside[key] and draw(st.booleans())):
            inside[key] = draw(json_values)
            return json.dumps(document)
        inside = inside[key]
