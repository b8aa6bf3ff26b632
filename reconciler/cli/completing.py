"""Completes a command while it is typed. Whatever goes wrong here, the shell just offers nothing."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from reconciler.cli.chosen import Chosen

if TYPE_CHECKING:
    from reconciler.manifests.names_only import Names
    from reconciler.model.state_store import StateStore


def globs(ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """The addresses that the manifests declare, their customers, and their labels."""
    found: set[str] = set()
    with suppress(Exception):
        for names in _names(ctx, incomplete.removeprefix("label:")):
            found.update(names.addresses, map(_customer, names.addresses), (f"label:{label}" for label in names.labels))
    return _beginning(incomplete, found)


def addresses(ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """The addresses that the manifests declare."""
    return _beginning(incomplete, _declared(ctx, incomplete))


def tracked(ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """The addresses that state remembers, and those that the manifests declare."""
    return _beginning(incomplete, {*_remembered(ctx), *_declared(ctx, incomplete)})


def customers(ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """The customers that state remembers, and those whose subscriptions the manifests declare."""
    found = set(map(_customer, _declared(ctx, incomplete)))
    with suppress(Exception):
        found.update(_store(ctx).customers())
    return _beginning(incomplete, found)


def folders(_ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Folders, which the shell knows."""
    return [CompletionItem(incomplete, type="dir")]


def tenants(ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """The tenants of the customers whose subscriptions the manifests declare."""
    found: set[str] = set()
    with suppress(Exception):
        found = {names.tenant for names in _names(ctx) if names.tenant}
    return _beginning(incomplete, found)


def references(_ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """The base of most pull requests."""
    return _beginning(incomplete, {"HEAD~1", "origin/HEAD", "origin/main", "origin/master"})


def _declared(ctx: click.Context, incomplete: str) -> set[str]:
    with suppress(Exception):
        return {str(address) for names in _names(ctx, incomplete) for address in names.addresses}
    return set()


def _names(ctx: click.Context, incomplete: str = "") -> "Iterator[Names]":
    """The names in the manifests, of the customers that what was typed can mean."""
    from reconciler.manifests.names_only import names_only

    return names_only(_root(ctx), _customer(incomplete))


def _remembered(ctx: click.Context) -> set[str]:
    with suppress(Exception):
        store = _store(ctx)
        read = filter(None, map(store.read, store.customers()))
        return {f"{stored.state.customer.name}/{name}" for stored in read for name in stored.state.subscriptions}
    return set()


def _customer(address: str) -> str:
    return address.partition("/")[0]


def _beginning(incomplete: str, words: Iterable[str]) -> list[str]:
    return sorted(word for word in words if word.startswith(incomplete))


def codes(_ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """The codes that `explain` knows."""
    from reconciler.advice import explanations

    known = {explanation.code for explanation in explanations()}
    return sorted(code for code in known if code.startswith(incomplete))


def tasks(_ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """The codes of what changes leave for people to do."""
    from reconciler.advice import explanations

    return _beginning(incomplete, {known.code for known in explanations() if known.origin == "task"})


def _store(ctx: click.Context) -> "StateStore":
    """Returns where state is kept, as far as the command line typed so far says."""
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
