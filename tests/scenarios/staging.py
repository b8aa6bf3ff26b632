"""Stages a scenario's folder: its world in the emulator, its state on disk, and a workspace over both.

`world.yaml` is the live world: customers with the members of `sandbox.Tenant` and `sandbox.Sold` (offers by name or
id), `behaviour` and `faults`. `state/` is what was remembered before. `scenario.yaml` says what the scenario is about
and, where it matters, the `token` (app, app+user), the `target`s and `exclude`s of the plan, the `time`, and whether
to `apply` it.
"""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import yaml
from pydantic import TypeAdapter

from reconciler.manifests.estate import read_estate
from reconciler.model.capabilities import unavailable
from reconciler.model.run import Run
from reconciler.operations.workspace import Workspace
from reconciler.partner_center.auth import StaticToken
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.clouds import CLOUDS
from reconciler.partner_center.http.retry import Retries
from reconciler.sandbox import World, application
from reconciler.sandbox.catalogue import offers_of
from reconciler.state import LocalStore
from reconciler.system.clock import Clock as MachineClock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LINEAGE = "1111eade-0000-4000-8000-000000000000"
OFFERS = {offer.name: offer.id for country in ("US", "CN") for offer in offers_of(country)}


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """The content of `scenario.yaml`."""

    about: str
    token: str = "app+user"
    target: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    time: datetime = NOON
    apply: bool = False


class Clock(threading.Event):
    """Stands still until somebody waits: then it is later at once. It is also what could end a run, and never does."""

    def __init__(self, time: datetime) -> None:
        super().__init__()
        self._started = time
        self._time = time

    def now(self) -> datetime:
        return self._time

    def seconds(self) -> float:
        return (self._time - self._started).total_seconds()

    def wait(self, timeout: float | None = None) -> bool:
        self._time += timedelta(seconds=timeout or 0)
        return False


@dataclass(frozen=True)
class Stage:
    """One scenario's folder, played in a scratch folder."""

    folder: Path
    scratch: Path

    @cached_property
    def scenario(self) -> Scenario:
        return TypeAdapter(Scenario).validate_python(_read(self.folder / "scenario.yaml"))

    @cached_property
    def clock(self) -> Clock:
        return Clock(self.scenario.time)

    def set_up(self) -> None:
        """Puts world and state where the workspace finds them."""
        world = _read(self.folder / "world.yaml")
        for tenant in world["customers"]:
            for sold in tenant.get("subscriptions", ()):
                sold["offer"] = OFFERS.get(sold["offer"], sold["offer"])
        TypeAdapter(World).validate_python(world).save(self.scratch / "world.json")
        remembered = self.folder / "state"
        if remembered.exists():
            shutil.copytree(remembered, self.scratch / "state")

    @contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """One run of the program, one customer at a time."""
        estate = read_estate(self.folder / "manifests", shown_as=Path("manifests"))
        kind = self.scenario.token
        capabilities = CLOUDS[estate.settings.cloud].capabilities
        if kind == "app":
            capabilities = replace(capabilities, relationship_link=unavailable("app_gets_no_link"))
        with self._commerce(kind) as commerce:
            yield Workspace(
                estate=estate,
                settings=replace(estate.settings, parallelism=1),
                commerce=commerce,
                store=LocalStore(self.scratch / "state", self.clock.now),
                run=lambda: Run(id="run-2", actor="scenario"),
                new_lineage=LINEAGE,
                capabilities=capabilities,
                stop=self.clock,
                clock=MachineClock(elapsed=self.clock.seconds),
            )

    def _commerce(self, kind: str) -> PartnerCenter:
        app = application(self.scratch / "world.json", self.clock.now)
        return PartnerCenter(
            base_url="https://sandbox.invalid",
            tokens=StaticToken("app-only" if kind == "app" else "a-users", kind=kind),
            transport=httpx.WSGITransport(app=app),
            retries=Retries(sleep=lambda _: None, clock=MachineClock(now=self.clock.now)),
        )


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))
