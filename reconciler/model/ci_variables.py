"""The facts that a CI system tells of its run, as far as it may be shown and kept: addresses and commits, never a
credential.
"""

import re
from collections.abc import Callable, Mapping

from reconciler.model.withheld import bare_address

_ADDRESSES = (
    "BUILD_REPOSITORY_URI",
    "CI_JOB_URL",
    "CI_PROJECT_URL",
    "GITHUB_SERVER_URL",
    "SYSTEM_COLLECTIONURI",
    "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI",
)
_COMMITS = ("BUILD_SOURCEVERSION", "CI_COMMIT_SHA", "GITHUB_SHA")
_NUMBERS = ("BUILD_BUILDID", "GITHUB_RUN_ID")
_REPOSITORIES = ("GITHUB_REPOSITORY",)


def presentable(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables, without what can't be shown: a user and password in an address, and what is no address, commit,
    number or repository where one belongs.
    """
    return {name: shown for name, value in variables.items() if (shown := _READERS.get(name, str)(value))}


def _matching(pattern: str) -> Callable[[str], str]:
    return lambda value: value if re.fullmatch(pattern, value) else ""


_READERS: Mapping[str, Callable[[str], str]] = {
    **dict.fromkeys(_ADDRESSES, bare_address),
    **dict.fromkeys(_COMMITS, _matching(r"[0-9A-Fa-f]{4,64}")),
    **dict.fromkeys(_NUMBERS, _matching(r"[0-9]{1,20}")),
    **dict.fromkeys(_REPOSITORIES, _matching(r"[\w.-]{1,100}/[\w.-]{1,100}")),
}
