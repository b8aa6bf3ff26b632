"""Every store keeps what every state store promises: in a directory, and over the object stores' real protocols."""

from pathlib import Path

import pytest

from reconciler.model.state_store import StateStore
from reconciler.state import open_store
from tests.contracts.state_store_suite import StateStoreContract
from tests.state.emulators import Emulator


class TestLocalStore(StateStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> StateStore:
        return open_store(str(tmp_path / "state"))

    @pytest.fixture
    def another(self, store: StateStore) -> StateStore:
        return open_store(store.location)


class ObjectStoreContract(StateStoreContract):
    rounds = 4

    @pytest.fixture
    def another(self, store: StateStore) -> StateStore:
        return open_store(store.location)


class TestAzureBlobStorage(ObjectStoreContract):
    @pytest.fixture
    def store(self, azure_server: Emulator, monkeypatch: pytest.MonkeyPatch) -> StateStore:
        return open_store(azure_server.entered(monkeypatch))


class TestS3(ObjectStoreContract):
    @pytest.fixture
    def store(self, s3_server: Emulator, monkeypatch: pytest.MonkeyPatch) -> StateStore:
        return open_store(s3_server.entered(monkeypatch))
