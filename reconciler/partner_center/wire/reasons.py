"""Reasons of the service against a change, as eligibilities and results list them."""

from collections.abc import Mapping
from typing import Any

from reconciler.model.upgrade import UpgradeError
from reconciler.model.withheld import scrubbed
from reconciler.partner_center.wire.values import Text, Wire, maybe_count, word


class Fault(Wire):
    """An error of a list. Its code is a number or a word."""

    code: Any = None
    description: Text = ""
    additional_details: Text = ""


def reason(raw: Any, codes: Mapping[int, str]) -> UpgradeError:
    """Reads one reason; `codes` are the words of the known numbers. A bare code is a reason without words."""
    fault = Fault.model_validate(raw if isinstance(raw, dict) else {"code": raw})
    code = word(fault.code, codes)
    number = next((number for number, known in codes.items() if known == code), None)
    return UpgradeError(
        code=scrubbed(code),
        number=maybe_count(fault.code) if number is None else number,
        description=scrubbed(fault.description),
        details=scrubbed(fault.additional_details),
    )
