"""`reconciler sandbox …`."""

import click

from reconciler.cli.lazy import Entry, LazyGroup
from reconciler.cli.options import Chosen, shared
from reconciler.cli.terminal import messages, output

COMMANDS = {
    "serve": Entry("reconciler.cli.sandbox:serve", "Offer the sandbox over HTTP on this machine."),
    "reset": Entry("reconciler.cli.sandbox:reset", "Back to the first day."),
    "nudge": Entry("reconciler.cli.sandbox:nudge", "Let somebody else change something, to see drift."),
}


@click.group("sandbox", cls=LazyGroup, commands_at=COMMANDS)
@shared
@click.pass_context
def sandbox(ctx: click.Context, chosen: Chosen) -> None:
    """An emulator of Partner Center that needs no account. It keeps its world in .reconciler/ beside the manifests."""
    ctx.obj = chosen


@click.command()
@shared
def reset(chosen: Chosen) -> None:
    """Put the sandbox back to its first day. State is not touched: remove it too to start all over."""
    from reconciler import sandbox as emulator
    from reconciler.cli.wiring import Wiring

    emulator.reset(Wiring(chosen=chosen).world_file)
    output(no_color=chosen.no_color).write("The sandbox is back to its first day.")


@click.command()
@shared
def nudge(chosen: Chosen) -> None:
    """Let somebody else change something in the sandbox, as a colleague would in the portal."""
    from reconciler import sandbox as emulator
    from reconciler.cli.wiring import Wiring

    for said in emulator.nudge(Wiring(chosen=chosen).world_file):
        output(no_color=chosen.no_color).write(said)


@click.command()
@click.option("--host", default="127.0.0.1", help="A loopback address [127.0.0.1].")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes any free one [0].")
@click.option(
    "--fault",
    "faults",
    metavar="KIND[:TIMES[:METHOD[:PATH]]]",
    multiple=True,
    help="Make this go wrong; may be repeated.",
)
@shared
def serve(host: str, port: int, faults: tuple[str, ...], chosen: Chosen) -> None:
    """Offer the sandbox over HTTP on this machine, until Ctrl-C. Use it from another shell by RECONCILER_ENDPOINT.

    \b
    reconciler sandbox serve --fault performed_then_dropped        the next purchase loses its answer
    reconciler sandbox serve --fault http_500_before:3:GET         three reads fail
    reconciler sandbox serve --fault slow_visibility --fault no_bom
    """
    from reconciler import sandbox as emulator
    from reconciler.cli.wiring import Wiring

    world_file = Wiring(chosen=chosen).world_file
    emulator.arm(world_file, [emulator.Fault.parse(fault) for fault in faults])
    server = emulator.serve(emulator.application(world_file), host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{server.port}"
    messages(no_color=chosen.no_color).write(
        f"The sandbox listens. In another shell:\nexport RECONCILER_ENDPOINT={address}"
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
