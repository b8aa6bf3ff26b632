"""Upgrades: what is offered, how it is asked for, what is answered."""

from collections.abc import Mapping
from typing import Any

from reconciler.model.offer import Offer
from reconciler.model.upgrade import (
    LicenseError,
    UpgradeErrorCode,
    UpgradeOption,
    UpgradeResult,
    UpgradeType,
)
from reconciler.model.withheld import scrubbed
from reconciler.partner_center.wire.reasons import Fault, reason
from reconciler.partner_center.wire.values import (
    Count,
    Flag,
    Many,
    MaybeIdentifier,
    Text,
    Wire,
    plain,
    with_members,
    word,
)

TYPES = {0: UpgradeType.NONE.value, 1: UpgradeType.UPGRADE_ONLY.value, 2: UpgradeType.WITH_LICENSE_TRANSFER.value}
_CODES = {code.value: code.word for code in UpgradeErrorCode}


class _TargetOffer(Wire):
    id: MaybeIdentifier = None
    name: Text = ""
    minimum_quantity: Count | None = None
    maximum_quantity: Count | None = None


class Upgrade(Wire):
    """One (target, type) pair. One that is not permitted may name no target: "no path at all" can come so.

    A number that is there and can't be read makes the item an error: what is half understood must lead to no purchase.
    """

    target_offer: _TargetOffer | None = None
    upgrade_type: Any = None
    is_eligible: Flag = None
    quantity: Count | None = None
    upgrade_errors: Many = ()

    def option(self, body: Mapping[str, Any]) -> UpgradeOption:
        """In our words; eligible only where the service says so and names no error.

        Raises ValueError where it is eligible and names no target.
        """
        target = self.target_offer or _TargetOffer()
        errors = tuple(reason(error, _CODES) for error in self.upgrade_errors)
        eligible = self.is_eligible is True and not errors
        if eligible and target.id is None:
            raise ValueError("lists an eligible upgrade without a target offer")
        return UpgradeOption(
            target=Offer(id=target.id or "", name=target.name),
            type=word(self.upgrade_type, TYPES),
            quantity=self.quantity or 0,
            eligible=eligible,
            errors=errors,
            minimum=target.minimum_quantity,
            maximum=target.maximum_quantity,
            body=body,
        )


class _LicenseError(Wire):
    user_object_id: Text = ""
    name: Text = ""
    email: Text = ""
    errors: Many = ()


class Result(Wire):
    """The answer to an upgrade."""

    source_subscription_id: MaybeIdentifier = None
    target_subscription_id: MaybeIdentifier = None
    upgrade_type: Any = None
    upgrade_errors: Many = ()
    license_errors: Many = ()


def option(raw: Any) -> UpgradeOption:
    """One item of the list of upgrades."""
    return Upgrade.model_validate(raw).option(raw)


def request(option: UpgradeOption, quantity: int) -> dict[str, Any]:
    """Returns the body of an upgrade: the item as it came, with the quantity; without its body, three members."""
    body = option.body
    if body is None:
        body = {"targetOffer": {"id": option.target.id}, "upgradeType": option.type}
    return with_members(body, {"quantity": quantity})


def result(raw: Any, source: str, option: UpgradeOption) -> UpgradeResult:
    """The answer to an upgrade. Raises ValueError for one that is about another subscription, or says nothing."""
    answer = Result.model_validate(raw)
    if answer.source_subscription_id not in {None, source}:
        raise ValueError("is about another subscription than the one that was asked to be upgraded")
    errors = tuple(reason(error, _CODES) for error in answer.upgrade_errors)
    target = answer.target_subscription_id
    if errors and target not in {None, source}:
        raise ValueError("names both an error and a new subscription")
    if not errors and target in {None, source}:
        raise ValueError("names neither a new subscription nor an error")
    return UpgradeResult(
        source_subscription_id=source,
        target_subscription_id=target,
        upgrade_type=option.type if answer.upgrade_type is None else word(answer.upgrade_type, TYPES),
        upgrade_errors=errors,
        license_errors=tuple(_license_error(error) for error in answer.license_errors),
    )


def _license_error(raw: Any) -> LicenseError:
    """A user left to assign; one that can't be read still counts as one."""
    user = _LicenseError.model_validate(raw if isinstance(raw, dict) else {})
    faults = [Fault.model_validate(error if isinstance(error, dict) else {"code": error}) for error in user.errors]
    codes = tuple(scrubbed(plain(fault.code)) or "unknown" for fault in faults)
    return LicenseError(user_object_id=scrubbed(user.user_object_id), codes=codes, name=user.name, email=user.email)
