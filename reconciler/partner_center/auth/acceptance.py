"""Whether Partner Center takes an identity, as asked by a page of its customers."""

from collections.abc import Callable
from dataclasses import replace

from reconciler.model.errors import AuthenticationFailed, ServiceError
from reconciler.partner_center import refusals

_FORBIDDEN = 403


def refusal_of(ask: Callable[[], object]) -> ServiceError | None:
    """What kept the list of customers from being read; None where nothing did.

    It is AuthenticationFailed where Partner Center refuses the identity: a 403 there is about no customer. Where its
    code says nothing more, the remedy is that of an identity that Partner Center does not know.
    """
    try:
        ask()
    except ServiceError as error:
        return _ours(error) if error.status == _FORBIDDEN else error
    return None


def _ours(error: ServiceError) -> ServiceError:
    known = refusals.refusal(error.status, error.code)
    if isinstance(error, AuthenticationFailed):
        return error
    if error.about_partner and known != refusals.refusal(error.status, ""):
        return AuthenticationFailed.of(error)
    remedy = refusals.refusal(None, refusals.IDENTITY_REFUSED).remedy()
    problem = replace(error.problems[0], steps=remedy.steps)
    return AuthenticationFailed.of(error, problem, remedy=remedy)
