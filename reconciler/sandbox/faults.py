"""Faults that happen on purpose, a given number of times."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from reconciler.advice import problem
from reconciler.model.errors import InvalidInput

ALWAYS = -1
"""As `times`: a fault that never wears off."""

WRITES = ("POST", "PATCH", "PUT")


class FaultKind(StrEnum):
    """The kinds of fault. Accidents happen once unless told otherwise; habits stay until they are taken away."""

    DROPPED_BEFORE = "dropped_before"
    """The connection breaks and nothing was done. Writes only, unless a method is named."""
    PERFORMED_THEN_DROPPED = "performed_then_dropped"
    """The write is done and the connection breaks before its answer. Writes only, unless a method is named."""
    HTTP_500_BEFORE = "http_500_before"
    """500, and nothing was done. Writes only, unless a method is named."""
    HTTP_500_AFTER = "http_500_after"
    """500, though the write was done. Writes only, unless a method is named."""
    HTML_BODY = "html_body"
    """The work is done, and the answer is a 200 with a web page."""
    HALF_BODY = "half_body"
    """The work is done, and the answer's JSON is cut in the middle."""
    EMPTY_BODY = "empty_body"
    """The work is done, and the answer's body is empty."""
    THROTTLE_429 = "throttle_429"
    """The gateway's 429, with its own body and Retry-After. Nothing was done."""
    UNAUTHORIZED = "unauthorized"
    """401 with an empty body. Nothing was done."""
    APP_ONLY_REFUSED = "app_only_refused"
    """403 with code 900329: the call takes no application alone, whoever calls. Nothing was done."""
    UNAVAILABLE_503 = "unavailable_503"
    """The gateway's 503 with a web page and Retry-After. Nothing was done."""
    PRECONDITION_412 = "precondition_412"
    """412, as though somebody had changed the subscription in between. Nothing was done. PATCH, unless another method
    is named."""
    WRONG_CONTENT_TYPE = "wrong_content_type"
    """The work is done, and the answer's JSON calls itself a web page."""
    NO_CONTENT_TYPE = "no_content_type"
    """The work is done, and the answer does not say what it is."""
    SLOW_ANSWER = "slow_answer"
    """The work is done, and the answer comes `seconds` later, in real time."""
    TRANSITION_FAILS = "transition_fails"
    """A transition of new commerce is accepted, fails when it is due, and moves nothing."""
    TRANSITION_FAILS_AT_ONCE = "transition_fails_at_once"
    """A transition of new commerce is answered with 200, has failed already, and moves nothing."""
    LICENSES_FAIL = "licenses_fail"
    """A transition of new commerce moves all seats, and the users' licences do not follow."""
    PENDING_OPERATION = "pending_operation"
    """A change of new commerce is refused (409, code 900278), and so are all others of that subscription for 24 hours
    of the sandbox's clock."""
    CART_BUSY_BEFORE = "cart_busy_before"
    """A checkout is refused (409, code 800064: another request is at work on the cart). Nothing was bought."""
    CART_BUSY_AFTER = "cart_busy_after"
    """A checkout is answered with 409, code 800064, though it was bought."""
    ORDER_IN_PROGRESS_BEFORE = "order_in_progress_before"
    """A checkout is refused (409, code 800060: an order is in progress). Nothing was bought."""
    ORDER_IN_PROGRESS_AFTER = "order_in_progress_after"
    """A checkout is answered with 409, code 800060, though it was bought."""
    ALREADY_SUBMITTED_BEFORE = "already_submitted_before"
    """A checkout is refused (400, code 800065: the cart was submitted already). Nothing was bought."""
    ALREADY_SUBMITTED_AFTER = "already_submitted_after"
    """A checkout is answered with 400, code 800065, though it was bought: by this very request."""
    CHECKOUT_FAILS = "checkout_fails"
    """A checkout is answered with 201 and `orderErrors` alone. Nothing was bought, and the cart stays active."""
    CHECKOUT_FAILS_IN_PART = "checkout_fails_in_part"
    """A checkout of several order groups buys all but the last, whose error stands beside the orders; of a single
    group it is as CHECKOUT_FAILS."""
    ORDER_HELD = "order_held"
    """A checkout makes an order that is `pending_po_upload`. Nothing is bought before the colleague sends papers."""
    ORDER_FAILS = "order_fails"
    """A checkout makes an order whose status is `error`. Nothing was bought, and the cart is ordered."""
    ORDER_FAILS_LATER = "order_fails_later"
    """A checkout makes an order that is `pending` for `seconds` and then `error`, with a subscription's id that leads
    to nothing. Nothing was bought."""
    ORDER_FAILS_IN_PART = "order_fails_in_part"
    """A checkout makes an order of status `partial_success`: its last line was not bought, which is the only one
    where the cart has one line."""
    ORDER_STATUS_UNKNOWN = "order_status_unknown"
    """A checkout buys, and for `seconds` the order's status is a word that nobody documents."""
    NO_BOM = "no_bom"
    """Habit: bodies without the byte order mark."""
    INTEGER_TYPES = "integer_types"
    """Habit: upgrade types, statuses and the codes of errors as integers."""
    WORD_CODES = "word_codes"
    """Habit: upgrade error codes as snake_case words."""
    INCOMPLETE_ITEM = "incomplete_item"
    """Habit: the last item of a list lacks its quantity."""
    PATCH_202 = "patch_202"
    """Habit: a resize is accepted with 202 and shows `seconds` later."""
    SLOW_VISIBILITY = "slow_visibility"
    """Habit: what was bought is listed only `seconds` later."""
    SLOW_ORDERS = "slow_orders"
    """Habit: a new order is in the list of orders only `seconds` later; by its id it is read at once."""
    SLOW_PROVISIONING = "slow_provisioning"
    """Habit: an order is processed for `seconds`; until then what it bought can't be changed."""

    @property
    def habit(self) -> bool:
        """True where it stays until taken away."""
        return self in _HABITS


