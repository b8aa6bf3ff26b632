"""The program: its commands, and the one place where an error becomes a message and an exit code."""

import gc
import io
import os
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click

from reconciler import __version__
from reconciler.cli import shells
from reconciler.cli.chosen import Chosen
from reconciler.cli.lazy import Entry, LazyGroup
from reconciler.cli.options import in_force, same_everywhere, shared
from reconciler.cli.parameters import Folder, usage_words, within_width
from reconciler.cli.signals import INTERRUPTED, interruptible

USAGE = 64

COMMANDS = {
    "validate": Entry("reconciler.cli.commands.validate:validate", "Check the manifests, offline."),
    "plan": Entry("reconciler.cli.commands.plan:plan", "Show what apply would do, and what is blocked and why."),
    "apply": Entry("reconciler.cli.commands.apply:apply", "Carry out a plan, and record each result."),
    "show": Entry("reconciler.cli.commands.show:show", "Show a saved plan, or the state."),
    "set": Entry("reconciler.cli.commands.editing:set_", "Edit entries of the manifests: seats, offer, term, renewal."),
    "accept": Entry("reconciler.cli.commands.editing:accept", "Write what was changed outside into the manifests."),
    "fmt": Entry("reconciler.cli.commands.fmt:fmt", "Lay out the manifests in one way."),
    "import": Entry("reconciler.cli.commands.import_:import_", "Write manifests from live subscriptions."),
    "drift": Entry("reconciler.cli.commands.drift:drift", "Show what changed outside, and what no manifest declares."),
    "renewals": Entry(
        "reconciler.cli.commands.renewals:renewals", "Show what renews, ends or turns paid, and what of it needs you."
    ),
    "history": Entry("reconciler.cli.commands.history:history", "Show what was applied: when, what, and by whom."),
    "snapshot": Entry(
        "reconciler.cli.commands.snapshot:snapshot", "Save live state, to plan where there are no credentials."
    ),
    "adopt": Entry("reconciler.cli.commands.surgery:adopt", "Bind an address to another live subscription."),
    "forget": Entry("reconciler.cli.commands.surgery:forget", "Stop tracking an address."),
    "done": Entry("reconciler.cli.commands.surgery:done", "Say that a task that a change left behind is done."),
    "state": Entry("reconciler.cli.commands.state:state", "Show and repair the state."),
    "unlock": Entry("reconciler.cli.commands.surgery:unlock", "Break a lock that its holder left behind."),
    "relationship": Entry(
        "reconciler.cli.commands.relationship:relationship", "Show the reseller relationship with a customer."
    ),
    "offers": Entry(
        "reconciler.cli.commands.offers:offers", "Show the live catalogue, and the upgrades it advertises."
    ),
    "prices": Entry("reconciler.cli.commands.prices:prices", "Check price sheets, and what has no price."),
    "auth": Entry("reconciler.cli.commands.auth:auth", "Who is signed in, and what that allows."),
    "explain": Entry("reconciler.cli.commands.explain:explain", "Explain a code: who must act, and what to do."),
    "guide": Entry("reconciler.cli.commands.guide:guide", "Show a guide: how something works, what to do."),
    "schema": Entry("reconciler.cli.commands.schema:schema", "Print the JSON Schema of the manifests, for editors."),
    "completion": Entry("reconciler.cli.commands.completion:completion", "Print a shell completion script."),
    "sandbox": Entry("reconciler.cli.commands.sandbox:sandbox", "An emulator of Partner Center to try everything on."),
    "version": Entry("reconciler.cli.main:version", "Print the version."),
}


@click.group(
    cls=LazyGroup,
    commands_at=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--chdir", metavar="DIR", type=Folder(exists=True), help="Work in this directory.")
@click.version_option(__version__, prog_name="reconciler", message="%(prog)s %(version)s")
@shared
@click.pass_context
def program(ctx: click.Context, chdir: Path | None, chosen: Chosen) -> None:
    """Plan and apply upgrades of Microsoft Partner Center subscriptions, declared in YAML manifests.

    \b
    reconciler import --all             write manifests of what exists
    reconciler plan                     what would change, and what is blocked
    reconciler plan --out plan.json     the same, saved for apply
    reconciler apply plan.json          carry that plan out
    reconciler explain CODE             what a code means
    reconciler guide                    how things work, what to do when stuck
    """
    if chdir:
        os.chdir(chdir)
    if os.environ.get("RECONCILER_LOG"):
        from reconciler.cli.logs import log_to_stderr

        ctx.with_resource(log_to_stderr(os.environ))
    ctx.obj = replace(chosen, chdir=str(chdir)) if chdir else chosen


@click.command()
@same_everywhere
def version(chosen: Chosen) -> None:  # noqa: ARG001 - taken as by every command
    """Print the version."""
    click.echo(f"reconciler {__version__}")


def main() -> None:
    """Runs the program and exits with the contract's codes. A traceback is never an answer."""
    _mend_streams()
    _collect_less_often()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # no other package may change what is accepted
    try:
        with interruptible():  # SIGTERM too, which would be lost on the first process of a container
            code = run(sys.argv[1:])
    except BrokenPipeError:
        code = 1  # whoever read our output stopped reading
    _let_go_of_broken_streams()
    _collect_nothing_more()
    sys.exit(code)


def _let_go_of_broken_streams() -> None:
    """Drops what a stream does not take any more: Python would try again while it ends, and exit with 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _collect_less_often() -> None:
    """Python looks for garbage in circles after every 700 new values, ever longer. It finds next to none here: that
    saves a tenth of the time of starting and of a large plan, and costs some kilobytes.
    """
    gc.set_threshold(200_000)


def _collect_nothing_more() -> None:
    """Takes everything out of the collections with which Python ends: they cost up to a third of a short command, and
    the system takes the memory back anyway. Streams are still flushed, threads waited for, and exit handlers run.
    """
    gc.freeze()


def run(arguments: list[str]) -> int:
    """The program without its exit: the exit code of these arguments."""
    if "_RECONCILER_COMPLETE" in os.environ:
        shells.register()
    try:
        outcome = program.main(arguments, prog_name="reconciler", standalone_mode=False)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except (click.Abort, KeyboardInterrupt) as error:
        if isinstance(error.__cause__, EOFError):  # which is no interruption: a file of the program itself is cut off
            return _show_failure(error.__cause__, arguments)
        with suppress(OSError):  # a terminal that was closed takes no more
            click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        click.UsageError(within_width(usage_words(error)), getattr(error, "ctx", None)).show()
        return USAGE
    except Exception as error:
        if isinstance(error, OSError) and isinstance(error.__context__, KeyboardInterrupt):
            return INTERRUPTED  # and the terminal that was closed takes not even click's empty line
        if isinstance(error, BrokenPipeError):
            raise
        return _show_failure(error, arguments)
    return outcome if isinstance(outcome, int) else 0


def _show_failure(error: Exception, arguments: list[str]) -> int:
    from reconciler.cli.failure import show_error

    return show_error(error, in_force(error), no_color="--no-color" in arguments)


def _mend_streams() -> None:
    """A stream that the caller closed takes or gives nothing; what a stream's encoding lacks is shown as an escape.

    What belongs on a closed stdout goes to stderr: what a run bought must be said somewhere.
    """
    closed = sys.stdout is None
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - open to the end
    if closed:
        sys.stdout = sys.stderr
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
