"""A refresh token: an application together with a user who signed in once, as the Secure Application Model has it."""

import contextlib
import logging
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.advice import problem, sentence
from reconciler.model.errors import AuthenticationFailed
from reconciler.model.withheld import look_of
from reconciler.partner_center.auth.entra import Credential, Registration, answers, confidential, granted, public
from reconciler.partner_center.auth.http_client import Web
from reconciler.partner_center.auth.renewal import Grant
from reconciler.partner_center.auth.secret_files import Unfit, token_in

TOKEN, FILE = "RECONCILER_REFRESH_TOKEN", "RECONCILER_REFRESH_TOKEN_FILE"

AGAIN = "refresh_token"
"""The condition of the advice on how a user signs in anew."""

_LONGEST = 64 * 1024

log = logging.getLogger(__name__)


class RefreshTokens:
    """The refresh tokens at hand, the one to try first in front.

    Each use of one brings its successor, which is good for another 90 days. It is kept in the file, if there is one,
    readable by its owner alone; else for the length of the run. Where the file's token is not accepted any more, the
    one that was given beside it is tried: somebody may have signed in anew.
    """

    def __init__(self, given: str | None, file: str | None) -> None:
        self._given = given
        self._file = Path(file) if file else None
        self._newest: str | None = None

    def __repr__(self) -> str:
        return f"RefreshTokens(file={self._file is not None})"

    def candidates(self) -> tuple[str, ...]:
        """Returns the tokens to try, in order.

        Raises AuthenticationFailed for a file that can't be used, and where there is no token.
        """
        found = dict.fromkeys(filter(None, (self._newest, self._kept(), self._given)))
        if not found:
            where = FILE if self._file else TOKEN
            raise AuthenticationFailed(problem("no_refresh_token", where, **{AGAIN: "true"}))
        return tuple(found)

    def keep(self, token: str) -> None:
        """Takes the successor. The token before it stays good, so a file that can't be written stops nothing."""
        self._newest = token
        if self._file is None:
            return
        try:
            _replace(self._file, token)
        except OSError as error:
            log.warning("the new refresh token could not be kept in the file of %s: %s", FILE, error.strerror)

    def _kept(self) -> str | None:
        if self._file is None or self._newest is not None:
            return None
        try:
            found = token_in(str(self._file), longest=_LONGEST) if os.path.lexists(self._file) else None
            _check_writable(self._file)
        except Unfit as error:
            raise _unusable(str(error)) from None
        except (OSError, ValueError) as error:
            look = look_of(str(self._file))
            why = error.strerror if isinstance(error, OSError) else sentence("value_is_no_path")
            raise _unusable(sentence("value_is_the_secret", look=look) if look else str(why)) from None
        return found


def _unusable(why: str) -> AuthenticationFailed:
    return AuthenticationFailed(problem("refresh_token_file_unfit", FILE, why=why))


def _check_writable(file: Path) -> None:
    """Raises OSError where a successor could not be kept: better before the first use than after it."""
    if file.exists():
        file.chmod(0o600)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    os.close(descriptor)
    Path(name).unlink()


def _replace(file: Path, token: str) -> None:
    """Whole or not at all; a temporary file is its owner's alone from its first moment."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as temporary:
            temporary.write(f"{token}\n")
            temporary.flush()
            os.fsync(temporary.fileno())
        Path(name).replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


@dataclass(kw_only=True)
class RefreshTokenSignIn:
    """An application with a user, by a refresh token; `credential` is None for an application that has no proof."""

    where: Registration
    credential: Credential | None = field(repr=False)
    tokens: RefreshTokens
    web: Web = field(repr=False)
    kind: str = "app+user"
    _client: Any = field(default=None, repr=False)

    def grant(self, *, anew: bool) -> Grant:  # noqa: ARG002 - nothing is kept, so each one is new
        first, *others = self.tokens.candidates()
        result = refusal = self._answer(first)
        for token in others:
            if not _is_dead(result):
                break
            result = self._answer(token)
        if "access_token" not in result:
            result = refusal  # what was tried first is what is in use: its refusal is the one to mend
        secrets = self.credential.secrets() if self.credential else ()
        grant = granted(result, self.where, AGAIN, first, *others, *secrets)
        successor = result.get("refresh_token")
        if isinstance(successor, str) and successor and successor not in {first, *others}:
            self.tokens.keep(successor)
        return grant

    def _answer(self, token: str) -> Mapping[str, Any]:
        with answers(self.where):
            self._client = self._client or self._new_client()
            result = self._client.acquire_token_by_refresh_token(token, scopes=self.where.for_user)
        return result if isinstance(result, Mapping) else {}

    def _new_client(self) -> Any:
        if self.credential is None:
            return public(self.where, self.web)
        return confidential(self.where, self.credential, self.web)


def _is_dead(answer: Mapping[str, Any]) -> bool:
    """Returns whether it refuses this refresh token, and not the sign-in whatever the token."""
    return answer.get("error") == "invalid_grant"
