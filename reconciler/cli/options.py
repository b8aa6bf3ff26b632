"""Options that several commands share: the estate, the cloud, the state location, selections and formats."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial, wraps
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from reconciler.cli.chosen import Chosen
from reconciler.cli.completing import folders, globs, references
from reconciler.cli.figures import Number
from reconciler.cli.parameters import Choice, Folder
from reconciler.model.choices import CLOUDS
from reconciler.model.invocation import NO_FLAGS, Invocation
from reconciler.model.withheld import unfit_choice

Command = TypeVar("Command", bound=Callable[..., Any])


def shared(command: Command) -> Command:
    """Adds the shared options to a group or command, which gets them as `chosen`."""
    return _with_chosen(command, _OPTIONS)


def same_everywhere(command: Command) -> Command:
    """Adds the shared options to a command that means the same for every estate: it accepts them and shows them not."""
    return _with_chosen(command, _HIDDEN)


def flags_of(root: click.Command, run: tuple[str, ...]) -> frozenset[str]:
    """Returns the options, by every spelling, that the command at the head of `run` shows in its help."""
    command, context = root, click.Context(root)
    for word in run:
        below = command.get_command(context, word) if isinstance(command, click.Group) else None
        if below is None:
            break
        command = below
    options = (option for option in command.params if isinstance(option, click.Option) and not option.hidden)
    return frozenset(spelling for option in options for spelling in option.opts)


_Option = Callable[[Callable[..., Any]], Callable[..., Any]]


def _with_chosen(command: Command, options: tuple[_Option, ...]) -> Command:
    @wraps(command)
    def with_chosen(
        *args: Any, manifests: str | None, cloud: str | None, state_location: str | None, no_color: bool, **kwargs: Any
    ) -> Any:
        context = click.get_current_context()
        here = Chosen(
            manifests=manifests,
            cloud=cloud,
            state=state_location,
            no_color=no_color,
            of_environment=frozenset(
                name
                for name in ("manifests", "state_location")
                if context.get_parameter_source(name) is click.core.ParameterSource.ENVIRONMENT
            ),
            flags_of=partial(flags_of, context.find_root().command),
        )
        before = context.obj
        if isinstance(before, Chosen):
            here = _without_environment(here, context).over(before)
        try:
            return command(*args, chosen=here, **kwargs)
        except Exception as error:
            _address(error, here)
            raise

    decorated: Any = with_chosen
    for option in reversed(options):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return] # click's decorators keep the callable's type


def _address(error: Exception, here: Chosen) -> None:
    """Lets the commands in an error's advice be about what was chosen, also those in the advice on a fault."""
    with suppress(AttributeError):  # a class of C code that takes no further attribute
        setattr(error, _IN_FORCE, here.invocation)


_IN_FORCE = "invocation_in_force"


def in_force(error: Exception) -> Invocation:
    """Returns the flags in force where an error ended a command; no flags where no command was started."""
    found: Invocation = getattr(error, _IN_FORCE, NO_FLAGS)
    return found


def _without_environment(here: Chosen, context: click.Context) -> Chosen:
    """Returns what stands after the command. The environment was read before any flag."""

    def flag(name: str, value: str | None) -> str | None:
        return value if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE else None

    return replace(
        here,
        manifests=flag("manifests", here.manifests),
        cloud=flag("cloud", here.cloud),
        state=flag("state_location", here.state),
    )


