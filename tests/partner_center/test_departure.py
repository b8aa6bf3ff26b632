"""A write has its turn and its connection before it is looked at again, and leaves at once then."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from reconciler.model.errors import NoAnswer, NotSent, Overtaken, Problem
from reconciler.partner_center.auth import StaticToken
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.http.retry import Retries
from reconciler.partner_center.wire.upgrades import option
from reconciler.system.clock import Clock
from tests.partner_center.service import (
    API,
    SOURCE,
    TENANT,
    TICKET,
    TOKEN,
    Script,
    answer,
    page,
    refused,
    upgrade,
    upgrade_result,
)
from tests.partner_center.virtual_time import VirtualClock


class Looks:
    """A look whose ages are given; the last one holds for ever. It does something at each look."""

    def __init__(self, *ages: float, do: Callable[[], object] = lambda: None) -> None:
        self._ages = list(ages)
        self._do = do
        self.count = 0

    @property
    def age(self) -> float:
        return self._ages.pop(0) if len(self._ages) > 1 else self._ages[0]

    def __call__(self) -> None:
        self.count += 1
        self._do()


def bought(commerce: PartnerCenter, look: Looks) -> None:
    commerce.upgrade(TENANT, SOURCE, option(upgrade()), 25, TICKET, look)


def client(transport: httpx.BaseTransport, **how: object) -> PartnerCenter:
    retries = Retries(sleep=lambda _: None)
    return PartnerCenter(
        **{"base_url": API, "tokens": StaticToken(TOKEN), "transport": transport, "retries": retries, **how}  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("age", "looks"), [(0, 0), (2, 0), (2.01, 1), (90, 1)])
def test_what_was_looked_at_within_two_seconds_is_not_looked_at_again(age: float, looks: int) -> None:
    look = Looks(age)
    bought(client(Script(answer(upgrade_result()))), look)
    assert look.count == looks


@pytest.mark.parametrize("refusal", [httpx.Response(429), httpx.ConnectError("refused")])
def test_every_attempt_after_a_refused_one_is_after_another_look(refusal: httpx.Response | Exception) -> None:
    look, script = Looks(0), Script(refusal, refusal, answer(upgrade_result()))
    bought(client(script), look)
    assert (look.count, len(script.requests)) == (2, 3)


def test_a_token_that_was_refused_leads_to_another_look_too() -> None:
    class Two(StaticToken):
        def instead_of(self, rejected: str) -> str | None:  # noqa: ARG002 - there is one more
            return "another"

    look = Looks(0)
    bought(client(Script(refused(401, 800001), answer(upgrade_result())), tokens=Two(TOKEN)), look)
    assert look.count == 1


def test_what_the_look_finds_changed_ends_the_write() -> None:
    def changed() -> None:
        raise Overtaken(Problem(where=None, what="It changed.", remedy="Plan again."))

    script = Script(answer(upgrade_result()))
    with pytest.raises(Overtaken):
        bought(client(script), Looks(3, do=changed))
    assert script.requests == []


def test_a_look_that_lasts_until_the_write_is_too_late_ends_it() -> None:
    now = [0.0]
    script = Script(answer(upgrade_result()))
    commerce = client(script, retries=Retries(clock=Clock(elapsed=lambda: now[0])))
    with pytest.raises(NotSent, match="could not leave in time"):
        bought(commerce, Looks(3, do=lambda: now.__setitem__(0, 91.0)))
    assert script.requests == []


def test_the_looks_own_reads_do_not_wait_for_the_turn_that_the_write_holds() -> None:
    """With one request a minute they would wait for each other for ever."""
    clock = VirtualClock()
    script = Script(answer(page()), answer(upgrade_result()))
    commerce = client(script, retries=Retries(sleep=clock.sleep, clock=Clock(elapsed=clock.now)), requests_per_minute=1)
    clock.together([lambda: bought(commerce, Looks(3, do=lambda: commerce.subscriptions(TENANT)))], 1)
    assert [request.method for request in script.requests] == ["GET", "POST"]
    assert clock.now() == 0


def test_a_write_that_does_not_leave_gives_its_turn_back() -> None:
    def changed() -> None:
        raise Overtaken(Problem(where=None, what="It changed.", remedy="Plan again."))

    commerce = client(Script(answer(page())), requests_per_minute=1)
    with pytest.raises(Overtaken):
        bought(commerce, Looks(3, do=changed))
    assert commerce.subscriptions(TENANT).lives == ()


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A server's address, and what happens there, in order. It reads a request and closes the connection."""
    happened: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                happened.append("connected")
                connection.recv(1)
                happened.append("sent")

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", happened
        thread.join(timeout=5)


def test_a_connection_that_took_long_to_make_is_there_before_the_look() -> None:
    with listening() as (url, happened):
        look = Looks(0, 3, do=lambda: happened.append("looked"))
        with client(None, base_url=url, retries=Retries(attempts=1)) as commerce, pytest.raises(NoAnswer):  # type: ignore[arg-type]
            bought(commerce, look)
    assert sorted(happened[:2]) == ["connected", "looked"]
    assert happened[2:] == ["sent"]
