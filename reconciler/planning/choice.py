"""Which of the service's upgrade options a change takes, or why none will do."""

from collections.abc import Sequence
from dataclasses import replace

from reconciler.model.change import Caution, ChosenUpgrade, Reason
from reconciler.model.subscription import LicenseTransfer, Live, Relationship
from reconciler.model.upgrade import UpgradeError, UpgradeErrorCode, UpgradeOption, UpgradeType
from reconciler.planning import paths
from reconciler.planning.case import Case, listed, named
from reconciler.planning.rules import link

_TYPES = (UpgradeType.UPGRADE_ONLY, UpgradeType.WITH_LICENSE_TRANSFER)
_ACCEPTED = {
    LicenseTransfer.REQUIRED: (UpgradeType.WITH_LICENSE_TRANSFER,),
    LicenseTransfer.PREFERRED: (UpgradeType.WITH_LICENSE_TRANSFER, UpgradeType.UPGRADE_ONLY),
    LicenseTransfer.NEVER: (UpgradeType.UPGRADE_ONLY,),
}
"""The upgrade types that `license_transfer` accepts, best first (contract, section 4)."""


def choose(case: Case, options: Sequence[UpgradeOption]) -> ChosenUpgrade | tuple[Reason, ...]:
    """The best option that the service permits and the manifest accepts; else every reason against.

    Items of type `none` are no path. An item that is eligible and yet carries errors contradicts itself and is not
    taken.
    """
    accepted = _ACCEPTED[case.desired.license_transfer]
    listed_for_target = [
        one for one in options if one.target.id == case.desired.offer.id and one.type in set(UpgradeType)
    ]
    pairs = [one for one in listed_for_target if one.type != UpgradeType.NONE]
    for kind in accepted:
        permitted = next((one for one in pairs if one.type == kind and one.eligible and not one.errors), None)
        if permitted:
            return _within_bounds(case, permitted)
    return _refusals(case, options, pairs, [one for one in pairs if one.type in accepted])


def _within_bounds(case: Case, option: UpgradeOption) -> ChosenUpgrade | tuple[Reason, ...]:
    low, high = option.minimum or 1, option.maximum
    quantity = case.desired.quantity
    if quantity < low or (high is not None and quantity > high):
        bounds = f"from {low} to {high}" if high is not None else f"{low} or more"
        reason = case.because(
            "quantity_out_of_range",
            description=f"{quantity} seats are wanted; {case.desired.offer.name} takes {bounds}.",
        )
        return (reason,)
    return ChosenUpgrade(type=option.type, target_offer_id=option.target.id, quantity=quantity)


def _refusals(
    case: Case, options: Sequence[UpgradeOption], pairs: list[UpgradeOption], accepted: list[UpgradeOption]
) -> tuple[Reason, ...]:
    errors = [error for one in accepted for error in (one.errors or (_unexplained(),))]
    if not pairs:
        return _no_path(case, options)
    reasons = {(error.code, error.details): _explained(case, error, options) for error in errors}
    if case.desired.license_transfer is LicenseTransfer.REQUIRED:
        only = any(one.type == UpgradeType.UPGRADE_ONLY and one.eligible for one in pairs)
        known = {"without_transfer": "upgrade_only"} if only else {}
        return (*reasons.values(), case.because("license_transfer_required", known=known))
    return tuple(reasons.values()) or (_explained(case, _unexplained(), options),)


def _no_path(case: Case, options: Sequence[UpgradeOption]) -> tuple[Reason, ...]:
    """An empty list and error code 7 mean the same; a list without the target means code 8 (reference, section 11)."""
    code = UpgradeErrorCode.SUBSCRIPTION_TARGET_OFFER_NOT_FOUND
    said = [error for one in options for error in one.errors if error.number == 7]  # noqa: PLR2004 - the service's number
    if said or not any(one.type != UpgradeType.NONE for one in options):
        code = UpgradeErrorCode.SUBSCRIPTION_DOES_NOT_HAVE_ANY_UPGRADE_PATHS
    return (_explained(case, said[0] if said else UpgradeError.known(code), options),)


def _explained(case: Case, error: UpgradeError, options: Sequence[UpgradeOption]) -> Reason:
    """The service's error with what this customer's own facts add to the remedy."""
    known: dict[str, str] = {}
    match error.number:
        case UpgradeErrorCode.DELEGATED_ADMIN_PERMISSIONS_DISABLED:
            return case.refused(_with_delegation(case, error), link(case))
        case UpgradeErrorCode.CONFLICTING_SERVICE_TYPES:
            known = {"others": listed(one for one in _others(case) if not one.is_add_on)}
        case UpgradeErrorCode.CONCURRENCY_CONFLICTS:
            known = {"holding": listed(one for one in _others(case) if one.offer.id == case.desired.offer.id)}
        case UpgradeErrorCode.SUBSCRIPTION_ADD_ONS_PRESENT:
            known = {
                "add_ons": listed(one for one in _others(case) if one.parent_subscription_id == case.subscription_id)
            }
        case (
            UpgradeErrorCode.SUBSCRIPTION_DOES_NOT_HAVE_ANY_UPGRADE_PATHS
            | UpgradeErrorCode.SUBSCRIPTION_TARGET_OFFER_NOT_FOUND
        ):
            known = _ways(case, options)
        case _:
            pass
    return case.refused(error, known)


def _others(case: Case) -> list[Live]:
    return [live for live in case.facts.lives.values() if live.active and live.id != case.subscription_id]


def _with_delegation(case: Case, error: UpgradeError) -> UpgradeError:
    """The error with what the customer's own record says of delegated access, where the service gave no details."""
    relationship = case.facts.relationship
    if error.details or not isinstance(relationship, Relationship) or relationship.allow_delegated_access is None:
        return error
    switched = "on" if relationship.allow_delegated_access else "off"
    return replace(error, details=f"Delegated access is switched {switched} in the customer's record.")


def _ways(case: Case, options: Sequence[UpgradeOption]) -> dict[str, str]:
    """The offers that can be reached directly, and the offers by way of which the wanted one may be reached."""
    direct = [one.target for one in options if one.eligible and one.type != UpgradeType.NONE]
    source = case.live.offer.name if case.live else ""
    via = paths.by_way_of(source, case.desired.offer.name, [offer.name for offer in direct])
    return {"reachable": named(direct), "via": " or ".join(via)}


def _unexplained() -> UpgradeError:
    return UpgradeError.known(UpgradeErrorCode.OTHER, "The service refuses this upgrade and does not say why.")


def cautions(case: Case, upgrade: ChosenUpgrade | None, duplicates_held: str) -> tuple[Caution, ...]:
    """What an approver should know of a change that can go ahead."""
    found = []
    if upgrade and upgrade.type == UpgradeType.UPGRADE_ONLY:
        found.append(_assign_by_hand(case))
    if case.seats_removed:
        found.append(Caution(code="seats_removed", description=f"{case.seats_removed} seats are removed."))
    if upgrade and duplicates_held:
        found.append(
            Caution(
                code="duplicate_offer", description=f"The customer holds the target offer already: {duplicates_held}."
            )
        )
    return tuple(found)


def _assign_by_hand(case: Case) -> Caution:
    target, where = case.desired.offer.name, case.admin_center
    description = f"Users do not move along: after apply, assign them to {target} in the {where}."
    return Caution(code="users_must_be_assigned", description=description)
