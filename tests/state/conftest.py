"""The object stores' emulators, started once."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.state.emulators import Emulator, azurite, s3


@pytest.fixture(scope="session")
def azure_server() -> Iterator[Emulator]:
    with azurite() as emulator:
        yield emulator


@pytest.fixture(scope="session")
def s3_server() -> Iterator[Emulator]:
    with s3() as emulator:
        yield emulator


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """For a server of this machine, signed by an authority that this machine trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authorities.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authorities.pem"))
    return _context(authority)


@pytest.fixture
def untrusted() -> ssl.SSLContext:
    """For a server of this machine, signed by an authority that nobody knows."""
    return _context(trustme.CA())


def _context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context
