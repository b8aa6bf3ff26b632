"""`reconciler completion`."""

import click
from click.shell_completion import ShellComplete, get_completion_class

from reconciler.cli import shells
from reconciler.cli.chosen import Chosen
from reconciler.cli.options import same_everywhere
from reconciler.cli.parameters import Choice
from reconciler.cli.terminal import output


@click.command()
@click.argument("shell", type=Choice(["bash", "zsh", "fish"]))
@same_everywhere
@click.pass_context
def completion(ctx: click.Context, shell: str, chosen: Chosen) -> None:  # noqa: ARG001 - taken as by every command
    """Print the script by which a shell completes commands, options, addresses and codes. To install it for good:

    \b
    reconciler completion bash > ~/.local/share/bash-completion/completions/reconciler
    reconciler completion zsh  > "${fpath[1]}/_reconciler"
    reconciler completion fish > ~/.config/fish/completions/reconciler.fish

    For this shell alone: source <(reconciler completion bash)
    """
    shells.register()
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    script = found(ctx.find_root().command, {}, "reconciler", "_RECONCILER_COMPLETE")
    output(no_color=True).write(ShellComplete.source(script))  # bash's own would start a bash, to see how old it is
