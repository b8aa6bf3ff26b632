"""Chooses the service's upgrade option that a change takes, or tells why none will do."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from reconciler.advice import sentence
from reconciler.changes.case import Case
from reconciler.changes.offer_names import listed, named
from reconciler.changes.rules import paths, seats
from reconciler.changes.rules.relationship import link
from reconciler.changes.rules.reverting import upgrade_cannot_be_undone
from reconciler.model.change import Caution
from reconciler.model.customer import Relationship
from reconciler.model.desired import LicenseTransfer
from reconciler.model.errors import ServiceError
from reconciler.model.reason import Reason
from reconciler.model.request import UpgradeRequest
from reconciler.model.subscription import Live
from reconciler.model.upgrade import UpgradeError, UpgradeErrorCode, UpgradeOption, UpgradeType

_TYPES = (UpgradeType.UPGRADE_ONLY, UpgradeType.WITH_LICENSE_TRANSFER)
_ACCEPTED = {
    LicenseTransfer.REQUIRED: (UpgradeType.WITH_LICENSE_TRANSFER,),
    LicenseTransfer.PREFERRED: (UpgradeType.WITH_LICENSE_TRANSFER, UpgradeType.UPGRADE_ONLY),
    LicenseTransfer.NEVER: (UpgradeType.UPGRADE_ONLY,),
}
"""The upgrade types that `license_transfer` accepts, best first (contract, section 4)."""

_NO_PATHS = UpgradeErrorCode.SUBSCRIPTION_DOES_NOT_HAVE_ANY_UPGRADE_PATHS


def add_on_cannot_be_upgraded(case: Case) -> Reason | None:
    """An add-on follows its parent subscription and has no upgrades of its own (subscription-resources)."""
    if not (case.offer_changes and case.live and case.live.is_add_on):
        return None
    return case.because("add_on_cannot_be_upgraded", known={"parent": case.live.parent_subscription_id or ""})


def target_offer_already_held(case: Case) -> Reason | None:
    """The customer can't already have the subscription it is upgraded to (21Vianet, "Upgrade an existing …")."""
    held = duplicates(case)
    if not (case.offer_changes and held) or case.desired.allow_duplicate_offer:
        return None
    mergeable = {"mergeable": "true"} if case.modern else {}
    if case.live and not case.live.active:
        return None  # its status is told instead, with what is held as its likely successor
    return case.because("target_offer_already_held", known={"held": listed(held), "held_id": held[0].id, **mergeable})


def choose(case: Case, options: Sequence[UpgradeOption]) -> UpgradeRequest | tuple[Reason, ...]:
    """The best option that the service permits and the manifest accepts; else every reason against.

    Items of type `none` are no path, nor are those of a type that nobody knows.
    """
    options = sorted(options, key=lambda option: (option.target.name, option.target.id, option.type))
    for_target = [option for option in options if option.target.id == case.desired.offer.id]
    for kind in _ACCEPTED[case.desired.license_transfer]:
        best = next((option for option in for_target if option.type == kind and option.permitted), None)
        if best:
            return _within_bounds(case, best)
    pairs = [option for option in for_target if option.type in _TYPES]
    return _refused(case, options, pairs) if pairs else _no_path(case, options, for_target)


def _within_bounds(case: Case, option: UpgradeOption) -> UpgradeRequest | tuple[Reason, ...]:
    low, high = option.minimum or 1, option.maximum
    quantity = case.desired.quantity
    if quantity < low or (high is not None and quantity > high):
        known = {"least": str(low), "most": "" if high is None else str(high)}
        return (case.because("quantity_out_of_range", known=known),)
    if case.circumstances.strict_names and case.names.differ:
        return (case.because("offer_named_otherwise", known=offer_names(case)),)
    return UpgradeRequest(
        kind="upgrade",
        type=option.type,
        target_offer_id=option.target.id,
        target_offer_name=case.after.offer_name,
        quantity=quantity,
    )


