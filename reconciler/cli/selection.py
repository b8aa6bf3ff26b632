"""The part of the estate that --target, --exclude and --shard select."""

from reconciler.advice import problem
from reconciler.model.errors import Misused
from reconciler.model.shard import Shard
from reconciler.model.withheld import shown_word
from reconciler.planning import Globs


def globs(target: tuple[str, ...], exclude: tuple[str, ...], shard: str | None) -> Globs:
    """Returns the selection, as typed. Raises Misused for a shard that is none."""
    try:
        part = None if shard is None else Shard.parse(shard)
    except ValueError:
        raise Misused(problem("no_shard", "--shard", shown=shown_word(shard or ""))) from None
    return Globs(target=target, exclude=exclude, shard=part)