def _not_empty(_ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """An empty value is a variable that somebody forgot to set, never a wish for the default."""
    if value is not None and not value.strip():
        raise click.BadParameter("it is empty. Give a value, or leave the option away.", param=option)
    return value


def _options(*, hidden: bool) -> tuple[_Option, ...]:
    return (
        click.option(
            "-m",
            "--manifests",
            metavar="DIR",
            envvar="RECONCILER_MANIFESTS",
            callback=_not_empty,
            shell_complete=folders,
            hidden=hidden,
            help="The estate's manifests [manifests/].",
        ),
        click.option(
            "--cloud",
            type=Choice(CLOUDS),
            envvar="RECONCILER_CLOUD",
            hidden=hidden,
            help="Instead of the settings' cloud.",
        ),
        click.option(
            "--state",
            "state_location",
            metavar="LOCATION",
            envvar="RECONCILER_STATE",
            callback=_not_empty,
            shell_complete=folders,
            hidden=hidden,
            help="Where state is kept: a directory or a URL.",
        ),
        click.option("--no-color", is_flag=True, help="No colour (also NO_COLOR)."),
    )


_OPTIONS, _HIDDEN = _options(hidden=False), _options(hidden=True)

FORMATS = ("text", "json", "markdown", "html", "github", "azure-devops", "junit", "sarif", "brief", "csv")
"""Formats of a plan."""


class _ReportType(click.ParamType[tuple[str, str]]):
    name = "FORMAT=FILE"

    def __init__(self, formats: tuple[str, ...]) -> None:
        self._formats = formats

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The formats, and after one of them files, which the shell knows."""
        form, equals, _ = incomplete.partition("=")
        if equals:
            return [CompletionItem(incomplete, type="file")]
        return [CompletionItem(f"{name}=") for name in self._formats if name.startswith(form)]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        form, _, name = str(value).partition("=")
        if form not in self._formats:
            self.fail(f"it names no format. Write FORMAT=FILE. {unfit_choice(form, self._formats)}", param, ctx)
        if not name.strip():
            self.fail(f"it names no file. Write {form}=FILE, or {form}=- for the screen.", param, ctx)
        return form, name


APPLY_FORMATS = ("text", "json", "markdown", "github", "azure-devops", "junit")
"""Formats of the report of an apply."""


def report_option(formats: tuple[str, ...] = FORMATS) -> Callable[[Command], Command]:
    """`--report`, repeatable, in these formats."""
    return click.option(
        "--report",
        "reports",
        type=_ReportType(formats),
        multiple=True,
        help=f"Write this too, whatever the exit code; - is the screen. Formats: {', '.join(formats)}.",
    )


format_option = click.option("--format", "form", type=Choice(FORMATS), default="text", help="How to show it [text].")
brief_option = click.option(
    "--brief",
    "form",
    flag_value="brief",
    help="One line per item, to search: address, action, code or status, values from and to.",
)
mails_option = click.option(
    "--mails",
    metavar="DIR",
    type=Folder(),
    help="Write each mail to a customer that is advised as a file of its own.",
)
blocked_option = click.option(
    "--blocked",
    type=Choice(["fail", "warn"]),
    envvar="RECONCILER_BLOCKED",
    help="Whether a blocked item fails the command (exit 3).",
)
target_option = click.option(
    "--target",
    metavar="GLOB",
    multiple=True,
    shell_complete=globs,
    help="Only these addresses, or label:NAME; may be repeated.",
)


def targets(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command --target, and names as a short way to write it: `plan contoso`."""

    @wraps(command)
    def merged(*args: Any, customers: tuple[str, ...], target: tuple[str, ...], **given: Any) -> Any:
        return command(*args, target=(*customers, *target), **given)

    argument = click.argument("customers", metavar="[CUSTOMER]...", nargs=-1, shell_complete=globs)
    return argument(target_option(merged))


exclude_option = click.option(
    "--exclude",
    metavar="GLOB",
    multiple=True,
    shell_complete=globs,
    help="Not these addresses, nor label:NAME; may be repeated.",
)
accept_option = click.option(
    "--accept-drift",
    "accepted",
    metavar="ADDRESS",
    multiple=True,
    shell_complete=globs,
    help="Here the manifest wins over seats and schedules of others; may be repeated.",
)
since_option = click.option(
    "--changed-since",
    "changed_since",
    metavar="GITREF",
    shell_complete=references,
    help="Only customers whose declaration changed since HEAD's merge base with this.",
)
parallelism_option = click.option(
    "--parallelism",
    type=Number(1, 64),
    metavar="N",
    envvar="RECONCILER_PARALLELISM",
    help="Customers at once [8].",
)
shard_option = click.option("--shard", metavar="K/N", help="Only the K-th of N parts of the estate, by customer.")
