"""What a shell offers while a command is typed. Whatever goes wrong here, the shell just offers nothing."""

from contextlib import suppress
from pathlib import Path

import click


def addresses(ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """The addresses that the manifests declare, and their customers."""
    found: list[str] = []
    with suppress(Exception):
        from reconciler import manifests

        declared = [str(one.address) for one in manifests.read(_root(ctx)).desired]
        found = sorted({*declared, *(one.partition("/")[0] for one in declared)})
    return [one for one in found if one.startswith(incomplete)]


def codes(_ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """The codes that `explain` knows."""
    from reconciler.partner_center.refusals import service_errors
    from reconciler.planning import explained

    known = {one.code for one in (*explained(), *service_errors())}
    return sorted(code for code in known if code.startswith(incomplete))


def _root(ctx: click.Context) -> Path:
    """The manifests, as far as the command line typed so far names them."""
    within: click.Context | None = ctx
    while within is not None:
        if named := within.params.get("manifests"):
            return Path(named)
        within = within.parent
    return Path("manifests")
