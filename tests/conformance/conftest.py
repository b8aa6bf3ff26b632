"""The service under test: `--endpoint URL --token-env NAME`, or the emulator over HTTP where none is named.

    pytest tests/conformance
    pytest tests/conformance --endpoint https://api.partnercenter.microsoft.com
    pytest tests/conformance -n0 --endpoint http://127.0.0.1:8080 --writes

Against a named endpoint only the read-only part runs, unless `--writes` says that it may be changed.
"""

import os
from collections.abc import Iterator

import httpx
import pytest

from reconciler.model.errors import ServiceRefused
from reconciler.model.subscription import Live
from reconciler.partner_center.auth import StaticToken
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.http.endpoint import check_endpoint, is_loopback
from tests.worlds import WorldFile

CUSTOMERS_LOOKED_AT = 20


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance")
    group.addoption("--endpoint", help="the Partner Center API to ask, without /v1; default: the emulator")
    group.addoption("--token-env", default="RECONCILER_ACCESS_TOKEN", help="the variable that holds a bearer token")
    group.addoption("--writes", action="store_true", help="also change subscriptions: only for what can be thrown away")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "writes: changes subscriptions; skipped against a named endpoint")


@pytest.fixture(scope="session")
def endpoint(pytestconfig: pytest.Config) -> str | None:
    """The endpoint that the caller names; None: the emulator."""
    named = pytestconfig.getoption("--endpoint", None)
    return check_endpoint(named) if named else None


@pytest.fixture(scope="session")
def token(pytestconfig: pytest.Config, endpoint: str | None) -> str:
    """The token of the environment; on this machine any will do, since only an emulator answers there."""
    name = pytestconfig.getoption("--token-env", "")
    emulated = endpoint is None or is_loopback(httpx.URL(endpoint).host)
    found = os.environ.get(name, "") or (emulated and "a-user-of-the-emulator")
    if not found:
        pytest.fail(f"the environment has no token in {name}")
    return found


@pytest.fixture(autouse=True)
def _writes_only_where_allowed(request: pytest.FixtureRequest, endpoint: str | None) -> None:
    allowed = endpoint is None or request.config.getoption("--writes", default=False)
    if request.node.get_closest_marker("writes") and not allowed:
        pytest.skip("changes subscriptions; --writes allows that")
    if endpoint and allowed and hasattr(request.config, "workerinput"):
        pytest.fail("with --writes give -n0 too: who reads at the same time would see the changes")


@pytest.fixture(scope="session")
def base_url(endpoint: str | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service's address; the emulator's is of a server on its first day."""
    if endpoint:
        yield endpoint
        return
    with WorldFile(tmp_path_factory.mktemp("emulator") / "world.json").served() as address:
        yield address


@pytest.fixture(scope="session")
def commerce(base_url: str, token: str) -> Iterator[PartnerCenter]:
    with PartnerCenter(base_url=base_url, tokens=StaticToken(token), requests_per_minute=500) as client:
        yield client


@pytest.fixture(scope="session")
def estate(commerce: PartnerCenter) -> dict[str, tuple[Live, ...]]:
    """The subscriptions of the first customers, by tenant; whoever can't be read is left out."""
    found: dict[str, tuple[Live, ...]] = {}
    for account in commerce.accounts():
        if len(found) == CUSTOMERS_LOOKED_AT:
            break
        try:
            found[account.tenant] = commerce.subscriptions(account.tenant).lives
        except ServiceRefused:
            continue
    return found
