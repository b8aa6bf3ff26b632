"""Customers of the reseller, and how they stand to it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer of the reseller: its name in the manifests, and its tenant (`customer-tenant-id`, lower case).

    `display_name` is for people, and tells no customer from another.
    """

    name: str
    tenant: str
    display_name: str = field(default="", compare=False)

    @property
    def telling_name(self) -> str:
        """The name that people use; empty where that is only the name with other capitals and blanks."""
        return "" if "-".join(self.display_name.casefold().split()) == self.name else self.display_name

    @property
    def both_names(self) -> str:
        """`contoso (Contoso Ltd)`, or the name alone where the other tells nothing more."""
        return f"{self.name} ({self.telling_name})" if self.telling_name else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """The relationship of a customer to the reseller, as `GET /customers/{tenant}` says. None: the service did not
    say.
    """

    kind: str | None
    allow_delegated_access: bool | None
    display_name: str = ""
    domain: str = ""
