"""`moved:` and `removed:` of a customer's document: what they say, and what can't be meant."""

from collections.abc import Iterator

from reconciler.advice import problem
from reconciler.manifests.schema import Manifest
from reconciler.manifests.tree import Document, Table
from reconciler.model.errors import Problem
from reconciler.model.moves import Moves
from reconciler.model.subscription import Place


def moves_of(document: Document, manifest: Manifest) -> Moves:
    """Returns the moves that a document declares, with the places of the old names."""
    return Moves(
        moved=dict(manifest.moved),
        removed=tuple(manifest.removed),
        places={name: _place(document, name) for name in (*manifest.moved, *manifest.removed)},
    )


def misplaced_moves(document: Document, manifest: Manifest) -> Iterator[Problem]:
    """Yields what is wrong with a document's moves: an old name that is still declared or both moved and removed, a new
    name that nothing declares, and moves in a circle.
    """
    declared = manifest.subscriptions.keys()
    for old, new in manifest.moved.items():
        where = _place(document, old)
        if old in declared:
            yield problem("moved_still_declared", where, name=old)
        if _in_a_circle(old, manifest):
            yield problem("moved_in_a_circle", where, name=old)
        elif new not in declared and new not in manifest.moved and new not in manifest.removed:
            yield problem("moved_to_nothing", where, name=old, new=new)
    for name in manifest.removed:
        where = _place(document, name)
        if name in declared:
            yield problem("removed_still_declared", where, name=name)
        if name in manifest.moved:
            yield problem("moved_and_removed", where, name=name)


def _in_a_circle(name: str, manifest: Manifest) -> bool:
    seen = {name}
    while (name := manifest.moved.get(name, "")) and name not in seen:
        seen.add(name)
    return bool(name)


def _place(document: Document, name: str) -> Place:
    """The old name's place; of an item of a list, that of the list."""
    moved = document.table("moved")
    if moved is not None and name in moved.marks:
        return document.place(moved.marks[name][0])
    root = document.root
    return document.place(root.marks["removed"][0] if isinstance(root, Table) else document.mark)
