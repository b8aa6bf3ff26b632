"""A snapshot answers as the service answered, holds nobody's name, and is refused once altered."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from reconciler.documents.snapshot import FORMAT, Snapshot, dump, load
from reconciler.documents.text import digest
from reconciler.model.commerce import Commerce, Ticket
from reconciler.model.errors import InvalidInput, NotInSnapshot, ServiceError, ServiceRefused, StateUnavailable
from reconciler.model.order import Agreement
from reconciler.model.result import UnassignedUser
from reconciler.model.run import Process, Run
from reconciler.model.state import CustomerState
from reconciler.partner_center.auth import StaticToken
from reconciler.partner_center.client import PartnerCenter
from reconciler.sandbox import Sold, Tenant, World, application
from reconciler.sandbox.catalogue import BUSINESS
from reconciler.snapshot import Recorder, Remembered, Replay
from tests.planning.cases import NOW, bound, option, pending, result, state
from tests.requested import a_resize

MINE = Tenant(
    name="contoso",
    display_name="Contoso Ltd",
    subscriptions=[Sold(offer=BUSINESS, quantity=25, name="Ann's own"), Sold(offer=BUSINESS, quantity=3)],
)
GONE = Tenant(name="gone", relationship="none")
COPILOT, NOT_SOLD = "CFQ7TTC0MM8R:0001", "CFQ7TTC00000:0001"
OFFICE, OTHER = (sold.id for sold in MINE.subscriptions)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Commerce]:
    """The service itself."""
    World(customers=[MINE, GONE]).save(tmp_path / "world.json")
    transport = httpx.WSGITransport(app=application(tmp_path / "world.json"))
    tokens = StaticToken("somebody", kind="app+user")
    with PartnerCenter(base_url="https://sandbox.invalid", tokens=tokens, transport=transport) as commerce:
        yield commerce


def refusal(ask: Commerce, tenant: str) -> ServiceError:
    with pytest.raises(ServiceError) as refused:
        ask.subscriptions(tenant)
    return refused.value


def again(recorder: Recorder, *states: CustomerState) -> Snapshot:
    """Returns what was recorded, written and read."""
    return load(dump(recorder.snapshot("sandbox", "11111111", states)), "snapshot.json")


@pytest.fixture
def replay(live: Commerce) -> Replay:
    """A snapshot of everything but the upgrades of OTHER."""
    recorder = Recorder(live)
    recorder.subscriptions(MINE.tenant)
    recorder.upgrades(MINE.tenant, OFFICE)
    recorder.relationship(MINE.tenant)
    recorder.relationship_link()
    refusal(recorder, GONE.tenant)
    return Replay(again(recorder))


def test_subscriptions_are_those_of_the_service_without_what_people_called_them(live: Commerce, replay: Replay) -> None:
    kept = tuple(replace(item, friendly_name="") for item in live.subscriptions(MINE.tenant).lives)

    assert replay.subscriptions(MINE.tenant).lives == kept
    assert replay.subscription(MINE.tenant, OFFICE) == kept[0]


def test_upgrades_and_relationships_are_those_of_the_service(live: Commerce, replay: Replay) -> None:
    assert replay.upgrades(MINE.tenant, OFFICE) == tuple(
        replace(upgrade, body=None) for upgrade in live.upgrades(MINE.tenant, OFFICE)
    )
    assert replay.relationship(MINE.tenant) == live.relationship(MINE.tenant)
    assert replay.relationship_link() == live.relationship_link()
    assert (replay.token_kind, replay.audit(MINE.tenant, NOW)) == (live.token_kind, ())


def test_a_refusal_is_given_again_as_the_service_gave_it(live: Commerce, replay: Replay) -> None:
    said, again_said = refusal(live, GONE.tenant), refusal(replay, GONE.tenant)

    assert isinstance(again_said, ServiceRefused)
    assert (again_said.status, again_said.code, again_said.remedy) == (said.status, said.code, said.remedy)


def test_an_orders_questions_are_answered_as_the_service_answered_them(live: Commerce) -> None:
    recorder = Recorder(live)
    item = recorder.sku(COPILOT, "US", None)
    assert recorder.sku(NOT_SOLD, "US", None) is None
    (order, *_) = recorder.orders(MINE.tenant)
    replay = Replay(again(recorder))

    assert (replay.sku(COPILOT, "US", None), replay.sku(NOT_SOLD, "US", None)) == (item, None)
    assert replay.orders(MINE.tenant)[0] == replace(order, lines=(replace(order.lines[0], friendly_name=""),))
    for ask in (lambda: replay.sku(COPILOT, "DE", None), lambda: replay.agreement(MINE.tenant)):
        with pytest.raises(NotInSnapshot, match="does not hold"):
            ask()


def test_a_refused_question_of_an_order_is_given_again_and_the_noted_orders_too(live: Commerce) -> None:
    recorder = Recorder(live)
    with pytest.raises(ServiceRefused):
        recorder.orders(GONE.tenant)
    recorder.agreement(MINE.tenant)
    taken = load(dump(recorder.snapshot("sandbox", "11111111", (), {MINE.tenant: "2026-11-copilot"})), "s.json")

    with pytest.raises(ServiceRefused):
        Replay(taken).orders(GONE.tenant)
    assert Replay(taken).agreement(MINE.tenant) is Agreement.ACCEPTED
    assert Remembered(taken, "s.json").last_orders() == {MINE.tenant: "2026-11-copilot"}


def test_what_was_not_asked_is_missing_and_never_empty(replay: Replay) -> None:
    for ask in (
        lambda: replay.upgrades(MINE.tenant, OTHER),
        lambda: replay.subscriptions(str(uuid4())),
        lambda: replay.subscription(MINE.tenant, str(uuid4())),
        lambda: replay.offers("US"),
    ):
        with pytest.raises(NotInSnapshot, match="does not hold"):
            ask()


def test_nothing_is_written_by_way_of_a_snapshot(live: Commerce, replay: Replay) -> None:
    ticket, seen = Ticket(request_id="1", correlation_id="2"), replay.subscriptions(MINE.tenant).lives[0]
    for service in (Recorder(live), replay):
        with pytest.raises(ServiceRefused):
            service.upgrade(MINE.tenant, OFFICE, option(), 25, ticket)
        with pytest.raises(ServiceRefused):
            service.update(MINE.tenant, seen, a_resize(3), ticket)


def test_the_state_is_remembered_without_the_people_in_it(live: Commerce) -> None:
    ann = Run(id="run-1", actor="ann@example.com", process=Process(host="ann-pc", booted_at=1, pid=2, started_at=3))
    left = UnassignedUser(user_object_id="eeeeeeee-0000-4000-8000-000000000009")
    results = (result(request_id="1"), replace(result(request_id="2"), run=ann, license_errors=(left,)))
    whole = replace(state({"office": replace(pending(), run=ann)}, results), subscriptions={"office": bound()})
    text = dump(Recorder(live).snapshot("sandbox", "11111111", [whole]))

    store = Remembered(load(text, "s.json"), "the snapshot s.json")
    kept = store.read("contoso")

    assert kept
    assert kept.state.subscriptions == whole.subscriptions
    assert (kept.state.last_request_id(result().address), store.customers()) == ("2", ("contoso",))
    assert not any(word in text for word in ("ann@", "ann-pc", "eeeeeeee-0000"))


def test_nothing_is_written_to_the_state_of_a_snapshot(live: Commerce) -> None:
    store = Remembered(again(Recorder(live), state()), "the snapshot s.json")

    assert (store.lineage(), store.read("nobody"), store.held("contoso")) == ("11111111", None, None)
    for write in (
        lambda: store.establish("1"),
        lambda: store.write(state(), None),
        lambda: store.lock("contoso", "apply", Run(id="1", actor="")),
        lambda: store.unlock("contoso", "1"),
    ):
        with pytest.raises(StateUnavailable):
            write()


def test_the_same_snapshot_is_the_same_text(live: Commerce) -> None:
    recorder = Recorder(live)
    recorder.subscriptions(MINE.tenant)
    taken = replace(recorder.snapshot("sandbox", None, []), taken_at=NOW)

    assert dump(load(dump(taken), "s.json")) == dump(taken)
    assert dump(taken).isascii()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace('"quantity":25', '"quantity":26', 1),
        lambda text: text[:-20],
        lambda text: text + " ",
        lambda text: text.replace("sha256:", "sha256:0", 1),
    ],
    ids=["a figure", "cut short", "something behind it", "another fingerprint"],
)
def test_an_altered_snapshot_is_refused(live: Commerce, spoil: Callable[[str], str]) -> None:
    recorder = Recorder(live)
    recorder.subscriptions(MINE.tenant)

    with pytest.raises(InvalidInput, match="altered or cut short"):
        load(spoil(dump(recorder.snapshot("sandbox", None, []))), "s.json")


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "\x00", '{"format_version": "1.0"}'])
def test_what_is_no_snapshot_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="no snapshot"):
        load(text, "s.json")


def test_a_snapshot_of_another_format_is_refused_by_its_number(live: Commerce) -> None:
    text = dump(Recorder(live).snapshot("sandbox", None, []))

    with pytest.raises(InvalidInput, match="format 9"):
        load(signed(text.replace(f'"format_version":{FORMAT.version}', '"format_version":9')), "s.json")


def signed(text: str) -> str:
    """The text with a fingerprint that fits it."""
    rest = text.partition("\n")[2]
    return f'{{"fingerprint":"{digest(rest.encode())}",\n{rest}'


def test_members_of_the_file_are_one_customer_a_line(live: Commerce) -> None:
    recorder = Recorder(live)
    recorder.subscriptions(MINE.tenant)
    text = dump(replace(recorder.snapshot("sandbox", None, []), taken_at=NOW + timedelta(days=1)))

    assert json.loads(text)["taken_at"] == "2026-03-03T12:00:00Z"
    assert sum(line.startswith('{"tenant"') for line in text.splitlines()) == 1