def _refused(case: Case, options: Sequence[UpgradeOption], pairs: list[UpgradeOption]) -> tuple[Reason, ...]:
    """The service's reasons against the pairs that the manifest accepts, and what the manifest itself rules out."""
    accepted = [option for option in pairs if option.type in _ACCEPTED[case.desired.license_transfer]]
    against = [option for option in accepted or pairs if not option.permitted]
    errors = [error for option in against for error in (option.errors or (_unexplained(),))]
    return (*_reasons(case, errors, options), *_ruled_out(case, pairs, accepted))


def _unexplained() -> UpgradeError:
    return UpgradeError.known(UpgradeErrorCode.OTHER, sentence("upgrade_refused_unexplained"))


def _ruled_out(case: Case, pairs: list[UpgradeOption], accepted: list[UpgradeOption]) -> tuple[Reason, ...]:
    possible = {option.type for option in pairs if option.permitted}
    match case.desired.license_transfer:
        case LicenseTransfer.REQUIRED:
            never = case.unavailable(case.circumstances.capabilities.license_transfer)
            known = {"without_transfer": "upgrade_only"} if UpgradeType.UPGRADE_ONLY in possible else {}
            known |= {} if never and known else {"obstacles": "what stands against the transfer"}
            return (case.because("license_transfer_required", details=never, known=known),)
        case LicenseTransfer.NEVER if possible or not accepted:
            return (case.because("license_transfer_not_wanted"),)
        case _:
            return ()


def _no_path(case: Case, options: Sequence[UpgradeOption], for_target: list[UpgradeOption]) -> tuple[Reason, ...]:
    """Returns what items that are no path say against the target; else that no way leads to it, not even back."""
    undone = upgrade_cannot_be_undone(case)
    if undone:
        return (undone,)
    named = [error for option in for_target for error in option.errors]
    seven = [error for option in options for error in option.errors if error.number == _NO_PATHS]
    return _reasons(case, named or seven[:1] or [_unlisted(options, for_target)], options)


def _unlisted(options: Sequence[UpgradeOption], for_target: list[UpgradeOption]) -> UpgradeError:
    """An empty list and error code 7 mean the same; a list without the target means code 8 (reference, section 11)."""
    strange = next((option.type for option in for_target if option.type != UpgradeType.NONE), None)
    if strange:
        return UpgradeError(code="unknown", description=sentence("upgrade_of_unknown_kind", kind=strange))
    listed_any = any(option.type != UpgradeType.NONE for option in options)
    return UpgradeError.known(UpgradeErrorCode.SUBSCRIPTION_TARGET_OFFER_NOT_FOUND if listed_any else _NO_PATHS)


def _reasons(case: Case, errors: Iterable[UpgradeError], options: Sequence[UpgradeOption]) -> tuple[Reason, ...]:
    """The reasons for the service's errors, each once though several pairs may carry it."""
    return tuple({(error.code, error.details): _explained(case, error, options) for error in errors}.values())


def _explained(case: Case, error: UpgradeError, options: Sequence[UpgradeOption]) -> Reason:
    """The service's error with what this customer's own facts add to the remedy."""
    known: dict[str, str] = {}
    match error.number:
        case UpgradeErrorCode.DELEGATED_ADMIN_PERMISSIONS_DISABLED:
            return case.refused(with_delegation(case, error), link(case))
        case UpgradeErrorCode.INSUFFICIENT_GRANULAR_ADMIN_PERMISSIONS:
            missing = case.unavailable(case.circumstances.capabilities.gdap)
            known = {"no_gdap": missing} if missing else {"gdap": "true"}
        case UpgradeErrorCode.SUBSCRIPTION_STATUS_NOT_ACTIVE:
            known = {"suspended": "not active"}
        case UpgradeErrorCode.CONFLICTING_SERVICE_TYPES:
            known = {"others": listed(live for live in others(case) if not live.is_add_on)}
        case UpgradeErrorCode.CONCURRENCY_CONFLICTS:
            known = {"holding": listed(live for live in others(case) if live.offer.id == case.desired.offer.id)}
        case UpgradeErrorCode.SUBSCRIPTION_ADD_ONS_PRESENT:
            known = {
                "add_ons": listed(live for live in others(case) if live.parent_subscription_id == case.subscription_id)
            }
        case (
            UpgradeErrorCode.SUBSCRIPTION_DOES_NOT_HAVE_ANY_UPGRADE_PATHS
            | UpgradeErrorCode.SUBSCRIPTION_TARGET_OFFER_NOT_FOUND
        ):
            known = _ways(case, options)
        case _:
            pass
    return case.refused(error, known)


