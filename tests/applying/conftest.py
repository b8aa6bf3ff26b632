"""The scene that most of these tests are played in."""

from pathlib import Path

import pytest

from reconciler.sandbox import Sold
from reconciler.sandbox.catalogue import BUSINESS, F1
from tests.applying.scenes import Scene, a_scene


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Contoso, with 25 seats of Office 365 Business as `office` and 10 of F1 as `frontline`."""
    return a_scene(tmp_path, office=Sold(offer=BUSINESS, quantity=25), frontline=Sold(offer=F1, quantity=10))
