"""The choice among the service's transitions, and the reasons where none will do."""

from collections.abc import Iterable, Sequence

from reconciler.advice import sentence
from reconciler.changes.case import Case
from reconciler.changes.offer_names import listed, named
from reconciler.changes.rules.relationship import link
from reconciler.changes.rules.reverting import upgrade_cannot_be_undone
from reconciler.changes.rules.terms import promotion_lost, wanted_now
from reconciler.changes.rules.upgrade import duplicates, named_otherwise, offer_names, others, with_delegation
from reconciler.model.change import Caution
from reconciler.model.desired import LicenseTransfer
from reconciler.model.reason import Reason
from reconciler.model.request import TransitionRequest
from reconciler.model.transition import TransitionErrorCode, TransitionOption, TransitionType
from reconciler.model.upgrade import UpgradeError

TRIAL_SEATS = 25
"""The fewest seats that a trial is converted with (create-a-new-subscription)."""

_ACCEPTED = {
    LicenseTransfer.REQUIRED: (TransitionType.WITH_LICENSE_TRANSFER,),
    LicenseTransfer.PREFERRED: (TransitionType.WITH_LICENSE_TRANSFER, TransitionType.ONLY),
    LicenseTransfer.NEVER: (),
}
"""The types that `license_transfer` accepts, best first. Of a full transition the service moves licences whatever its
type is, so that `never` accepts none (transition-a-new-commerce-subscription).
"""


def trial_became_paid(case: Case) -> Reason | None:
    """A trial that nobody ends becomes its paid offer (create-a-new-subscription): no way leads back to the trial."""
    bound = case.bound
    trial = bound is not None and bound.offer_id == case.desired.offer.id and bound.billing == "none"
    return case.because("trial_became_paid") if trial and case.offer_changes and not case.present.is_trial else None


def licenses_move_anyway(case: Case) -> Reason | None:
    """All seats move, and with them the service moves the licences (transition-a-new-commerce-subscription)."""
    return case.because("license_transfer_not_wanted") if not _ACCEPTED[case.desired.license_transfer] else None


def trial_needs_terms(case: Case) -> Reason | None:
    """Without a term the service chooses what a trial becomes: a commitment must be declared
    (create-a-new-subscription).
    """
    desired = case.desired
    if not case.present.is_trial or (desired.term and desired.billing and desired.quantity >= TRIAL_SEATS):
        return None
    return case.because("trial_needs_terms", known={"least": str(TRIAL_SEATS)})


def choose(case: Case, options: Sequence[TransitionOption]) -> TransitionRequest | tuple[Reason, ...]:
    """The best transition that the service permits and the manifest accepts; else every reason against."""
    options = sorted(options, key=lambda option: (option.target.name, option.target.id, option.type))
    for_target = [option for option in options if option.target.id == case.desired.offer.id]
    for kind in _ACCEPTED[case.desired.license_transfer]:
        best = next((option for option in for_target if option.type == kind and option.permitted), None)
        if best:
            return _request(case, best)
    return _refused(case, options, for_target) if for_target else _no_path(case, options)


def _request(case: Case, option: TransitionOption) -> TransitionRequest | tuple[Reason, ...]:
    if case.circumstances.strict_names and case.names.differ:
        return (case.because("offer_named_otherwise", known=offer_names(case)),)
    live, desired = case.present, case.desired
    terms = (desired.term, desired.billing) if live.is_trial else wanted_now(case) or (None, None)
    return TransitionRequest(
        kind="transition",
        type=option.type,
        target_offer_id=option.target.id,
        target_offer_name=case.after.offer_name,
        catalog_item_id=option.catalog_item_id,
        quantity=desired.quantity if live.is_trial else live.quantity,
        term=str(terms[0]) if terms[0] else None,
        billing=str(terms[1]) if terms[1] else None,
    )


