"""Tokens during a long run: renewed in time, once for all threads, and again where one stops being accepted."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest

from reconciler.model.errors import AuthenticationFailed, NoAnswer, Problem
from reconciler.partner_center.auth import making
from reconciler.partner_center.auth.renewal import PAUSE, RENEW_BEFORE, Grant, RenewedTokens
from reconciler.partner_center.auth.tokens import TokenSource
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.wire.upgrades import option
from reconciler.system.clock import Clock as MachineClock
from tests.partner_center.auth.directory import SECRET, Directory, SignIns
from tests.partner_center.service import (
    API,
    SOURCE,
    TENANT,
    TICKET,
    Script,
    answer,
    page,
    raw,
    refused,
    upgrade,
    upgrade_result,
)

THREADS = 16
LIFE = 3600.0


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


class Counted:
    """A sign-in whose tokens are numbers, and which fails when told to."""

    kind = "app"

    def __init__(self) -> None:
        self.given = 0
        self.asked = 0
        self.failing = False

    def grant(self, *, anew: bool) -> Grant:
        assert anew is (self.given > 0)
        self.asked += 1
        if self.failing:
            raise AuthenticationFailed(Problem(where=None, what="It is revoked.", remedy="Sign in anew."))
        self.given += 1
        return Grant(token=str(self.given), seconds=LIFE)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def counted() -> Counted:
    return Counted()


@pytest.fixture
def tokens(counted: Counted, clock: Clock) -> RenewedTokens:
    return RenewedTokens(counted, MachineClock(elapsed=clock))


class Ear(Script):
    """Notes the token of each request as it comes by: one that is sent again is the same object."""

    def __init__(self, *answers: httpx.Response) -> None:
        super().__init__(*answers)
        self.heard: list[tuple[str, str, bytes]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        self.heard.append((token, request.headers["MS-RequestId"], request.content))
        return super().handle_request(request)

    @property
    def borne(self) -> list[str]:
        return [token for token, *_ in self.heard]


def client(tokens: TokenSource, *answers: httpx.Response) -> tuple[PartnerCenter, Ear]:
    script = Ear(*answers)
    return PartnerCenter(base_url=API, tokens=tokens, transport=script), script


def at_once(tokens: TokenSource) -> list[str]:
    """Returns what sixteen threads get that ask together."""
    start = Barrier(THREADS)

    def ask(_: int) -> str:
        start.wait()
        return tokens.token()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(ask, range(THREADS)))


def test_sixteen_threads_make_one_request_at_first_and_one_to_renew(directory: Directory, sign_in: SignIns) -> None:
    directory.lifetime = 2
    clock = Clock()
    tokens = making.tokens(sign_in(RECONCILER_CLIENT_SECRET=SECRET))
    assert isinstance(tokens, RenewedTokens)
    tokens._clock = MachineClock(elapsed=clock)  # noqa: SLF001 - so that nobody waits for the token's end

    first = at_once(tokens)
    clock.time = 1.5
    second = at_once(tokens)

    assert [set(first), set(second)] == [{item} for item in directory.issued]
    assert len(directory.grants) == 2


def test_sixteen_threads_whose_token_is_rejected_make_one_request(tokens: RenewedTokens, counted: Counted) -> None:
    rejected = tokens.token()

    with ThreadPoolExecutor(THREADS) as pool:
        found = set(pool.map(lambda _: tokens.instead_of(rejected), range(THREADS)))

    assert (found, counted.asked) == ({"2"}, 2)


def test_a_token_is_kept_until_some_minutes_before_its_end(tokens: RenewedTokens, clock: Clock) -> None:
    assert tokens.token() == "1"
    clock.time = LIFE - RENEW_BEFORE - 1
    assert tokens.token() == "1"
    clock.time += 1
    assert tokens.token() == "2"


def test_a_renewal_that_fails_does_no_harm_while_the_token_is_good(
    tokens: RenewedTokens, counted: Counted, clock: Clock
) -> None:
    tokens.token()
    counted.failing = True
    clock.time = LIFE - RENEW_BEFORE

    assert [tokens.token() for _ in range(3)] == ["1"] * 3
    assert counted.asked == 2, "it is not asked again at every request"
    counted.failing = False
    clock.time += PAUSE
    assert tokens.token() == "2"


def test_a_renewal_that_fails_until_the_end_is_an_error(tokens: RenewedTokens, counted: Counted, clock: Clock) -> None:
    tokens.token()
    counted.failing = True
    clock.time = LIFE

    with pytest.raises(AuthenticationFailed, match="revoked"):
        tokens.token()


def test_a_refused_sign_in_is_not_repeated_by_every_thread(tokens: RenewedTokens, counted: Counted) -> None:
    counted.failing = True

    for _ in range(3):
        with pytest.raises(AuthenticationFailed, match="revoked"):
            tokens.token()

    assert counted.asked == 1


def test_a_read_that_is_not_authorised_is_repeated_once_with_another_token(tokens: RenewedTokens) -> None:
    service, script = client(tokens, raw("", 401), answer(page()))

    assert service.subscriptions(TENANT).lives == ()
    assert script.borne == ["1", "2"]


def test_a_write_that_is_not_authorised_is_repeated_once_under_the_same_ticket(tokens: RenewedTokens) -> None:
    service, script = client(tokens, refused(401, 800001), answer(upgrade_result()))

    service.upgrade(TENANT, SOURCE, option(upgrade()), 25, TICKET)

    assert script.borne == ["1", "2"]
    assert {request_id for _, request_id, _ in script.heard} == {TICKET.request_id}
    assert script.heard[0][2] == script.heard[1][2]


def test_a_write_whose_401_may_be_a_gateways_is_not_repeated(tokens: RenewedTokens) -> None:
    service, script = client(tokens, raw("", 401), answer(upgrade_result()))

    with pytest.raises(NoAnswer):
        service.upgrade(TENANT, SOURCE, option(upgrade()), 25, TICKET)

    assert script.borne == ["1"]


def test_where_no_token_is_accepted_each_request_leaves_twice_at_most(
    tokens: RenewedTokens, counted: Counted, clock: Clock
) -> None:
    service, script = client(tokens, raw("", 401))

    for _ in range(3):
        with pytest.raises(AuthenticationFailed):
            service.subscriptions(TENANT)

    assert script.borne == ["1", "2", "2", "2"]
    assert counted.asked == 2
    clock.time = PAUSE
    assert tokens.instead_of("2") == "3"


def test_a_revoked_sign_in_is_told_as_such_when_a_token_stops_being_accepted(
    tokens: RenewedTokens, counted: Counted
) -> None:
    service, _ = client(tokens, raw("", 401))
    tokens.token()
    counted.failing = True

    with pytest.raises(AuthenticationFailed, match="revoked"):
        service.subscriptions(TENANT)
