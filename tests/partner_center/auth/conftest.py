"""A directory that answers on this machine, trusted for the length of a test, and the sign-ins made for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from reconciler.model.settings import Partner
from reconciler.partner_center.auth.choice import Choice
from reconciler.partner_center.clouds import CLOUDS
from tests.partner_center.auth.directory import CLIENT, TENANT, Directory, KeyPair, SignIns, key_pair, serving


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def certificate() -> KeyPair:
    """An application's own."""
    return key_pair()


@pytest.fixture
def directory(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Directory]:
    """The directory, its certificate authority trusted, and no proxy in the way."""
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    for name in ("HTTPS_PROXY", "ALL_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serving(Directory(), authority) as served:
        yield served


@pytest.fixture
def sign_in(directory: Directory, tmp_path: Path) -> SignIns:
    """Returns what a sign-in is chosen from: `sign_in(RECONCILER_CLIENT_SECRET=…)`, at this directory."""

    def choice(**variables: str) -> Choice:
        environment = {
            "RECONCILER_TENANT_ID": TENANT,
            "RECONCILER_CLIENT_ID": CLIENT,
            "RECONCILER_AUTHORITY_HOST": directory.host,
            **variables,
        }
        return Choice(
            cloud=CLOUDS["worldwide"],
            partner=Partner(),
            environment={name: value for name, value in environment.items() if value},
            azure_names=True,
            folder=tmp_path / "kept",
            sleep=lambda _: None,
        )

    return choice
