"""`reconciler sandbox …`."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.figures import Figure, Interval, Number, UtcTime
from reconciler.cli.lazy import Entry, LazyGroup
from reconciler.cli.options import shared
from reconciler.cli.parameters import Choice, File

COMMANDS = {
    "serve": Entry("reconciler.cli.commands.sandbox:serve", "Offer the sandbox over HTTP on this machine."),
    "reset": Entry("reconciler.cli.commands.sandbox:reset", "Back to the first day."),
    "load": Entry("reconciler.cli.commands.sandbox:load", "Take an estate of one's own in, from a snapshot or a file."),
    "dump": Entry("reconciler.cli.commands.sandbox:dump", "Write its world as YAML, to edit and to load."),
    "ledger": Entry(
        "reconciler.cli.commands.sandbox:ledger", "What was really bought or changed, to compare with state."
    ),
    "clock": Entry("reconciler.cli.commands.sandbox:clock", "Show its time, or move it on: terms end there."),
    "nudge": Entry("reconciler.cli.commands.sandbox:nudge", "Let somebody else change something, to see drift."),
}

_NOT_NEGATIVE = Figure(0, 86_400)


@click.group("sandbox", cls=LazyGroup, commands_at=COMMANDS)
@shared
@click.pass_context
def sandbox(ctx: click.Context, chosen: Chosen) -> None:
    """An emulator of Partner Center that needs no account. It keeps its world in .reconciler/ beside the manifests.

    \b
    reconciler sandbox nudge                    let somebody change something
    reconciler sandbox clock +12d               let twelve days pass
    reconciler sandbox ledger                   what was really bought
    reconciler sandbox serve --port 8080        for other programs, over HTTP
    reconciler sandbox load snapshot.json       your own estate, to rehearse on
    reconciler sandbox reset                    its first day again
    """
    ctx.obj = chosen


@click.command()
@shared
def reset(chosen: Chosen) -> None:
    """Put the sandbox back to its first day. State is not touched: remove it too to start all over."""
    from reconciler.cli.actions.sandbox import reset

    reset(chosen)


@click.command()
@click.argument("file", type=File())
@shared
def load(file: Path, chosen: Chosen) -> None:
    """Make the sandbox's world that of FILE: a snapshot of an estate of your own, or a world file of `dump`.

    A snapshot's customers are then sold in the sandbox as the service showed them, and what state remembered lies
    beside it, so that plan and apply can be rehearsed: nothing is bought. What the snapshot does not contain is listed.

    \b
    reconciler snapshot snapshot.json
    reconciler sandbox load snapshot.json
    reconciler sandbox load world.yaml
    """
    from reconciler.cli.actions.sandbox_world import load

    load(file, chosen)


@click.command()
@click.argument("file", type=File(), required=False)
@click.option("--overwrite", is_flag=True, help="Replace a FILE that holds anything else.")
@shared
def dump(file: Path | None, chosen: Chosen, *, overwrite: bool) -> None:
    """Write the sandbox's world as commented YAML, on the screen or to FILE. `load` takes it back as it is.

    A FILE that is there is replaced only with --overwrite: it may be edited.

    \b
    reconciler sandbox dump world.yaml
    """
    from reconciler.cli.actions.sandbox_world import dump

    dump(file, chosen, overwrite=overwrite)


@click.command()
@click.option("--send-papers", "papers", is_flag=True, help="Send the papers that held orders wait for, and no more.")
@shared
def nudge(chosen: Chosen, papers: bool) -> None:
    """Let somebody else change something in the sandbox, as a colleague would in the portal.

    An order that the service holds (`serve --fault order_held`) goes on once somebody has sent its papers.

    \b
    reconciler sandbox nudge
    reconciler sandbox nudge --send-papers
    """
    from reconciler.cli.actions.sandbox import nudge

    nudge(chosen, papers=papers)


@click.command()
@click.argument("by", type=Interval(), required=False, metavar="[+TIME]")
@click.option("--set", "to", type=UtcTime(), metavar="DATE", help="Move it to this day, or DATETHH:MM (UTC).")
@shared
def clock(chosen: Chosen, by: timedelta | None, to: datetime | None) -> None:
    """Show the sandbox's time (UTC), or move it on. What falls due on the way happens in order: terms of new commerce
    renew, lapse or end, windows close, transitions are completed.

    A running `sandbox serve` of the same folder follows at once. Time never goes back but by `sandbox reset`.

    \b
    reconciler sandbox clock                    what time it is there
    reconciler sandbox clock +12d               later; also +6h, +30m, +2w
    reconciler sandbox clock --set 2027-03-14   midnight of that day
    """
    from reconciler.cli.actions.sandbox_clock import clock

    if by and to:
        raise click.UsageError("Give a length of time or --set, not both.")
    clock(by, to, chosen)


@click.command()
@shared
def ledger(chosen: Chosen) -> None:
    """Show what was really bought or changed in the sandbox since its first day, one JSON object a line, in order.

    \b
    at          when
    kind        upgrade, resize or transition; of new commerce also
                order, term, billing (from a charge on), schedule (for
                the end of the term), status, renewal, conversion (of a
                trial), extension (a month of extended service), end
    customer    the customer's tenant
    source      the subscription that was asked for; none of an order
    target      the one that was bought; of a resize, the same
    offer       what the target is of
    before      the source's seats before
    quantity    the target's seats
    request_id  the MS-RequestId of the request that did it
    term, billing, status, then
                of new commerce, afterwards; `then` is what is arranged
                for the end of the term
    cart, order the ids of what an order was bought by
    actor       service or colleague, where no request did it
    """
    from reconciler.cli.actions.sandbox import ledger

    ledger(chosen)


@click.command()
@click.option("--host", default="127.0.0.1", help="A loopback address [127.0.0.1].")
@click.option("--port", type=Number(0, 65535), default=0, help="0 takes any free one [0].")
@click.option(
    "--fault",
    "faults",
    metavar="KIND[:TIMES[:METHOD[:PATH]]]",
    multiple=True,
    help="Make this go wrong; may be repeated.",
)
@click.option(
    "--source-fate",
    type=Choice(["suspended_now", "suspended_later", "deleted", "stays_active"]),
    default="suspended_now",
    help="What becomes of the source of an upgrade [suspended_now].",
)
@click.option(
    "--visible-after", type=_NOT_NEGATIVE, default=0, metavar="SECONDS", help="Show what was bought late [0]."
)
@click.option(
    "--requests-per-minute",
    type=Number(0),
    default=0,
    metavar="N",
    help="Turn away (429) what comes faster; 0 lets all pass [0].",
)
@click.option(
    "--customer-requests-per-minute",
    type=Number(0),
    default=0,
    metavar="N",
    help="The same for each customer [0].",
)
@click.option("--latency", type=_NOT_NEGATIVE, default=0, metavar="MS", help="Hold every answer back [0].")
@click.option(
    "--offer-name",
    "offer_names",
    metavar="ID=NAME",
    multiple=True,
    help="Call an offer otherwise, as if it had been renamed; may be repeated.",
)
@click.option("--require-mfa", is_flag=True, help="Refuse users without a second factor in their token (401).")
@click.option("--no-idempotency", is_flag=True, help="Repeat a write that arrives again under the same MS-RequestId.")
@click.option("--tls", is_flag=True, help="Listen over https, and issue tokens too, to rehearse a sign-in.")
@shared
def serve(chosen: Chosen, **given: Any) -> None:
    """Offer the sandbox over HTTP on this machine, until Ctrl-C. Use it from another shell by RECONCILER_ENDPOINT.

    --cloud makes it behave as that cloud. What is chosen here ends with this process; what was bought stays.

    With --tls it issues tokens too, for any tenant and application: choose a --cloud, here and there, sign in as there,
    and export what is printed. A secret that contains `expired` or `wrong` is refused with that error, and so is a
    refresh token that contains one of them or `revoked`. A token that contains `mfa` has a second factor. Codes of
    `auth login` count as entered at once.

    \b
    reconciler sandbox serve --fault performed_then_dropped
    reconciler sandbox serve --fault http_500_before:3:GET --fault no_bom
    reconciler sandbox serve --cloud china --requests-per-minute 120
    reconciler sandbox serve --cloud worldwide --tls --require-mfa

    \b
    Faults, once unless TIMES (a number, or always) says otherwise:
      performed_then_dropped, http_500_after  done, and the answer is lost
      dropped_before, http_500_before         not done, and nobody can know
      html_body, half_body, empty_body        done, the answer is unreadable
      wrong_content_type, no_content_type     done, the answer is mislabelled
      slow_answer                             done, answered 30 seconds later
      throttle_429, unavailable_503           turned away, with Retry-After
      unauthorized                            the token is not accepted (401)
      app_only_refused                        asks for a user (403/900329)
      precondition_412                        somebody else was faster
      transition_fails                        accepted, and failed in the end
      transition_fails_at_once                answered with 200, and failed
      licenses_fail                           seats have moved, licences have not
      pending_operation                       refused (409/900278) for 24 hours
      cart_busy_before, cart_busy_after       a checkout: 409/800064
      order_in_progress_before                a checkout: 409/800060
      order_in_progress_after                 the same, and it was bought
      already_submitted_before                a checkout: 400/800065
      already_submitted_after                 the same, and it was bought
      checkout_fails, checkout_fails_in_part  201 with errors, no order
      order_held                              waits for papers, nothing bought
      order_fails, order_fails_in_part        an order that buys nothing
      order_fails_later                       the same, after 30 seconds
      order_status_unknown                    bought, with an odd status
    Habits, which stay:
      patch_202, slow_visibility              shown only 30 seconds later
      slow_orders                             the same, in the list of orders
      slow_provisioning                       can't be changed for 30 seconds
      no_bom, integer_types, word_codes       the service's other spellings
      incomplete_item                         each list's last has no quantity
    """
    from reconciler.cli.actions.serve import ServeOptions, serve

    serve(ServeOptions(**given), chosen)
