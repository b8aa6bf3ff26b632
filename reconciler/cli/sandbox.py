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

_NOT_NEGATIVE = click.FloatRange(0, 86_400)


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
@click.option(
    "--source-fate",
    type=click.Choice(["suspended_now", "suspended_later", "deleted", "stays_active"]),
    default="suspended_now",
    help="What becomes of the source of an upgrade [suspended_now].",
)
@click.option(
    "--visible-after", type=_NOT_NEGATIVE, default=0, metavar="SECONDS", help="Show what was bought late [0]."
)
@click.option(
    "--requests-per-minute",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Turn away (429) what comes faster; 0 lets all pass [0].",
)
@click.option("--latency", type=_NOT_NEGATIVE, default=0, metavar="MS", help="Hold every answer back [0].")
@click.option("--require-mfa", is_flag=True, help="Refuse users whose token tells of no second factor (401).")
@shared
def serve(
    host: str,
    port: int,
    faults: tuple[str, ...],
    source_fate: str,
    visible_after: float,
    requests_per_minute: int,
    latency: float,
    require_mfa: bool,
    chosen: Chosen,
) -> None:
    """Offer the sandbox over HTTP on this machine, until Ctrl-C. Use it from another shell by RECONCILER_ENDPOINT.

    --cloud makes it behave as that cloud. What is chosen here stays with the sandbox until the next `serve` or `reset`.

    \b
    reconciler sandbox serve --fault performed_then_dropped        the next purchase loses its answer
    reconciler sandbox serve --fault http_500_before:3:GET         three reads fail
    reconciler sandbox serve --fault slow_visibility --fault no_bom
    reconciler sandbox serve --cloud china --requests-per-minute 120 --latency 80

    \b
    Faults, once unless TIMES (a number, or always) says otherwise:
      performed_then_dropped, http_500_after     the write is done, its answer is lost
      dropped_before, http_500_before            nothing is done, and nobody can know
      html_body, half_body, empty_body           the work is done, the answer is unreadable
      wrong_content_type, no_content_type        the work is done, the answer is mislabelled
      slow_answer                                the work is done, the answer takes 30 seconds
      throttle_429, unavailable_503              refused by the gateway, with Retry-After
      unauthorized                               a sign-in that is not accepted (401)
      precondition_412                           somebody else was faster
      transition_fails                           accepted, and failed in the end
    Habits, which stay:
      patch_202, slow_visibility                 accepted or bought, and shown 30 seconds later
      slow_provisioning                          what was bought can't be changed for 30 seconds
      no_bom, integer_types, word_codes          the other spellings that the real service uses
    """
    from reconciler import sandbox as emulator
    from reconciler.cli.wiring import Wiring

    behaviour = emulator.Behaviour(
        cloud=emulator.Cloud(chosen.cloud or "sandbox"),
        source_fate=emulator.SourceFate(source_fate),
        visible_after=visible_after,
        requests_per_minute=requests_per_minute,
        latency=latency / 1000,
        require_mfa=require_mfa,
    )
    world_file = Wiring(chosen=chosen).world_file
    emulator.rehearse(world_file, behaviour, [emulator.Fault.parse(fault) for fault in faults])
    server = emulator.serve(emulator.application(world_file), host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{server.port}"
    messages(no_color=chosen.no_color).write(
        f"The sandbox listens. In another shell:\nexport RECONCILER_ENDPOINT={address}"
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
