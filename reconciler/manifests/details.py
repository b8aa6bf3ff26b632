"""The details of a customer beside its name and tenant."""

from dataclasses import dataclass, field

from reconciler.model.settings import Defaults


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """The members of `customer:` that are not needed to tell it from others, and its own defaults."""

    market: str | None = None
    segment: str | None = None
    reseller: str | None = None
    labels: tuple[str, ...] = ()
    defaults: Defaults = field(default_factory=Defaults)
