"""The part of an estate that was planned, and how it was chosen."""

from dataclasses import dataclass

from reconciler.model.address import Address
from reconciler.model.shard import Shard


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """The estate of a plan: the state location's lineage (None before the first apply) and a digest of the
    manifests.
    """

    lineage: str | None
    manifests_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The part of the estate that was planned: the globs given, the shard (`2/4`), and how much they selected.

    `changed_since`: only customers whose declarations differ from those of `base`, the commit at which HEAD and this
    git reference parted; unless `everything` says why all of them were planned. `touched` names those customers, among
    them those of whom nothing is declared any more; None where nothing was compared, or everything was planned.
    `accepted` are the addresses of which the manifests win over what somebody else changed (`--accept-drift`).
    `parts` are the options of each of several plans that are read as one, where no one choice says what they cover.
    """

    target: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    shard: str | None = None
    changed_since: str | None = None
    base: str | None = None
    everything: str = ""
    touched: tuple[str, ...] | None = None
    accepted: tuple[Address, ...] = ()
    customers: int = 0
    subscriptions: int = 0
    parts: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Returns True if nothing that is declared was left out."""
        return not (self.target or self.exclude or self.shard or self.parts) and self.touched is None

    @property
    def one_shard(self) -> Shard | None:
        """The shard, where it is one; None for the whole estate, and for several shards that are read as one plan."""
        return Shard.parse(self.shard) if self.shard and "," not in self.shard else None

    @property
    def arguments(self) -> tuple[str, ...]:
        """The words of `--target` and `--exclude` as they stand on a command line."""
        options = (("--target", self.target), ("--exclude", self.exclude))
        return tuple(word for option, globs in options for glob in globs for word in (option, glob))

    @property
    def options(self) -> str:
        """The options that chose it, as they are typed."""
        globs = [f"--target {glob}" for glob in self.target] + [f"--exclude {glob}" for glob in self.exclude]
        shard = [f"--shard {self.shard}"] if self.shard else []
        accepted = [f"--accept-drift {address}" for address in self.accepted]
        return " ".join(
            globs + accepted + shard + ([f"--changed-since {self.changed_since}"] if self.changed_since else [])
        )
