"""Refuses a state location that a CI job would forget."""

import os

from reconciler.advice import problem, sentence
from reconciler.cli.terminal import Screen
from reconciler.model.errors import InvalidInput
from reconciler.model.locations import is_url
from reconciler.model.settings import Settings
from reconciler.model.state_store import StateStore


def refuse_lost_state(settings: Settings, store: StateStore, aside: Screen) -> None:
    """In CI a folder is on the runner's own disk, and forgotten with it, unless somebody means it to be there.

    Somebody does who writes it as a folder is written, or whose folder holds an estate's state already.
    """
    if not any(map(_is_set, ("CI", "TF_BUILD"))):
        return
    if settings.state is None:
        raise InvalidInput(problem("state_place_not_chosen"))
    if is_url(settings.state) or store.lineage() is not None:
        return
    if settings.state_is_name:
        raise InvalidInput(problem("state_place_ambiguous"))
    aside.say(sentence("state_on_this_machine"))


def _is_set(variable: str) -> bool:
    """Returns whether a switch of the environment is on; "false" and "0" are ways to turn it off."""
    return os.environ.get(variable, "").lower() not in {"", "false", "0"}
