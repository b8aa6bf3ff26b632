"""Chooses the doors: from flags, environment and settings to a workspace. The only place that reads the environment."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import click

from reconciler import __version__, manifests
from reconciler.cli.chosen import Chosen
from reconciler.cli.identity import current_run
from reconciler.cli.progress import Watched
from reconciler.cli.terminal import messages
from reconciler.manifests import Estate
from reconciler.model.capabilities import Capabilities, unavailable
from reconciler.model.errors import EstateEmpty, InvalidInput, Problem
from reconciler.model.identity import Identity
from reconciler.model.locations import is_bare_name, is_url, unfit
from reconciler.model.ports import StateStore
from reconciler.model.settings import Settings
from reconciler.model.state import Run
from reconciler.operations.comparison import Comparison
from reconciler.operations.push import Push
from reconciler.operations.repair import Repair
from reconciler.operations.totals import emptied
from reconciler.operations.workspace import Workspace
from reconciler.state import Patience, open_store
from reconciler.state.process import is_dead

if TYPE_CHECKING:
    from reconciler.partner_center.auth import TokenSource
    from reconciler.partner_center.auth.choice import Choice
    from reconciler.partner_center.client import PartnerCenter
    from reconciler.partner_center.clouds import Cloud

SANDBOX_FOLDER = ".reconciler"
"""Beside the manifests; ignored by git."""


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """What was chosen, and what follows from it. Nothing is read before it is asked for.

    `lock_timeout` is for how many seconds a held lock is waited for; `may_be_empty`: that no manifest declares
    anything is meant. Once `stop` is set, nothing waits any more. A run that `outlives_signals` ends in good order,
    and leaves even the reads that are under way, at the price of a thread for each. `shards` is how many runs share
    the service's rate, this one among them. `watched` sees how far the run is.
    """

    chosen: Chosen
    parallelism: int | None = None
    lock_timeout: float = 0
    stop_after_failures: int | None = None
    may_be_empty: bool = False
    outlives_signals: bool = False
    shards: int = 1
    stop: threading.Event = field(default_factory=threading.Event)
    watched: Watched = field(default_factory=Watched)

    @property
    def root(self) -> Path:
        """The directory of the manifests."""
        return self.chosen.root

    @cached_property
    def estate(self) -> Estate:
        """The manifests, read and checked."""
        return manifests.read(self.root, empty_allowed=self.may_be_empty, rehearsal=rehearsal(self.chosen.cloud))

    @cached_property
    def settings(self) -> Settings:
        """The settings in force: flag, environment, file, default."""
        found = manifests.read_settings(self.root, rehearsal=rehearsal(self.chosen.cloud))
        if self.chosen.cloud:
            found = replace(found, cloud=self.chosen.cloud)
        if self.chosen.state:
            name = is_bare_name(self.chosen.state)
            found = replace(found, state=_location(self.chosen.state), state_is_name=name)
        elif os.environ.get("RECONCILER_STATE") == "":
            _location("")
        allowed = self.stop_after_failures or found.limits.stop_after_failures
        return replace(
            found,
            parallelism=self.parallelism or found.parallelism,
            limits=replace(found.limits, stop_after_failures=allowed),
        )

    @property
    def cloud(self) -> "Cloud":
        """The cloud that the settings name, and what it can't do."""
        from reconciler.partner_center.clouds import CLOUDS

        return CLOUDS[self.settings.cloud]

    @cached_property
    def store(self) -> StateStore:
        """Where state is kept."""
        patience = Patience(seconds=self.lock_timeout, pause=self.stop.wait, say=self._say_waiting)
        return open_store(self.state_location, patience)

    @property
    def state_location(self) -> str:
        """Where state is kept: as chosen, or a directory beside the manifests."""
        return self.settings.state or str(self.root.absolute().parent / "state")

    def _say_waiting(self, problem: Problem) -> None:
        from reconciler.rendering import waiting_text

        here = messages(no_color=self.chosen.no_color)
        here.write(waiting_text(problem, width=here.width, color=here.color))

    @cached_property
    def run(self) -> Run:
        """Who runs the program, and where to read about it."""
        return current_run(os.environ, self.root)

    def comparison(self, reference: str, *, remembering: bool = True) -> Comparison:
        """What differs from where HEAD and this git reference parted. Asks no service."""
        from reconciler import git

        found = git.parted(self.root, reference, manifests.is_manifest)
        estate = self._remembered_estate() if remembering else self.estate
        return Comparison(reference=reference, commit=found.commit, changes=manifests.changes(estate, found.files))

    def head(self) -> str | None:
        """The commit that was planned; None where the manifests are not as it has them."""
        from reconciler import git

        found = git.head(self.root, manifests.is_manifest)
        return found.commit if found.files == self.estate.files else None

    def _remembered_estate(self) -> Estate:
        """The manifests; where they declare nothing, what is remembered tells an emptied estate from a new one."""
        try:
            return self.estate
        except EstateEmpty as error:
            raise emptied(error, self.store) from None

    @property
    def world_file(self) -> Path:
        """The embedded sandbox's world."""
        return self.root.absolute().parent / SANDBOX_FOLDER / "sandbox.json"

    def refuse_lost_state(self) -> None:
        """In CI a folder is on the runner's own disk, and forgotten with it, unless somebody means it to be there.

        Somebody does who writes it as a folder is written, or whose folder holds an estate's state already.
        """
        if not any(map(_is_set, ("CI", "TF_BUILD"))):
            return
        if self.settings.state is None:
            raise InvalidInput.because(
                "Nobody chose where state is kept, and this is a CI job: its own disk would forget what was bought.",
                "Set `state:` in reconciler.yaml, RECONCILER_STATE or --state to a place that outlives the job.",
            )
        if is_url(self.settings.state) or self.store.lineage() is not None:
            return
        if self.settings.state_is_name:
            raise InvalidInput.because(
                "The state location may be a folder's name or a container's, no state is in a folder of that name, and"
                " this is a CI job: its own disk would forget what was bought.",
                "Write az://, s3:// or gs:// before it. If a folder is meant and outlives the job, write ./ before it.",
            )
        messages(no_color=self.chosen.no_color).write(
            "Warning: the state location is an empty folder on this machine. If it does not outlive this job, what is"
            " bought now is forgotten: keep it in an object store, or set `lineage:` once it is kept."
        )

    @property
    def sign_in_choice(self) -> "Choice":
        """What the sign-in is chosen from. Azure's own variables serve the state location where that is Azure's."""
        from reconciler.partner_center.auth.choice import Choice

        return Choice(
            cloud=self.cloud,
            partner=self.settings.partner,
            environment=os.environ,
            azure_names=not (self.settings.state or "").startswith("az://"),
            folder=Path(click.get_app_dir("reconciler")),
            sleep=self.stop.wait,
        )

    @cached_property
    def tokens(self) -> "TokenSource":
        """What signs the requests to Partner Center. The embedded sandbox needs no sign-in; it takes a ready token."""
        if self.settings.cloud != "sandbox":
            from reconciler.partner_center.auth import making

            return making.tokens(self.sign_in_choice)
        from reconciler.partner_center.auth import StaticToken

        token = os.environ.get("RECONCILER_ACCESS_TOKEN")
        return StaticToken(token) if token else StaticToken("sandbox", kind="app+user")

    def identity(self) -> Identity:
        """Whom the sign-in speaks for, and what that allows."""
        from reconciler.partner_center.auth.identity import identity

        way = "access-token" if self.settings.cloud == "sandbox" else self.sign_in_choice.way()
        return identity(way, self.tokens, self.cloud)

    @property
    def requests_per_minute(self) -> int:
        """How fast this run may ask the service: its part of what all shards may together."""
        return max(1, self.settings.requests_per_minute // self.shards)

    @contextmanager
    def commerce(self) -> Iterator["PartnerCenter"]:
        """Partner Center, or the embedded sandbox."""
        import httpx

        from reconciler.partner_center.client import PartnerCenter
        from reconciler.partner_center.http.retry import Retries

        cloud = self.cloud
        endpoint = os.environ.get("RECONCILER_ENDPOINT")
        transport: httpx.BaseTransport | None = None
        embedded = self.settings.cloud == "sandbox" and not endpoint
        if embedded:
            from reconciler import sandbox

            transport = httpx.WSGITransport(app=sandbox.application(self.world_file))
        client = PartnerCenter(
            base_url=self._checked(endpoint) if endpoint else cloud.api,
            tokens=self.tokens,
            transport=transport,
            request_seconds=self.settings.wait.request_seconds,
            user_agent=f"reconciler/{__version__}",
            retries=Retries(
                sleep=self.watched.resting(self.stop.wait, "to try again"),
                paced=self.watched.resting(self.stop.wait, "to keep to the service's rate"),
                sent=self.watched.sent,
                stop=self.stop if self.outlives_signals else None,
            ),
            requests_per_minute=None if embedded else self.requests_per_minute,
            capabilities=cloud.capabilities,
        )
        with client:
            yield client

    def _checked(self, endpoint: str) -> str:
        """The endpoint, if it may be asked. A sandbox elsewhere might be no sandbox, under a page that says it is."""
        import httpx

        from reconciler.partner_center.http.endpoint import check_endpoint, is_loopback

        address = check_endpoint(endpoint)
        if self.settings.cloud == "sandbox" and not is_loopback(httpx.URL(address).host):
            raise InvalidInput.because(
                "The cloud is sandbox, and RECONCILER_ENDPOINT is another machine: purchases there may be real.",
                "Set `cloud:` to the cloud that is meant, or point RECONCILER_ENDPOINT at this machine.",
            )
        return address

    @contextmanager
    def workspace(self, snapshot: Path | None = None) -> Iterator[Workspace]:
        """The estate with its service and state; a snapshot replaces service, sign-in and state location."""
        if snapshot is not None:
            yield self._replayed(snapshot)
            return

        settings, store = self.settings, self.store
        estate = self._remembered_estate()
        with self.commerce() as commerce:
            yield Workspace(
                estate=estate,
                settings=settings,
                commerce=commerce,
                store=store,
                run=self.run,
                new_lineage=str(uuid4()),
                capabilities=_capabilities(self.cloud, commerce),
                stop=self.stop,
                reached=self.watched.reached,
                is_dead=is_dead,
            )

    def _replayed(self, file: Path) -> Workspace:
        """A workspace with the service and state of a snapshot. Raises InvalidInput where it is of another cloud."""
        from reconciler import snapshot
        from reconciler.cli.files import read

        found = snapshot.load(read(file, at_most=snapshot.MAXIMUM_BYTES), str(file))
        if found.cloud != self.settings.cloud:
            what = f"The snapshot is of the cloud {found.cloud}; the settings say {self.settings.cloud}."
            raise InvalidInput.because(what, "Give a snapshot of this estate, or correct the cloud.", str(file))
        return Workspace(
            estate=self.estate,
            settings=self.settings,
            commerce=snapshot.Replay(found),
            store=snapshot.Remembered(found, f"the snapshot {file}"),
            run=self.run,
            new_lineage="",
            capabilities=self.cloud.capabilities
            if found.relationship_link is not None
            else replace(self.cloud.capabilities, relationship_link=unavailable("The snapshot does not have it.")),
            observed_from="snapshot",
            stop=self.stop,
        )

    @property
    def written_store(self) -> StateStore:
        """The store, for what writes to it outside an apply."""
        self.refuse_lost_state()
        return self.store

    def repair(self) -> Repair:
        """State surgery over the estate."""
        estate = manifests.read(self.root, empty_allowed=True, rehearsal=rehearsal(self.chosen.cloud))
        return Repair(
            estate=estate,
            store=self.written_store,
            run=self.run,
            new_lineage=str(uuid4()),
            lineage=self.settings.lineage,
        )

    def push(self) -> Push:
        """What takes a rescued state back in."""
        return Push(store=self.written_store, run=self.run, lineage=self.settings.lineage)


def rehearsal(cloud: str | None) -> bool | None:
    """Whether nothing real can be bought: against the sandbox, or an endpoint on this machine. None: the settings tell.

    `cloud` is the one that was chosen instead of theirs.
    """
    endpoint = os.environ.get("RECONCILER_ENDPOINT")
    if endpoint:
        import httpx

        from reconciler.partner_center.http.endpoint import check_endpoint, is_loopback

        if is_loopback(httpx.URL(check_endpoint(endpoint)).host):
            return True
    return None if cloud is None else cloud == "sandbox"


def _capabilities(cloud: "Cloud", commerce: "PartnerCenter") -> Capabilities:
    """Returns what the cloud can do for this sign-in: the relationship link is for app+user sign-ins only."""
    if commerce.token_kind != "app":  # noqa: S105 - a kind of token, not one
        return cloud.capabilities
    return replace(cloud.capabilities, relationship_link=unavailable("It needs a sign-in as app+user."))


def _is_set(variable: str) -> bool:
    """Whether a switch of the environment is on; "false" and "0" are ways to turn it off."""
    return os.environ.get(variable, "").lower() not in {"", "false", "0"}


def _location(text: str) -> str:
    """A state location as flag and environment give it; a path counts from the working directory.

    Raises InvalidInput as for the settings file, without repeating what may be a secret.
    """
    found = unfit(text, windows=os.name == "nt")
    if found:
        raise InvalidInput.because(f"The state location {found.what}.", found.remedy, "--state (RECONCILER_STATE)")
    return text if is_url(text) else str(Path(text).absolute())