def _refused(case: Case, options: Sequence[TransitionOption], pairs: Sequence[TransitionOption]) -> tuple[Reason, ...]:
    """The service's reasons against the types that the manifest accepts; else that it accepts none that is offered."""
    accepted = [option for option in pairs if option.type in _ACCEPTED[case.desired.license_transfer]]
    errors = [error for option in accepted or pairs for error in (option.errors or (_unexplained(),))]
    reasons = _explanations(case, errors, options)
    without = any(option.permitted for option in pairs)
    if case.desired.license_transfer is LicenseTransfer.REQUIRED and without:
        known = {"without_transfer": TransitionType.ONLY.value, "obstacles": "what stands against the transfer"}
        return (*(reasons if accepted else ()), case.because("license_transfer_required", known=known))
    return reasons


def _unexplained() -> UpgradeError:
    code = TransitionErrorCode.OTHER
    description = sentence("upgrade_refused_unexplained")
    return UpgradeError(code=code.name.lower(), number=code.value, description=description)


def _no_path(case: Case, options: Sequence[TransitionOption]) -> tuple[Reason, ...]:
    undone = upgrade_cannot_be_undone(case)
    if undone:
        return (undone,)
    code = TransitionErrorCode.SUBSCRIPTION_DOES_NOT_HAVE_ANY_TRANSITION_PATHS
    if options:
        code = TransitionErrorCode.SUBSCRIPTION_TARGET_OFFER_NOT_FOUND
    error = UpgradeError(code=code.name.lower(), number=code.value, description="")
    return _explanations(case, [error], options)


def _explanations(
    case: Case, errors: Iterable[UpgradeError], options: Sequence[TransitionOption]
) -> tuple[Reason, ...]:
    """The reasons for the service's errors, each once though several types may carry it."""
    return tuple({(error.code, error.details): _explained(case, error, options) for error in errors}.values())


def _explained(case: Case, error: UpgradeError, options: Sequence[TransitionOption]) -> Reason:
    """The service's error with what this customer's own facts add to the remedy."""
    known: dict[str, str] = {}
    match error.number:
        case TransitionErrorCode.DELEGATED_ADMIN_PERMISSIONS_DISABLED:
            return case.refused(with_delegation(case, error), link(case))
        case TransitionErrorCode.INSUFFICIENT_GRANULAR_ADMIN_PERMISSIONS:
            missing = case.unavailable(case.circumstances.capabilities.gdap)
            known = {"no_gdap": missing} if missing else {"gdap": "true"}
        case TransitionErrorCode.SUBSCRIPTION_STATUS_NOT_ACTIVE:
            known = {"suspended": "not active"}
        case TransitionErrorCode.CONFLICTING_SERVICE_TYPES:
            known = {"others": listed(others(case))}
        case TransitionErrorCode.CONCURRENCY_CONFLICTS:
            known = {"holding": listed(live for live in others(case) if live.offer.id == case.desired.offer.id)}
        case (
            TransitionErrorCode.SUBSCRIPTION_DOES_NOT_HAVE_ANY_TRANSITION_PATHS
            | TransitionErrorCode.SUBSCRIPTION_TARGET_OFFER_NOT_FOUND
        ):
            direct = [option.target for option in options if option.permitted]
            known = {"reachable": named(direct), "nowhere": "" if direct else "true"}
        case _:
            pass
    return case.refused(error, known)


def cautions(case: Case, transition: TransitionRequest) -> tuple[Caution, ...]:
    """Returns what an approver should know of a transition that can go ahead."""
    found = [*named_otherwise(case)]
    if transition.type == TransitionType.ONLY:
        found.append(case.caution("users_may_be_left", transfer_refused=_refused_transfer(case)))
    if held := duplicates(case):
        found.append(case.caution("duplicate_offer", duplicates=listed(held)))
    return (*found, *promotion_lost(case))


def _refused_transfer(case: Case) -> str:
    """The codes of the service's reasons against moving licences."""
    options = case.facts.transitions.get(case.subscription_id, ())
    pair = (case.desired.offer.id, TransitionType.WITH_LICENSE_TRANSFER.value)
    found = () if isinstance(options, Exception) else options
    transfers = (option for option in found if (option.target.id, option.type) == pair)
    return ", ".join(dict.fromkeys(error.code for option in transfers for error in option.errors))
