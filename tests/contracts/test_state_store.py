"""The local store keeps what every state store promises."""

from pathlib import Path

import pytest

from reconciler.model.ports import StateStore
from reconciler.state import open_store
from tests.contracts.state_store_suite import StateStoreContract


class TestLocalStore(StateStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> StateStore:
        return open_store(str(tmp_path / "state"))

    @pytest.fixture
    def another(self, store: StateStore) -> StateStore:
        return open_store(store.location)
