"""Makes a workspace from flags, environment, settings and manifests."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from reconciler import git
from reconciler.cli.chosen import Chosen
from reconciler.cli.identity import current_run
from reconciler.cli.lost_state import refuse_lost_state
from reconciler.cli.progress import Watched
from reconciler.cli.rehearsal import rehearsal
from reconciler.cli.settings import settings_in_force
from reconciler.cli.terminal import messages
from reconciler.manifests.changes import estate_changes
from reconciler.manifests.estate import Estate, read_estate
from reconciler.manifests.files import is_manifest
from reconciler.model.address import Address
from reconciler.model.capabilities import Capabilities, unavailable
from reconciler.model.errors import EstateEmpty, Problem
from reconciler.model.overrides import Override
from reconciler.model.run import Run
from reconciler.model.settings import Settings
from reconciler.model.state_store import StateStore
from reconciler.operations.comparison import Comparison
from reconciler.operations.totals import emptied
from reconciler.operations.workspace import Workspace
from reconciler.partner_center.clouds import CLOUDS
from reconciler.rendering.reports.failure import waiting_report
from reconciler.state import LockWait, open_store
from reconciler.state.process import is_dead

if TYPE_CHECKING:
    from reconciler.cli.service import Service
    from reconciler.model.prices import Prices
    from reconciler.operations.recent import RecentSnapshot

SANDBOX_FOLDER = ".reconciler"
"""Beside the manifests; ignored by git."""


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """Makes settings, stores and workspaces from what was chosen. Nothing is read before it is needed.

    `lock_timeout` is for how many seconds a held lock is waited for; `may_be_empty`: that no manifest declares
    anything is meant. Once `stop` is set, nothing waits any more. A run that `outlives_signals` ends in good order,
    and leaves even the reads that are under way, at the price of a thread for each. `shards` is how many runs share
    the service's rate, this one among them. `accepted` are addresses whose manifests win over what somebody else
    changed. `overrides` are limits that this run raises or lifts. `watched` sees how far the run is.
    """

    chosen: Chosen
    parallelism: int | None = None
    lock_timeout: float = 0
    stop_after_failures: int | None = None
    may_be_empty: bool = False
    outlives_signals: bool = False
    shards: int = 1
    accepted: tuple[str, ...] = ()
    overrides: tuple[Override, ...] = ()
    stop: threading.Event = field(default_factory=threading.Event)
    watched: Watched = field(default_factory=Watched)

    @property
    def root(self) -> Path:
        """The directory of the manifests."""
        return self.chosen.root

    @cached_property
    def estate(self) -> Estate:
        """The manifests, read and checked."""
        return read_estate(self.root, empty_allowed=self.may_be_empty, rehearsal=rehearsal(self.chosen.cloud))

    @cached_property
    def settings(self) -> Settings:
        """The settings in force: flag, environment, file, default."""
        return settings_in_force(
            self.root,
            self.chosen,
            parallelism=self.parallelism,
            stop_after_failures=self.stop_after_failures,
            overrides=self.overrides,
        )

    @cached_property
    def prices(self) -> "Prices | None":
        """The prices of the settings' sheets. Without any, nothing is read, and nothing is loaded that would read."""
        if not self.settings.prices.sheets:
            return None
        from reconciler.operations.price_sheets import read_prices

        return read_prices(self.settings, self.root)

    @cached_property
    def store(self) -> StateStore:
        """The store of the state location."""
        lock_wait = LockWait(seconds=self.lock_timeout, pause=self.stop.wait, report=self._show_waiting)
        return open_store(self.state_location, lock_wait)

    @property
    def state_location(self) -> str:
        """The state location: as chosen, or a directory beside the manifests."""
        return self.settings.state or str(self.root.absolute().parent / "state")

    def _show_waiting(self, problem: Problem) -> None:
        messages(no_color=self.chosen.no_color).show(waiting_report(problem), self.chosen.invocation)

    @cached_property
    def run(self) -> Run:
        """The execution, and where to read about it."""
        return current_run(os.environ, self.root)

    def comparison(self, reference: str, *, remembering: bool = True) -> Comparison:
        """Compares the estate with where HEAD and this git reference parted. Reads no service."""
        base = git.parted(self.root, reference)
        estate = self._remembered_estate() if remembering else self.estate
        earlier = base.files(is_manifest, estate.files)
        named = estate.settings.prices.sheets
        sheets = base.moved(named, self.root) if named else {}
        return Comparison(reference=reference, commit=base.commit, changes=estate_changes(estate, earlier, sheets))

    def head(self) -> str | None:
        """The commit that was planned; None where the manifests are not as it has them."""
        head, today = git.head(self.root), self.estate.files
        return head.commit if head.files(is_manifest, today) == today else None

    def _remembered_estate(self) -> Estate:
        """The manifests; where they declare nothing, state tells an emptied estate from a new one."""
        try:
            return self.estate
        except EstateEmpty as error:
            raise emptied(error, self.store) from None

    @property
    def world_file(self) -> Path:
        """The embedded sandbox's world."""
        return self.root.absolute().parent / SANDBOX_FOLDER / "sandbox.json"

    def refuse_lost_state(self) -> None:
        """Raises InvalidInput where state would be lost with a CI job's own disk."""
        refuse_lost_state(self.settings, self.store, messages(no_color=self.chosen.no_color))

    @cached_property
    def service(self) -> "Service":
        """The service of the settings' cloud, and the sign-in to it."""
        from reconciler.cli.service import Service

        return Service(
            settings=self.settings,
            world_file=self.world_file,
            stop=self.stop,
            watched=self.watched,
            shards=self.shards,
            outlives_signals=self.outlives_signals,
        )

    @contextmanager
    def workspace(self, recorded: Path | None = None) -> Iterator[Workspace]:
        """The estate with its service and state; a snapshot replaces service, sign-in and state location."""
        if recorded is not None:
            yield self._replayed(recorded)
            return

        settings, store = self.settings, self.store
        estate, prices = self._remembered_estate(), self.prices
        with self.service.commerce() as commerce:
            yield Workspace(
                estate=estate,
                settings=settings,
                commerce=commerce,
                store=store,
                run=lambda: self.run,
                new_lineage=str(uuid4()),
                capabilities=_capabilities(self.settings.cloud, _NO_LINK.get(commerce.token_kind, "")),
                stop=self.stop,
                reached=self.watched.reached,
                is_dead=is_dead,
                accepted=frozenset(map(Address, self.accepted)),
                prices=prices,
            )

    def recent(self, folder: Path) -> "RecentSnapshot":
        """The newest snapshot of a folder. Raises InvalidInput where it is of another cloud or partner."""
        from reconciler.cli.snapshots import newest

        return newest(folder, self.settings.cloud, self.service.partner)

    def _replayed(self, file: Path) -> Workspace:
        """A workspace with the service and state of a snapshot. Raises InvalidInput where it is of another cloud."""
        from reconciler import snapshot
        from reconciler.cli.snapshots import loaded

        found = loaded(file, self.settings.cloud)
        return Workspace(
            estate=self.estate,
            settings=self.settings,
            commerce=snapshot.Replay(found),
            store=snapshot.Remembered(found, f"the snapshot {file}"),
            run=lambda: self.run,
            new_lineage="",
            capabilities=_capabilities(found.cloud, "" if found.relationship_link else _NOT_SAVED),
            observed_from="snapshot",
            stop=self.stop,
            accepted=frozenset(map(Address, self.accepted)),
            prices=self.prices,
        )

    @property
    def written_store(self) -> StateStore:
        """The store, for what writes to it outside an apply."""
        self.refuse_lost_state()
        return self.store


_NOT_SAVED = "snapshot_has_no_link"
_NO_LINK = {"app": "app_gets_no_link"}
"""The code of why a kind of sign-in can't fetch the relationship link."""


def _capabilities(cloud: str, no_link: str) -> Capabilities:
    """Returns what the cloud can do, without the relationship link where there is a reason."""
    found = CLOUDS[cloud].capabilities
    return replace(found, relationship_link=unavailable(no_link)) if no_link else found
