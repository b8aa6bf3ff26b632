"""Files that a command is to write: refused where they would destroy something, before any of them is touched."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from reconciler.advice import problem
from reconciler.cli.chosen import Chosen
from reconciler.cli.files import named
from reconciler.cli.wiring import Wiring
from reconciler.git.clone import top_of
from reconciler.manifests.files import is_manifest
from reconciler.model.errors import InvalidInput, ReconcilerError


def refuse_loss(
    reports: Iterable[tuple[str, str]] = (),
    *,
    chosen: Chosen,
    also: Iterable[Path | None] = (),
    read: Iterable[Path | None] = (),
) -> None:
    """Looks at the files of the reports and at what is written `also`; the command reads those of `read`.

    Raises InvalidInput where two of them are one file, where one is read too, where a committed link leads to one,
    and where one is the estate's own: a manifest, or anything in its state directory or the sandbox's.
    """
    taken = {path.resolve(): "file_read_and_written" for path in filter(None, read)}
    for path in [*(Path(name) for _, name in reports if name != "-"), *filter(None, also)]:
        if path.exists() and not path.is_file():  # a device takes everything; a directory is refused elsewhere
            continue
        _refuse_link(path)
        here = path.resolve()
        if here in taken:
            raise InvalidInput(problem(taken[here], str(path)))
        if _is_own(here, chosen):
            raise InvalidInput(problem("file_of_estate", str(path)))
        taken[here] = "file_written_twice"


def _refuse_link(path: Path) -> None:
    """Raises InvalidInput where a folder on the way to a file is a link that a commit may hold.

    Whoever commits a link does not decide where the text goes. Links outside the working tree are the machine's own.
    """
    tree = top_of(Path.cwd())
    for link in _links(path.parent):
        if tree and link.parent.is_relative_to(tree):
            raise InvalidInput(problem("link_on_the_way", named(path), link=named(link)))


def _links(folder: Path) -> Iterator[Path]:
    """Yields every link on the way to a folder, where it really lies."""
    here = Path(os.path.realpath(Path.cwd()))
    for part in folder.parts:
        here = here / part if part != os.pardir else here.parent
        if here.is_symlink():
            yield here
        here = Path(os.path.realpath(here))


def _is_own(path: Path, chosen: Chosen) -> bool:
    root = chosen.root.resolve()
    declares = path.is_relative_to(root) and is_manifest(path.relative_to(root).as_posix())
    return declares or any(path.is_relative_to(folder.resolve()) for folder in _kept(chosen))


def _kept(chosen: Chosen) -> Iterator[Path]:
    """Directories in which the program keeps what it must not lose. Settings that can't be read are told later."""
    wiring = Wiring(chosen=chosen)
    yield wiring.world_file.parent
    with suppress(ReconcilerError):
        if "://" not in wiring.state_location:
            yield Path(wiring.state_location)
