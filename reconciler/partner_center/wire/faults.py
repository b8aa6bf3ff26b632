"""Error bodies, in each of the shapes that the service, its gateway and its sign-in send."""

from dataclasses import dataclass, replace
from typing import Any

from reconciler.partner_center.wire.values import Text, Wire, plain

_WORDS = ("description", "error_description", "message")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The content of an error body: a code as text, "" without one, and the words, not scrubbed yet.

    `own`: it has the shape of the service's own errors. Gateways and sign-ins have other shapes.
    """

    code: str = ""
    words: str = ""
    own: bool = False


class _Fault(Wire):
    code: Text = ""
    error: Any = None
    description: Text = ""
    error_description: Text = ""
    message: Text = ""


def fault(raw: Any) -> Fault:
    """Reads an error body; nothing, where the document has none of the known shapes.

    The service has `code` (a number or text) and `description`, the gateway `message` alone, sign-in `error` and
    `error_description`, sibling services an object inside `error`, and one a bare string.
    """
    if isinstance(raw, str):
        return Fault(words=plain(raw))
    if not isinstance(raw, dict):
        return Fault()
    answer = _Fault.model_validate(raw)
    if isinstance(answer.error, dict):
        return replace(fault({key: value for key, value in answer.error.items() if key.lower() != "error"}), own=False)
    words = next(filter(None, (getattr(answer, name) for name in _WORDS)), "")
    described = any(isinstance(value, str) and key.lower() == "description" for key, value in raw.items())
    return Fault(code=answer.code or plain(answer.error), words=words, own=bool(answer.code) and described)
