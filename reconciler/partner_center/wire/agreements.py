"""Agreements that a customer has accepted (agreement-resources): confirmed by a partner, or signed by itself."""

from typing import Any

from reconciler.partner_center.wire.values import Flag, Text, Wire, folded

CUSTOMER_AGREEMENT = "MicrosoftCustomerAgreement"
"""The type of the agreement that a purchase needs; without it, the service lists an older one."""


class _Agreement(Wire):
    type: Text = CUSTOMER_AGREEMENT


class _DirectSigned(Wire):
    is_signed: Flag = None


def confirmed(raw: Any) -> bool:
    """Returns whether a line of the list is of the agreement that a purchase needs."""
    return folded(_Agreement.model_validate(raw).type) == folded(CUSTOMER_AGREEMENT)


def signed(raw: Any) -> bool:
    """Returns whether the customer has signed the agreement by itself. Raises ValueError where that is not said."""
    found = _DirectSigned.model_validate(raw).is_signed
    if found is None:
        raise ValueError("does not say whether the agreement is signed")
    return found
