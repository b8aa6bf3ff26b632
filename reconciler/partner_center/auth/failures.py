"""What the directory refuses, as errors that say what is wrong and what to do: one table, `failures.toml`."""

import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import httpx

from reconciler.model.errors import AuthenticationFailed, Problem
from reconciler.model.support import Support
from reconciler.partner_center.scrub import scrubbed

_NUMBER = re.compile(r"AADSTS(\d+)")
_STAMP = "%Y-%m-%d %H:%M:%SZ"
_EVERYWHERE = "Check the application {client_id} in the tenant {tenant}. {again}"


class Where(Protocol):
    """Which application signs in where."""

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


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(files(__package__).joinpath("failures.toml").read_text("utf-8"))


def refused(answer: Mapping[str, Any], where: Where, again: str, *secrets: str) -> AuthenticationFailed:
    """The error that the directory's refusal means. `again` says how a person signs in anew; `secrets` show nowhere."""
    number = _number(answer)
    word = _said(answer, "error")
    entry = _table().get(number) or _table().get(word)
    known = {"client_id": where.client_id, "tenant": where.tenant, "host": where.named, "again": again}
    what = entry["what"] if entry else f"The directory refused the sign-in{_its_words(answer, secrets)}."
    remedy = entry["remedy"] if entry else _EVERYWHERE
    code = f"AADSTS{number}" if number else scrubbed(word, *secrets)
    mark = f" [{code}]" if code else ""
    problem = Problem(
        where=where.named, what=_filled(what, known) + mark, remedy=_filled(remedy, known).strip() or "Sign in anew."
    )
    return AuthenticationFailed(problem, code=code, support=_support(answer, where))


def _filled(template: str, known: Mapping[str, str]) -> str:
    for name, value in known.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def _number(answer: Mapping[str, Any]) -> str:
    codes = answer.get("error_codes")
    listed = [str(code) for code in codes if isinstance(code, int)] if isinstance(codes, list) else []
    named = _NUMBER.findall(_said(answer, "error_description"))
    every = [*listed, *named]
    return next((number for number in every if number in _table()), every[0] if every else "")


def _said(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    return value if isinstance(value, str) else ""


def _its_words(answer: Mapping[str, Any], secrets: tuple[str, ...]) -> str:
    words = _said(answer, "error_description").strip().splitlines()
    first = _NUMBER.sub("", words[0]).strip(" :.") if words else ""
    return f": {scrubbed(first, *secrets)}" if first else ""


def _support(answer: Mapping[str, Any], where: Where) -> Support:
    return Support(
        method="POST",
        path=f"/{where.tenant}/oauth2/v2.0/token",
        correlation_id=_said(answer, "correlation_id") or None,
        trace_id=_said(answer, "trace_id") or None,
        at=_moment(_said(answer, "timestamp")),
    )


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def unreachable(where: Where, error: httpx.HTTPError) -> AuthenticationFailed:
    """The error of a directory that gave no answer at all."""
    cause = "the time was up" if isinstance(error, httpx.TimeoutException) else _cause(error, where)
    remedy = (
        "Check the network, the proxy settings (HTTPS_PROXY, NO_PROXY) and trusted certificates (SSL_CERT_FILE), and"
        " that `cloud:` is the tenant's cloud."
    )
    others = " or ".join(where.aliases)
    remedy += f" The same directory answers at {others} too: set RECONCILER_AUTHORITY_HOST." if others else ""
    return AuthenticationFailed.because(
        f"The directory at {where.named} can't be reached: {cause}.", remedy, where.named
    )


def unwell(where: Where, status: int) -> AuthenticationFailed:
    """The error of a directory that answers, and says again and again that it can't just now."""
    rushed = status == httpx.codes.TOO_MANY_REQUESTS
    what = f"The directory at {where.named} {'is asked too often' if rushed else 'is not well'}: it answered {status}."
    remedy = "The sign-in itself was not refused. Wait some minutes, then run again."
    remedy += "" if rushed else " If it stays so, look at https://azure.status.microsoft (Microsoft Entra ID)."
    return AuthenticationFailed(Problem(where=where.named, what=what, remedy=remedy), status=status)


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
    what = f"The directory at {where.named} gave no answer that can be understood."
    remedy = "Try again in some minutes. If it stays so, check what RECONCILER_AUTHORITY_HOST and the proxy lead to."
    return AuthenticationFailed.because(what, remedy, where.named)


def _in_history(error: BaseException | None) -> str:
    while error is not None:
        found = _NUMBER.search(str(error))
        if found:
            return found[1]
        error = error.__cause__ or error.__context__
    return ""
