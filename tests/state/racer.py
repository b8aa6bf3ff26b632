"""A process that writes when it is told to: `python -m tests.state.racer KIND LOCATION [ARGUMENT]`.

Says "ready", waits for a line, does its work, says what came of it.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

from reconciler.model.errors import LockHeld, StateConflict
from reconciler.model.state_store import StateStore
from reconciler.state import current_process, open_store
from tests.state.states import RUN, a_large_state, a_state


def create(store: StateStore, argument: str) -> str:
    try:
        store.write(a_state(serial=int(argument)), None)
    except StateConflict:
        return "lost"
    return "won"


def establish(store: StateStore, argument: str) -> str:
    return store.establish(argument)


def lock(store: StateStore, _: str) -> str:
    try:
        with store.lock("contoso", "apply", replace(RUN, process=current_process())):
            _say("locked")
            sys.stdin.readline()
    except LockHeld:
        return "held"
    return "released"


def rewrite(store: StateStore, argument: str) -> str:
    """Writes a large state over and over, each time another serial, and says so, until it is killed."""
    for serial, version in zip(count(2), _versions(store, int(argument)), strict=False):
        _say(f"{serial} {version}")
    return "never"


def _versions(store: StateStore, results: int) -> Iterator[str]:
    state, version = a_large_state(results), None
    for serial in count(1):
        version = store.write(replace(state, serial=serial), version)
        yield version


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


KINDS: dict[str, Callable[[StateStore, str], str]] = {
    "create": create,
    "establish": establish,
    "lock": lock,
    "rewrite": rewrite,
}


def main() -> None:
    kind, location, argument = sys.argv[1:]
    store = open_store(location)
    _say("ready")
    sys.stdin.readline()
    _say(KINDS[kind](store, argument))


if __name__ == "__main__":
    main()
