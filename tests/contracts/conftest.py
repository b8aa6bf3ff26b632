"""The object stores' emulators, started once."""

from collections.abc import Iterator

import pytest

from tests.state.emulators import Emulator, azurite, s3


@pytest.fixture(scope="session")
def azure_server() -> Iterator[Emulator]:
    with azurite() as emulator:
        yield emulator


@pytest.fixture(scope="session")
def s3_server() -> Iterator[Emulator]:
    with s3() as emulator:
        yield emulator
