"""The entries of a subscription's transitions: which is of a request, and what it says of it (transition-resources)."""

from reconciler.advice import sentence
from reconciler.changes.sending import Accepted, Answer, Performed, Refused
from reconciler.changes.view import View
from reconciler.model.pending import Pending
from reconciler.model.request import TransitionRequest
from reconciler.model.result import Licenses
from reconciler.model.subscription import Live
from reconciler.model.transition import EventStatus, TransitionErrorCode, TransitionOption
from reconciler.model.transition import Transition as Operation
from reconciler.model.upgrade import UpgradeError

_LICENSES = {EventStatus.COMPLETED: Licenses.MOVED, EventStatus.FAILED: Licenses.FAILED}


def option_of(request: TransitionRequest, view: View) -> TransitionOption | None:
    """The service's item for the request, whether it is permitted or not."""
    pair = (request.target_offer_id, request.type)
    return next((option for option in view.transition_options or () if (option.target.id, option.type) == pair), None)


def begun_since(pending: Pending, view: View) -> tuple[Operation, ...]:
    """The transitions that were not there before. Of several with one key, those that are more than there were."""
    left = list(pending.known_transitions)
    found = []
    for operation in view.transitions or ():
        if operation.key in left:
            left.remove(operation.key)
        else:
            found.append(operation)
    return tuple(found)


def ours(pending: Pending, view: View) -> Operation | None:
    """The transition that the request began: by the operation's id, else the only new one of its offer and quantity."""
    if pending.operation is not None:
        return next((found for found in view.transitions or () if found.operation == pending.operation), None)
    wanted = (pending.offer.id, pending.quantity)
    fitting = [found for found in begun_since(pending, view) if (found.target_offer_id, found.quantity) == wanted]
    return fitting[0] if len(fitting) == 1 else None


def answer_of(pending: Pending, found: Operation, seen: Live | None) -> Answer:
    """Returns the answer that an entry of the transitions is."""
    if found.conversion is EventStatus.FAILED:
        return Refused(errors=found.errors or (_unexplained(),), final=True)
    if found.conversion is not EventStatus.COMPLETED:
        return Accepted(operation=found.operation)
    licenses = _LICENSES.get(found.licenses, Licenses.UNKNOWN) if found.licenses else Licenses.UNKNOWN
    return Performed(
        subscription_id=found.target_subscription_id or pending.subscription_id, seen=seen, licenses=licenses
    )


def _unexplained() -> UpgradeError:
    code = TransitionErrorCode.OTHER
    description = sentence("transition_failed_unexplained")
    return UpgradeError(code=code.name.lower(), number=code.value, description=description)
