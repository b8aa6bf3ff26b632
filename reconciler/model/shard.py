"""`--shard K/N`: a part of the estate, by customer, for a job of its own."""

import hashlib
import re
from dataclasses import dataclass
from typing import Self

_SHAPE = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")


@dataclass(frozen=True, slots=True)
class Shard:
    """The `number`th of `of` shards. Each customer is in exactly one of them, told by a hash of its name alone: adding
    or removing customers moves no other to another shard.
    """

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `K/N`. Raises ValueError for anything else, and for a K above N."""
        found = _SHAPE.fullmatch(text)
        if not found or int(found[1]) > int(found[2]):
            message = "not K/N, with K of at most N"
            raise ValueError(message)
        return cls(int(found[1]), int(found[2]))

    def holds(self, customer: str) -> bool:
        """Returns True if the customer of this name is in the shard."""
        hashed = int.from_bytes(hashlib.sha256(customer.encode()).digest()[:8])
        return hashed % self.of == self.number - 1

    def share(self, whole: int) -> int:
        """Its part of a figure that is the whole estate's: whole numbers, and those of all shards add up to it."""
        return whole // self.of + (self.number <= whole % self.of)

    def whole(self, share: int) -> int:
        """Returns the smallest figure of the whole estate of which its part is this, and no less; 0 of 0."""
        return (share - 1) * self.of + self.number if share > 0 else 0

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"
