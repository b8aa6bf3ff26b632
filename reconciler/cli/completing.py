"""What a shell offers while a command is typed. Whatever goes wrong here, the shell just offers nothing."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reconciler.model.ports import StateStore


def addresses(ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """The addresses that the manifests declare, and their customers."""
    found: list[str] = []
    with suppress(Exception):
        from reconciler import manifests

        declared = [str(one.address) for one in manifests.read(_root(ctx)).desired]
        found = sorted({*declared, *(one.partition("/")[0] for one in declared)})
    return [one for one in found if one.startswith(incomplete)]


def tracked(ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """The addresses that state remembers."""
    found: list[str] = []
    with suppress(Exception):
        store = _store(ctx)
        read = filter(None, map(store.read, store.customers()))
        found = sorted(f"{one.state.customer.name}/{name}" for one in read for name in one.state.subscriptions)
    return [one for one in found if one.startswith(incomplete)]


def customers(ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """The customers that state remembers."""
    found: list[str] = []
    with suppress(Exception):
        found = sorted(_store(ctx).customers())
    return [one for one in found if one.startswith(incomplete)]


def codes(_ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """The codes that `explain` knows."""
    from reconciler.partner_center.refusals import service_errors
    from reconciler.planning import explained

    known = {one.code for one in (*explained(), *service_errors())}
    return sorted(code for code in known if code.startswith(incomplete))


def _store(ctx: click.Context) -> "StateStore":
    """Where state is kept, as far as the command line typed so far says."""
    from reconciler.cli.options import Chosen
    from reconciler.cli.wiring import Wiring

    return Wiring(chosen=Chosen(manifests=str(_root(ctx)), state=_typed(ctx, "state_location"))).store


def _root(ctx: click.Context) -> Path:
    """The manifests, as far as the command line typed so far names them."""
    return Path(_typed(ctx, "manifests") or "manifests")


def _typed(ctx: click.Context, option: str) -> str | None:
    within: click.Context | None = ctx
    while within is not None:
        if named := within.params.get(option):
            return str(named)
        within = within.parent
    return None
