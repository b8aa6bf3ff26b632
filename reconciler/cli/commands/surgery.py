"""The commands that repair state: adopt, forget, done, unlock, state mv, push, resolve."""

from pathlib import Path
from typing import Any

import click

from reconciler.cli import completing
from reconciler.cli.chosen import Chosen
from reconciler.cli.duration import lock_timeout_option
from reconciler.cli.options import shared
from reconciler.cli.parameters import File


@click.command()
@click.argument("address", shell_complete=completing.addresses)
@click.argument("subscription_id", metavar="ID")
@lock_timeout_option
@shared
def adopt(address: str, subscription_id: str, lock_timeout: float, chosen: Chosen) -> None:
    """Bind ADDRESS to the live subscription ID: it must exist, be this customer's, and be bound nowhere else.

    \b
    reconciler adopt contoso/office 5ea053d6-1a53-4a4c-96c1-2e3a2c6c5a4e
    """
    from reconciler.cli.actions.surgery import adopt

    adopt(address, subscription_id, lock_timeout, chosen)


@click.command()
@click.argument("addresses", metavar="ADDRESS...", nargs=-1, required=True, shell_complete=completing.tracked)
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@lock_timeout_option
@shared
def forget(addresses: tuple[str, ...], auto_approve: bool, lock_timeout: float, chosen: Chosen) -> None:
    """Stop tracking each ADDRESS, once no manifest declares it. Never writes to the service.

    A customer's name or a glob stands for all that it matches: the command lists the matches and asks. Addresses that
    can't be forgotten are listed at the end; the others are forgotten.

    \b
    reconciler forget contoso/office
    reconciler forget contoso                 a customer who left
    reconciler forget 'contoso/*' fabrikam/mail
    """
    from reconciler.cli.actions.surgery import forget

    forget(addresses, auto_approve, lock_timeout, chosen)


@click.command()
@click.argument("address", shell_complete=completing.tracked)
@click.argument("task", shell_complete=completing.tasks)
@lock_timeout_option
@shared
def done(address: str, task: str, lock_timeout: float, chosen: Chosen) -> None:
    """Say that TASK, which an earlier change of ADDRESS left for people to do, is done.

    Until then plan, drift, renewals and state list show it. Never writes to the service.

    \b
    reconciler done contoso/office assign_users
    reconciler explain assign_users              what there is to do
    """
    from reconciler.cli.actions.surgery import done

    done(address, task, lock_timeout, chosen)


@click.command()
@click.argument("customer", required=False, shell_complete=completing.customers)
@click.argument("lock_id", required=False)
@click.option("--run", "run_id", metavar="RUN", help="Break all locks of this run.")
@shared
def unlock(customer: str | None, lock_id: str | None, run_id: str | None, chosen: Chosen) -> None:
    """Break CUSTOMER's lock LOCK_ID, or all locks of a run. Make sure first that it is not at work any more.

    \b
    reconciler unlock contoso LOCK_ID      as the refused command shows it
    reconciler unlock --run 5d0c7a4e-3f6b-5b0e-9d0a-8c2f1e7b6a43      all of a run
    """
    from reconciler.cli.actions.surgery import unlock, unlock_run

    if run_id is not None and customer is None:
        unlock_run(run_id, chosen)
    elif run_id is None and customer is not None and lock_id is not None:
        unlock(customer, lock_id, chosen)
    else:
        raise click.UsageError("Give CUSTOMER and LOCK_ID, or --run RUN.")


@click.command("mv")
@click.argument("old", shell_complete=completing.tracked)
@click.argument("new", shell_complete=completing.addresses)
@lock_timeout_option
@shared
def move(old: str, new: str, lock_timeout: float, chosen: Chosen) -> None:
    """Rename the address OLD to NEW, with everything remembered of it; or a customer. The manifest is yours to change.

    \b
    reconciler state mv contoso/office contoso/headquarters
    reconciler state mv contoso northwind
    """
    from reconciler.cli.actions.surgery import move

    move(old, new, lock_timeout, chosen)


@click.command()
@click.argument("file", type=File())
@lock_timeout_option
@shared
def push(file: Path, lock_timeout: float, chosen: Chosen) -> None:
    """Take in what FILE holds: an errored.<customer>.json that apply left behind. Nothing recorded since is lost.

    \b
    reconciler state push errored.contoso.json
    """
    from reconciler.cli.actions.surgery import push

    push(file, lock_timeout, chosen)


@click.command()
@click.argument("address", shell_complete=completing.tracked)
@click.option("--succeeded", metavar="ID", help="It was done, and made this subscription.")
@click.option("--not-done", is_flag=True, help="It was not done. Given twice: for certain.")
@click.option(
    "--not-ours",
    metavar="ID",
    multiple=True,
    help="Somebody else bought this new subscription; may be repeated.",
)
@lock_timeout_option
@shared
def resolve(chosen: Chosen, **given: Any) -> None:
    """Settle a change whose outcome is unknown, by what you found in Partner Center.

    \b
    reconciler state resolve contoso/office --succeeded SUBSCRIPTION_ID
    reconciler state resolve contoso/office --not-done
    """
    from reconciler.cli.actions.surgery import ResolveOptions, resolve

    resolve(ResolveOptions(**given), chosen)
