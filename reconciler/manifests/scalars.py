"""Reads unquoted scalars: the field decides the type, and whatever YAML's versions disagree about is refused."""

import re
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import lru_cache

from yaml.resolver import Resolver

from reconciler.manifests.tree import Unquoted

NOTHING = "no value at all"
YES_OR_NO, _NUMBER, _BASE_60_NUMBER = "a yes/no value", "a number", "a base-60 number"
_NUMBERS = {_NUMBER, _BASE_60_NUMBER}

_KINDS = {
    "tag:yaml.org,2002:bool": YES_OR_NO,
    "tag:yaml.org,2002:int": _NUMBER,
    "tag:yaml.org,2002:float": _NUMBER,
    "tag:yaml.org,2002:null": NOTHING,
    "tag:yaml.org,2002:timestamp": "a date",
    "tag:yaml.org,2002:merge": "a merge key",
    "tag:yaml.org,2002:value": "a default key",
}
"""The types that YAML 1.1 gives unquoted scalars, by tag (yaml.org/type)."""

_Y_OR_N = re.compile(r"[yYnN]")
_ANY_NUMBER = re.compile(r"[-+]?(0o[0-7]+|(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?)")
_BASE_60 = re.compile(r"[-+]?\d[\d_]*(:\d+)+(\.\d*)?")
_WHOLE = re.compile(r"-?(0|[1-9]\d*)")
_DECIMAL = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

_SUSPECT = frozenset({*Resolver.yaml_implicit_resolvers, "Y", "y", "N", "n"})
"""The first characters of a scalar that could be anything but text."""

_CENT = Decimal("0.01")
_LONGEST_NUMBER = 18
_LONGEST_EXCERPT = 60


class Wrong(ValueError):
    """A value that its field can't take: a code of the advice, and its data but for the `name` of the field."""

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


@lru_cache(maxsize=4096)
def scalar(text: str) -> str | Unquoted:
    """An unquoted scalar: text where all versions of YAML agree that it is, else `Unquoted`."""
    kind = _kind(text)
    return text if kind is None else Unquoted(text, kind)


def _kind(text: str) -> str | None:
    if text[:1] not in _SUSPECT and text:
        return None
    for tag, pattern in Resolver.yaml_implicit_resolvers.get(text[:1], ()):
        if pattern.match(text):
            return _BASE_60_NUMBER if _BASE_60.fullmatch(text) else _KINDS[tag]
    if _Y_OR_N.fullmatch(text):
        return YES_OR_NO
    return _NUMBER if _ANY_NUMBER.fullmatch(text) else None


def excerpt(text: str) -> str:
    """A value as a message quotes it: short."""
    return text if len(text) <= _LONGEST_EXCERPT else f"{text[:_LONGEST_EXCERPT]}…"


def quoted(text: str) -> str:
    """The beginning of a text, in quotation marks."""
    return f'"{excerpt(text)}"'


def described(value: object) -> str:
    """A value as a message speaks of it, after "is"."""
    if isinstance(value, Unquoted):
        return f"{excerpt(value.text)}, which YAML takes for {value.kind}" if value.text else "empty"
    if isinstance(value, str):
        return f"the text {quoted(value)}"
    return "a mapping" if isinstance(value, dict) else "a list"


def whole_number(value: object) -> int:
    """A plain decimal whole number. Raises Wrong for every other spelling (`1_0`, `0x10`, `010`, `1:30`, `25.0`)."""
    return int(_digits(value, _WHOLE, "a plain whole number", "25"))


def number(value: object) -> float:
    """A plain decimal number, with or without a fraction. Raises Wrong for every other spelling."""
    return float(_digits(value, _DECIMAL, "a plain decimal number", "120 or 2.5"))


def money(value: object) -> Decimal:
    """An amount in whole cents, as 30 or 30.00. Raises Wrong for every other spelling."""
    amount = Decimal(_digits(value, _DECIMAL, "an amount", "30.00"))
    if amount != amount.quantize(_CENT):
        raise Wrong("amount_not_in_cents", value=described(value))
    return amount


def _digits(value: object, shape: re.Pattern[str], wanted: str, example: str) -> str:
    if isinstance(value, Unquoted) and shape.fullmatch(value.text):
        if len(value.text) > _LONGEST_NUMBER:
            raise Wrong("number_too_long", wanted=wanted, example=example)
        return value.text
    if isinstance(value, str) and shape.fullmatch(value):
        raise Wrong("number_quoted", value=described(value), wanted=wanted, plain=excerpt(value))
    if isinstance(value, Unquoted) and value.kind in _NUMBERS:
        raise Wrong("number_not_decimal", value=excerpt(value.text), wanted=wanted, example=example)
    raise Wrong("not_a_number", value=described(value), wanted=wanted, example=example)


def day(value: object) -> date:
    """A day, as 2026-12-31, with or without quotes. Raises Wrong for every other spelling."""
    text = value.text if isinstance(value, Unquoted) else value
    if isinstance(text, str) and _DAY.fullmatch(text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise Wrong("not_a_day", value=excerpt(text) if isinstance(text, str) else described(value))


def flag(value: object) -> bool:
    """`true` or `false`, unquoted and in lower case. Raises Wrong for every other spelling (`yes`, `no`, `on`)."""
    if isinstance(value, Unquoted) and value.text in {"true", "false"}:
        return value.text == "true"
    raise Wrong("not_a_flag", value=described(value))
