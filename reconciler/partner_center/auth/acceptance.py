"""Checks whether Partner Center accepts an identity, by reading a page of its customers."""

from collections.abc import Callable
from dataclasses import replace

from reconciler import advice
from reconciler.model.errors import AuthenticationFailed, Forbidden, PartnerRefused, ServiceError


def refusal_of(ask: Callable[[], object]) -> ServiceError | None:
    """Returns what kept the list of customers from being read; None where nothing did.

    It is AuthenticationFailed where Partner Center refuses the identity: a 403 there is about no customer. Where its
    code says nothing more, the remedy is that of an identity that Partner Center does not know.
    """
    try:
        ask()
    except ServiceError as error:
        return _ours(error) if isinstance(error, Forbidden) else error
    return None


def _ours(error: ServiceError) -> ServiceError:
    known = advice.row_or_none(f"{error.status}/{error.code}")
    if isinstance(error, PartnerRefused) and known:
        return AuthenticationFailed.of(error)
    remedy = advice.row("identity_refused").remedy()
    problem = replace(error.problems[0], steps=remedy.steps)
    return AuthenticationFailed.of(error, problem, remedy=remedy)