_HABITS = {
    FaultKind.NO_BOM,
    FaultKind.INTEGER_TYPES,
    FaultKind.WORD_CODES,
    FaultKind.INCOMPLETE_ITEM,
    FaultKind.PATCH_202,
    FaultKind.SLOW_VISIBILITY,
    FaultKind.SLOW_ORDERS,
    FaultKind.SLOW_PROVISIONING,
}
BEFORE = (
    FaultKind.THROTTLE_429,
    FaultKind.UNAVAILABLE_503,
    FaultKind.UNAUTHORIZED,
    FaultKind.APP_ONLY_REFUSED,
    FaultKind.PRECONDITION_412,
    FaultKind.DROPPED_BEFORE,
    FaultKind.HTTP_500_BEFORE,
    FaultKind.CART_BUSY_BEFORE,
    FaultKind.ORDER_IN_PROGRESS_BEFORE,
    FaultKind.ALREADY_SUBMITTED_BEFORE,
)
AFTER = (
    FaultKind.PERFORMED_THEN_DROPPED,
    FaultKind.HTTP_500_AFTER,
    FaultKind.HTML_BODY,
    FaultKind.HALF_BODY,
    FaultKind.EMPTY_BODY,
    FaultKind.WRONG_CONTENT_TYPE,
    FaultKind.NO_CONTENT_TYPE,
    FaultKind.SLOW_ANSWER,
    FaultKind.CART_BUSY_AFTER,
    FaultKind.ORDER_IN_PROGRESS_AFTER,
    FaultKind.ALREADY_SUBMITTED_AFTER,
)
_METHODS = {
    FaultKind.DROPPED_BEFORE: WRITES,
    FaultKind.PERFORMED_THEN_DROPPED: WRITES,
    FaultKind.HTTP_500_BEFORE: WRITES,
    FaultKind.HTTP_500_AFTER: WRITES,
    FaultKind.PRECONDITION_412: ("PATCH",),
}
"""The methods that a kind of fault hits unless one is named, where these are not all."""

_CHECKOUTS = {
    FaultKind.CART_BUSY_BEFORE,
    FaultKind.CART_BUSY_AFTER,
    FaultKind.ORDER_IN_PROGRESS_BEFORE,
    FaultKind.ORDER_IN_PROGRESS_AFTER,
    FaultKind.ALREADY_SUBMITTED_BEFORE,
    FaultKind.ALREADY_SUBMITTED_AFTER,
}
"""Kinds that hit nothing but a checkout."""


@dataclass(kw_only=True, slots=True)
class Fault:
    """One armed fault.

    `method` and `path` (a part of the path) say which requests it may hit; `skip` lets the first of those pass. It hits
    `times` requests: by default one for an accident, all for a habit. `seconds` is the Retry-After of a 429 or
    503, and the delay of whatever is slow.
    """

    kind: FaultKind
    times: int | None = None
    method: str = ""
    path: str = ""
    skip: int = 0
    seconds: float = 30

    def __post_init__(self) -> None:
        if self.times is None:
            self.times = ALWAYS if self.kind.habit else 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """`KIND[:TIMES[:METHOD[:PATH]]]`, such as `performed_then_dropped:2:POST:upgrades`; TIMES may be `always`.

        Raises InvalidInput for anything else.
        """
        kind, times, method, path, *rest = [*text.split(":"), "", "", ""]
        known = {item.value for item in FaultKind}
        if kind not in known or any(rest) or not (times in {"", "always"} or (times.isdecimal() and times.isascii())):
            raise InvalidInput(problem("no_sandbox_fault", text=repr(text), kinds=", ".join(sorted(known))))
        count = ALWAYS if times == "always" else int(times) if times else None
        return cls(kind=FaultKind(kind), times=count, method=method.upper(), path=path)

    def _concerns(self, method: str, path: str) -> bool:
        if self.times == 0 or self.path.lower() not in path.lower():
            return False
        if self.kind in _CHECKOUTS and not path.lower().rstrip("/").endswith("/checkout"):
            return False
        return method in ((self.method,) if self.method else _METHODS.get(self.kind, (method,)))

    def strikes(self, method: str, path: str) -> bool:
        """Returns whether it hits this request; counts down where it does, and where it lets one pass."""
        if not self._concerns(method, path):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None and self.times > 0:
            self.times -= 1
        return True


def striking(faults: Iterable[Fault], kinds: tuple[FaultKind, ...], method: str, path: str) -> Fault | None:
    """The first fault of these kinds that hits the request, counted down; None where all goes well."""
    return next((fault for fault in faults if fault.kind in kinds and fault.strikes(method, path)), None)
