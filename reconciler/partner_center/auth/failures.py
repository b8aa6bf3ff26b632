"""Makes errors of what the directory refuses, which say what is wrong and what to do."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx

from reconciler import advice
from reconciler.model.errors import AuthenticationFailed
from reconciler.model.support import Support
from reconciler.model.withheld import scrubbed

_NUMBER = re.compile(r"AADSTS(\d+)")
_STAMP = "%Y-%m-%d %H:%M:%SZ"


class Where(Protocol):
    """The application that signs in, and the directory."""

    @property
    def host(self) -> str: ...

    @property
    def named(self) -> str: ...

    @property
    def tenant(self) -> str: ...

    @property
    def client_id(self) -> str: ...

    @property
    def aliases(self) -> tuple[str, ...]: ...


def refused(answer: Mapping[str, Any], where: Where, again: str, *secrets: str) -> AuthenticationFailed:
    """Returns the error that the directory's refusal means. `again` names how a person signs in anew; `secrets` show
    nowhere.
    """
    number = _number(answer)
    word = _described(answer, "error")
    row = _row(number, word)
    known = {"client_id": where.client_id, "tenant": where.tenant, "host": where.named, again or "alone": "true"}
    problem = advice.problem(row, where.named, **known, words=_its_words(answer, secrets))
    code = f"AADSTS{number}" if number else scrubbed(word, *secrets)
    coded = replace(problem, what=f"{problem.what} [{code}]") if code else problem
    return AuthenticationFailed(coded, code=code, support=_support(answer, where))


def _row(number: str, word: str) -> str:
    """The code of the row that knows the refusal: by its number, else by OAuth's own word."""
    known = advice.row_or_none(f"AADSTS{number}") or advice.row_or_none(word)
    return known.code if known and known.origin == "sign_in" else "sign_in_refused"


def _number(answer: Mapping[str, Any]) -> str:
    codes = answer.get("error_codes")
    listed = [str(code) for code in codes if isinstance(code, int)] if isinstance(codes, list) else []
    named = _NUMBER.findall(_described(answer, "error_description"))
    every = [*listed, *named]
    return next((number for number in every if advice.row_or_none(f"AADSTS{number}")), every[0] if every else "")


def _described(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    return value if isinstance(value, str) else ""


def _its_words(answer: Mapping[str, Any], secrets: tuple[str, ...]) -> str:
    words = _described(answer, "error_description").strip().splitlines()
    first = _NUMBER.sub("", words[0]).strip(" :.") if words else ""
    return f": {scrubbed(first, *secrets)}" if first else ""


def _support(answer: Mapping[str, Any], where: Where) -> Support:
    return Support(
        method="POST",
        path=f"/{where.tenant}/oauth2/v2.0/token",
        correlation_id=_described(answer, "correlation_id") or None,
        trace_id=_described(answer, "trace_id") or None,
        at=_moment(_described(answer, "timestamp")),
    )


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def unreachable(where: Where, error: httpx.HTTPError) -> AuthenticationFailed:
    """The error of a directory that gave no answer at all."""
    cause = "the time was up" if isinstance(error, httpx.TimeoutException) else _cause(error, where)
    others = " or ".join(where.aliases)
    problem = advice.problem("directory_unreachable", where.named, host=where.named, why=cause, others=others)
    return AuthenticationFailed(problem)


def unwell(where: Where, status: int) -> AuthenticationFailed:
    """The error of a directory that answers, and says again and again that it can't just now."""
    code = "directory_rushed" if status == httpx.codes.TOO_MANY_REQUESTS else "directory_unwell"
    return AuthenticationFailed(advice.problem(code, where.named, host=where.named, status=status), status=status)


def _cause(error: httpx.HTTPError, where: Where) -> str:
    """A connection error's text names no header and no body; of others, only the kind is told."""
    if isinstance(error, httpx.ConnectError | httpx.UnsupportedProtocol):
        return str(error).rstrip(".").replace(where.host, where.named) or "no connection"
    return "the proxy refused" if isinstance(error, httpx.ProxyError) else "the connection was dropped"


def unanswered(where: Where, error: Exception) -> AuthenticationFailed:
    """The error of a directory whose answer can't be understood.

    A tenant that does not exist is refused before any question, and msal keeps that answer in the error's history.
    """
    number = _in_history(error)
    if number:
        return refused({"error_codes": [int(number)]}, where, "")
    return AuthenticationFailed(advice.problem("directory_not_understood", where.named, host=where.named))


def _in_history(error: BaseException | None) -> str:
    while error is not None:
        found = _NUMBER.search(str(error))
        if found:
            return found[1]
        error = error.__cause__ or error.__context__
    return ""
