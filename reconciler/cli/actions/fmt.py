"""Carries out `reconciler fmt`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from reconciler.advice import problem
from reconciler.cli.actions.editing import difference
from reconciler.cli.chosen import Chosen
from reconciler.cli.files import named, rewrite
from reconciler.cli.terminal import output
from reconciler.manifests.files import Directory, Source, source, sources
from reconciler.manifests.formatting import formatted
from reconciler.model.errors import InvalidInput, Problem
from reconciler.rendering.safe import visible


def fmt(paths: tuple[Path, ...], *, check: bool, diff: bool, chosen: Chosen) -> int:
    """Lays the files out; returns 2 with `check` where one differs.

    Raises InvalidInput for the files that are no YAML, once the others are laid out.
    """
    problems: list[Problem] = []
    screen = output(no_color=chosen.no_color)
    differing = False
    for path, file in _files(paths or (chosen.root,), problems):
        try:
            after = formatted(file)
        except InvalidInput as error:
            problems += error.problems
            continue
        if after != file.content:
            differing = True
            screen.write("".join(difference(file.shown, file.content, after)) if diff else visible(file.shown))
            if not (check or diff):
                rewrite(path, after, file.content)
    if problems:
        raise InvalidInput.of(problems)
    return 2 if check and differing else 0


def _files(paths: Iterable[Path], problems: list[Problem]) -> Iterator[tuple[Path, Source]]:
    """Every manifest below the folders, and the files."""
    for path in paths:
        if path.is_dir():
            for file in sources(Directory(path=path, shown=path), problems):
                yield path / file.relative, file
        elif not path.exists():
            problems.append(problem("named_file_unreadable", named(path), why="No such file or directory"))
        elif found := source(Directory(path=path.parent, shown=path.parent), path.name, problems):
            yield path, found
