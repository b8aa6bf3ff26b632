"""Connects to Partner Center, or to the embedded sandbox, as settings and environment say."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import click

from reconciler import __version__
from reconciler.advice import problem
from reconciler.cli.progress import Watched
from reconciler.model.errors import InvalidInput
from reconciler.model.identity import Identity
from reconciler.model.settings import Settings
from reconciler.partner_center.auth import StaticToken, TokenSource
from reconciler.partner_center.auth.choice import Choice
from reconciler.partner_center.auth.identity import identity
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.clouds import CLOUDS, Cloud
from reconciler.partner_center.http.endpoint import check_endpoint, is_local
from reconciler.partner_center.http.retry import Retries
from reconciler.partner_center.http.stack import Transport, in_process
from reconciler.system.clock import utc_now


@dataclass(frozen=True, kw_only=True)
class Service:
    """The service of the settings' cloud. Nothing is sent, and no secret is read, before it is asked for."""

    settings: Settings
    world_file: Path
    stop: threading.Event
    watched: Watched
    shards: int = 1
    outlives_signals: bool = False

    @property
    def cloud(self) -> Cloud:
        """The cloud that the settings name, and what it can't do."""
        return CLOUDS[self.settings.cloud]

    @property
    def sign_in_choice(self) -> Choice:
        """Settings and variables of the sign-in. Azure's own serve the state location where that is Azure's."""
        return Choice(
            cloud=self.cloud,
            partner=self.settings.partner,
            environment=os.environ,
            azure_names=not (self.settings.state or "").startswith("az://"),
            folder=Path(click.get_app_dir("reconciler")),
            sleep=self.stop.wait,
        )

    @cached_property
    def tokens(self) -> TokenSource:
        """The source of tokens for Partner Center. The embedded sandbox needs no sign-in; it takes a ready token."""
        if self.settings.cloud != "sandbox":
            from reconciler.partner_center.auth import making

            return making.tokens(self.sign_in_choice)
        token = os.environ.get("RECONCILER_ACCESS_TOKEN")
        return StaticToken(token) if token else StaticToken("sandbox", kind="app+user")

    @property
    def partner(self) -> str | None:
        """Returns the partner's tenant as settings and environment name it; the sandbox has none."""
        return None if self.settings.cloud == "sandbox" else self.sign_in_choice.value("TENANT_ID")

    def identity(self) -> Identity:
        """Returns the identity of the sign-in, and what that allows."""
        way = "access-token" if self.settings.cloud == "sandbox" else self.sign_in_choice.way()
        return identity(way, self.tokens, self.cloud)

    @property
    def requests_per_minute(self) -> int:
        """The rate of this run: its part of what all shards may send together."""
        return max(1, self.settings.requests_per_minute // self.shards)

    @property
    def embedded(self) -> bool:
        """Returns whether the service is the sandbox inside this process."""
        return self.settings.cloud == "sandbox" and not os.environ.get("RECONCILER_ENDPOINT")

    def now(self) -> datetime:
        """Returns the time without a request: the sandbox's own, which people move on, else this machine's."""
        if not self.embedded or not self.world_file.exists():
            return utc_now()
        from reconciler import sandbox

        return sandbox.clock_of(self.world_file).now()

    @contextmanager
    def commerce(self) -> Iterator[PartnerCenter]:
        """Partner Center, or the embedded sandbox."""
        endpoint = os.environ.get("RECONCILER_ENDPOINT")
        embedded = self.embedded
        client = PartnerCenter(
            base_url=self._checked(endpoint) if endpoint else self.cloud.api,
            tokens=self.tokens,
            transport=self._emulator() if embedded else None,
            request_seconds=self.settings.wait.request_seconds,
            user_agent=f"reconciler/{__version__}",
            retries=self._retries(),
            requests_per_minute=None if embedded else self.requests_per_minute,
            capabilities=self.cloud.capabilities,
        )
        with client:
            yield client

    def _emulator(self) -> Transport:
        from reconciler import sandbox

        return in_process(sandbox.application(self.world_file))

    def _retries(self) -> Retries:
        return Retries(
            sleep=self.watched.resting(self.stop.wait, "to try again"),
            paced=self.watched.resting(self.stop.wait, "to keep to the service's rate"),
            sent=self.watched.sent,
            stop=self.stop if self.outlives_signals else None,
        )

    def _checked(self, endpoint: str) -> str:
        """Returns the endpoint. Refuses another machine for the sandbox: purchases there may be real."""
        address = check_endpoint(endpoint)
        if self.settings.cloud == "sandbox" and not is_local(address):
            raise InvalidInput(problem("sandbox_elsewhere"))
        return address
