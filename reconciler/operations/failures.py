"""Turns an error that every customer returned into a failure of the run."""

from collections.abc import Iterable
from dataclasses import replace

from reconciler.advice import sentence
from reconciler.model.errors import AuthenticationFailed, PartnerRefused, ServiceError


def end_if_refused(readings: Iterable[ServiceError | None]) -> None:
    """`readings` holds, for each customer, the error of reading it, or None.

    Raises AuthenticationFailed where all of them, of several, were refused alike, and for what is about the partner. Of
    a single customer that can't be told, so its refusal stays its own.
    """
    found = list(readings)
    refused = [error for error in found if isinstance(error, PartnerRefused)]
    if len(found) < 2 or len(refused) < len(found):  # noqa: PLR2004 - several
        return
    first = refused[0]
    if any((error.status, error.code) != (first.status, first.code) for error in refused):
        return
    problem = first.problems[0]
    what = sentence("none_can_be_read", count=len(found), why=problem.what)
    raise AuthenticationFailed.of(first, replace(problem, what=what))
