"""`functools.cached_property` as Python 3.12 has it.

That of 3.11 holds a lock while the value is made, one for all instances of a class: threads that plan different
customers would wait for each other.
"""

import sys
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

if sys.version_info >= (3, 12):
    from functools import cached_property
else:
    _Value = TypeVar("_Value")

    class cached_property(Generic[_Value]):  # noqa: N801 -- the name that it has in functools
        """Makes a value when it is first looked at, and keeps it in the instance. Two threads may both make it."""

        def __init__(self, make: Callable[[Any], _Value]) -> None:
            self._make = make
            self.__doc__ = make.__doc__

        def __set_name__(self, _: type[Any], name: str) -> None:
            self._name = name

        @overload
        def __get__(self, instance: None, owner: type[Any]) -> "cached_property[_Value]": ...
        @overload
        def __get__(self, instance: object, owner: type[Any]) -> _Value: ...
        def __get__(self, instance: object, owner: type[Any]) -> "cached_property[_Value] | _Value":
            if instance is None:
                return self
            value = self._make(instance)
            instance.__dict__[self._name] = value
            return value


__all__ = ["cached_property"]
