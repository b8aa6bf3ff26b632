"""The settings in force: flag, environment, file, default."""

import os
from dataclasses import replace
from pathlib import Path

from reconciler.advice import problem
from reconciler.cli.chosen import Chosen
from reconciler.cli.rehearsal import rehearsal
from reconciler.manifests.settings import read_settings
from reconciler.model.errors import InvalidInput, Misused
from reconciler.model.limits import Limits, allowed
from reconciler.model.locations import is_bare_name, is_url, unfit
from reconciler.model.overrides import Override, raised
from reconciler.model.settings import Settings


def settings_in_force(
    root: Path,
    chosen: Chosen,
    *,
    parallelism: int | None = None,
    stop_after_failures: int | None = None,
    overrides: tuple[Override, ...] = (),
) -> Settings:
    """Returns the settings of an estate as this run has them.

    Raises InvalidInput with the problems of the file or of a state location that was given, and Misused for an override
    that raises nothing.
    """
    found = read_settings(root, rehearsal=rehearsal(chosen.cloud))
    if chosen.cloud:
        found = replace(found, cloud=chosen.cloud)
    if chosen.state:
        name = is_bare_name(chosen.state)
        found = replace(found, state=_location(chosen.state), state_is_name=name)
    elif os.environ.get("RECONCILER_STATE") == "":
        _location("")
    allowed = stop_after_failures or found.limits.stop_after_failures
    return replace(
        found,
        parallelism=parallelism or found.parallelism,
        limits=_raised(replace(found.limits, stop_after_failures=allowed), overrides),
    )


def _raised(limits: Limits, overrides: tuple[Override, ...]) -> Limits:
    """The limits as this run raises them. Raises Misused for a value that raises nothing."""
    try:
        return raised(limits, overrides)
    except ValueError as error:
        (override,) = error.args
        standing = allowed(limits, override.name, override.currency)
        known = {"name": override.name, "value": override.value, "limit": "off" if standing is None else standing}
        raise Misused(problem("override_raises_nothing", "--override-limit", **known)) from None


def _location(text: str) -> str:
    """A state location as flag and environment give it; a path counts from the working directory.

    Raises InvalidInput as for the settings file, without repeating what may be a secret.
    """
    found = unfit(text, windows=os.name == "nt")
    if found:
        raise InvalidInput(problem(found.code, "--state (RECONCILER_STATE)", **found.data))
    return text if is_url(text) else str(Path(text).absolute())
