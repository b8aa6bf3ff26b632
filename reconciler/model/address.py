"""Addresses, which are a person's names of subscriptions, and the comparison of the service's identifiers."""

import re
from sys import intern
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
"""A customer's or a subscription's name in a manifest."""

DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)))
)
"""Names that no file can have on Windows, whatever its ending: git there checks out no repository that holds one."""

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Address(str):
    """`contoso/office`: a customer's name and, within it, a subscription's. It stays when the subscription id changes.

    Sorts as text; every customer's addresses are neighbours in that order. Raises ValueError for any other shape.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        customer, slash, name = text.partition("/")
        if not (slash and NAME.fullmatch(customer) and NAME.fullmatch(name)):
            message = f"{text!r} is not an address such as contoso/office"
            raise ValueError(message)
        return super().__new__(cls, text)

    @property
    def customer(self) -> str:
        """The customer's name."""
        return self.partition("/")[0]

    @property
    def name(self) -> str:
        """The subscription's name within the customer."""
        return self.partition("/")[2]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Any], handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())


def is_guid(identifier: str) -> bool:
    """Returns True if this is a GUID, in either casing."""
    return _GUID.fullmatch(identifier) is not None


def canonical(identifier: str) -> str:
    """The one spelling in which identifiers are compared and kept: GUIDs in lower case, all others in upper.

    The service answers the same id in several casings (upper in offers and older subscriptions, lower in upgrade
    results), so no two identifiers may be compared without this. One that manifests, state and answers name is kept in
    memory once.
    """
    return intern(identifier.lower() if is_guid(identifier) else identifier.upper())
