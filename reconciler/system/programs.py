"""Runs other programs, each found by an absolute path and given only the variables that it needs.

Promises that no secret of this process reaches a child, whatever the environment holds, and that no file of the
working directory is run: entries of PATH that are relative or empty are left out, here and in the child.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from errno import ENOENT, ETIMEDOUT
from pathlib import Path

_SYSTEM = ("HOME", "SYSTEMROOT", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "PROGRAMDATA", "TEMP", "TMP", "TMPDIR")
"""Variables by which a program finds its user's files. None of them holds a secret."""

_CREDENTIALS = re.compile(r"://[^/\s]*@")


def run(
    command: Sequence[str],
    *,
    needs: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    directory: Path | None = None,
    avoid: Path | None = None,
    standard_input: bytes = b"",
    seconds: float,
) -> subprocess.CompletedProcess[bytes]:
    """Runs a program and waits for it. `needs` names further variables to pass on, `variables` adds others.

    A variable whose value is a URL with a password in it, as that of a proxy may be, is not passed on.
    Folders of PATH below `avoid` are left out. Raises OSError where the program is not found,
    can't be started or takes too long.
    """
    path = _path(avoid)
    passed = {name: os.environ[name] for name in (*_SYSTEM, *needs) if name in os.environ}
    passed = {name: value for name, value in passed.items() if not _CREDENTIALS.search(value)}
    try:
        return subprocess.run(  # noqa: S603 - no shell, and the program by its absolute path
            [_find(command[0], path), *command[1:]],
            cwd=directory,
            env={"PATH": os.pathsep.join(path), **passed, **(variables or {})},
            input=standard_input,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(ETIMEDOUT, f"it does not end within {seconds:g} seconds") from None


def _path(avoid: Path | None) -> list[str]:
    folders = [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(folder).is_absolute()]
    if avoid is None:
        return folders
    return [folder for folder in folders if not Path(os.path.realpath(folder)).is_relative_to(avoid)]


def _find(program: str, path: Sequence[str]) -> str:
    for folder in path:  # one by one: on Windows a search over all of PATH begins in the working directory
        if found := shutil.which(str(Path(folder) / program)):
            return found
    raise FileNotFoundError(ENOENT, f"there is no {program} on the PATH")