def others(case: Case) -> list[Live]:
    """The customer's other active subscriptions."""
    return [live for live in case.facts.lives.values() if live.active and live.id != case.subscription_id]


def with_delegation(case: Case, error: UpgradeError) -> UpgradeError:
    """The error with what the customer's own record says of delegated access, where the service gave no details."""
    relationship = case.facts.relationship
    if error.details or not isinstance(relationship, Relationship) or relationship.allow_delegated_access is None:
        return error
    switched = "on" if relationship.allow_delegated_access else "off"
    return replace(error, details=sentence("delegated_access_switched", switched=switched))


def _ways(case: Case, options: Sequence[UpgradeOption]) -> dict[str, str]:
    """The offers that can be reached directly, and the offers by way of which the wanted one may be reached."""
    direct = [option.target for option in options if option.permitted]
    source = case.live.offer.name if case.live else ""
    ids = {offer.name: named([offer]) for offer in direct}
    via = [ids.get(name, name) for name in paths.by_way_of(source, case.target.name, ids)]
    namesakes = named(case.names.namesakes)
    wrong = (
        {"namesake": namesakes, "wanted_id": case.desired.offer.id, "ours": case.desired.offer.name}
        if namesakes
        else {}
    )
    return {**wrong, "reachable": named(direct), "via": " or ".join(via), "nowhere": "" if direct or via else "true"}


def duplicates(case: Case) -> tuple[Live, ...]:
    """Live, active subscriptions that no address manages and that have the wanted offer already."""
    return tuple(live for live in case.facts.unmanaged if live.offer.id == case.desired.offer.id)


def cautions(case: Case, upgrade: UpgradeRequest) -> tuple[Caution, ...]:
    """Returns what an approver should know of an upgrade that can go ahead."""
    found = [*named_otherwise(case)]
    if upgrade.type == UpgradeType.UPGRADE_ONLY:
        found.append(case.caution("users_must_be_assigned", transfer_refused=_refused_transfer(case)))
    found.extend(seats.cautions(case))
    if held := duplicates(case):
        found.append(case.caution("duplicate_offer", duplicates=listed(held)))
    return tuple(found)


def named_otherwise(case: Case) -> tuple[Caution, ...]:
    """Warns where the service calls the wanted offer otherwise than the catalogue."""
    return (case.caution("offer_named_otherwise", **offer_names(case)),) if case.names.differ else ()


def offer_names(case: Case) -> dict[str, str]:
    """Returns the wanted offer's names: the service's, the catalogue's, and the one that the catalogue expects."""
    ours = case.desired.offer
    return {"service_name": case.target.name, "ours": ours.name, "expected": ours.service_name or ""}


def _refused_transfer(case: Case) -> str:
    """The codes of the service's reasons against moving licences, where the manifest would have liked that."""
    if case.desired.license_transfer is LicenseTransfer.NEVER:
        return ""
    options = case.facts.upgrades.get(case.subscription_id, ())
    transfers = (
        option
        for option in (() if isinstance(options, ServiceError) else options)
        if (option.target.id, option.type) == (case.desired.offer.id, UpgradeType.WITH_LICENSE_TRANSFER)
    )
    return ", ".join(dict.fromkeys(error.code for option in transfers for error in option.errors))
