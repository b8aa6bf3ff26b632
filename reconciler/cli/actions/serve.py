"""Carries out `reconciler sandbox serve`."""

import shlex
from dataclasses import dataclass
from pathlib import Path

import click

from reconciler import sandbox
from reconciler.advice import sentence
from reconciler.cli.chosen import Chosen
from reconciler.cli.signals import until_signalled
from reconciler.cli.terminal import messages
from reconciler.cli.wiring import Wiring
from reconciler.sandbox.directory import Directory
from reconciler.sandbox.server import Server, serve_application
from reconciler.sandbox.tls import certified


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """The options of `sandbox serve`, as typed. `latency` is in milliseconds, `visible_after` in seconds."""

    host: str
    port: int
    faults: tuple[str, ...]
    source_fate: str
    visible_after: float
    requests_per_minute: int
    customer_requests_per_minute: int
    latency: float
    offer_names: tuple[str, ...]
    require_mfa: bool
    no_idempotency: bool
    tls: bool

    def rehearsal(self, cloud: str) -> sandbox.Rehearsal:
        """Returns how the sandbox behaves. Raises a usage error for a fault or a name that is none."""
        behaviour = sandbox.Behaviour(
            cloud=sandbox.Cloud(cloud),
            source_fate=sandbox.SourceFate(self.source_fate),
            visible_after=self.visible_after,
            requests_per_minute=self.requests_per_minute,
            customer_requests_per_minute=self.customer_requests_per_minute,
            latency=self.latency / 1000,
            offer_names=dict(map(_renamed, self.offer_names)),
            require_mfa=self.require_mfa,
            idempotent=not self.no_idempotency,
        )
        return sandbox.Rehearsal(behaviour=behaviour, faults=[sandbox.Fault.parse(fault) for fault in self.faults])


def serve(options: ServeOptions, chosen: Chosen) -> None:
    """Serves the sandbox over HTTP on this machine, until a signal ends it."""
    rehearsal = options.rehearsal(chosen.cloud or "sandbox")
    world_file = Wiring(chosen=chosen).world_file
    trust = world_file.with_name("sandbox-authorities.pem") if options.tls else None
    server = _server(world_file, rehearsal, options.host, options.port, trust)
    with until_signalled(), server:
        messages(no_color=chosen.no_color).write(_how_to_use(server, options.host, trust))
        server.serve_forever()


def _renamed(text: str) -> tuple[str, str]:
    """An offer's id and its new name."""
    offer_id, equals, name = text.partition("=")
    if not equals or not name.strip():
        raise click.UsageError(sentence("offer_name_without_id"))
    return offer_id, name


def _server(world_file: Path, rehearsal: sandbox.Rehearsal, host: str, port: int, trust: Path | None) -> Server:
    """The server, with a directory before it and over TLS where there is a file for what a client must trust."""
    api = sandbox.application(world_file, rehearsal=rehearsal)
    if trust is None:
        return serve_application(api, host, port)
    return serve_application(Directory(api, rehearsal.behaviour, sandbox.utc_now), host, port, certified(trust))


def _how_to_use(server: Server, host: str, trust: Path | None) -> str:
    """Returns what to do in another shell, ready to be copied."""
    place = f"{f'[{host}]' if ':' in host else host}:{server.port}"
    lines = [
        "The sandbox listens. In another shell:",
        f"export RECONCILER_ENDPOINT={'https' if trust else 'http'}://{place}",
    ]
    if trust:
        lines += [f"export RECONCILER_AUTHORITY_HOST={place}", f"export SSL_CERT_FILE={shlex.quote(str(trust))}"]
    return "\n".join(lines)
