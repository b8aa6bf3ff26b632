"""Device code: a person signs in once, in a browser anywhere, and the sign-in is kept on this machine."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reconciler.advice import problem
from reconciler.model.errors import AuthenticationFailed
from reconciler.model.identity import Invitation, Keeping
from reconciler.partner_center.auth.entra import Registration, answers, granted, public
from reconciler.partner_center.auth.failures import refused
from reconciler.partner_center.auth.http_client import Web
from reconciler.partner_center.auth.kept import AGAIN, KeptCache, KeptSignIn
from reconciler.partner_center.auth.renewal import Grant


class DeviceCodeSignIn:
    """An application with a user, by a sign-in that `login` made and `folder` keeps."""

    kind = "app+user"

    def __init__(self, where: Registration, folder: Path, web: Web) -> None:
        self._where = where
        self._kept = KeptSignIn(folder / f"sign-in-{_mark(where)}.bin")
        self._web = web
        self._client: Any = None
        self._cache: KeptCache | None = None

    def grant(self, *, anew: bool) -> Grant:
        if not self._kept.exists():
            raise self._nobody()
        self._kept.check()
        client, _ = self._open()
        accounts = self._accounts(client)
        requests_before = self._web.requests
        try:
            with answers(self._where):
                scopes = self._where.for_user
                result = accounts and client.acquire_token_silent_with_error(scopes, accounts[0], force_refresh=anew)
        except AuthenticationFailed:
            if self._web.requests == requests_before:  # nobody was asked, so it is no answer that can't be understood
                raise self._kept.unreadable("it is damaged") from None
            raise
        if not result:
            raise self._nobody()
        return granted(result, self._where, AGAIN)

    def login(self, invite: Callable[[Invitation], None]) -> Keeping:
        """Invites a person, waits for the sign-in, and keeps it in place of an earlier one, or of what can't be read.

        Raises AuthenticationFailed where it is declined, refused, not done in time, or could not be kept; the last of
        these before the person is invited, as far as it can be known.
        """
        self._kept.make_room()
        client, cache = self._open()
        before = self._accounts(client)
        with answers(self._where):
            flow = client.initiate_device_flow(scopes=self._where.for_user)
            invitation = _invitation(flow) if "device_code" in flow else None
        if invitation is None:
            raise refused(flow, self._where, AGAIN)
        invite(invitation)
        with answers(self._where), cache.keeping():
            result = client.acquire_token_by_device_flow(flow)
            granted(result, self._where, AGAIN, flow["device_code"])
            _forget(client, before)
        return Keeping(place=self._kept.place, encrypted=self._kept.is_encrypted)

    def _open(self) -> tuple[Any, KeptCache]:
        self._cache = self._cache or KeptCache(self._kept)
        with answers(self._where):
            self._client = self._client or public(self._where, self._web, self._cache)
        return self._client, self._cache

    def _accounts(self, client: Any) -> list[Any]:
        """Returns the accounts of the file; the directory has no part in that."""
        try:
            return list(client.get_accounts())
        except AuthenticationFailed:
            raise
        except Exception:  # noqa: BLE001 - entries that lack what msal expects of them
            raise self._kept.unreadable("it is damaged") from None

    def _nobody(self) -> AuthenticationFailed:
        return AuthenticationFailed(problem("nobody_signed_in", self._where.named, client_id=self._where.client_id))


def _forget(client: Any, before: list[Any]) -> None:
    """Removes whoever was signed in before, unless the same person signed in again."""
    if any(account not in before for account in client.get_accounts()):
        for old in before:
            client.remove_account(old)


def _mark(where: Registration) -> str:
    """One file for each registration, so that they don't disturb each other."""
    return hashlib.sha256(f"{where.authority}/{where.client_id}".encode()).hexdigest()[:16]


def _invitation(flow: dict[str, Any]) -> Invitation:
    return Invitation(
        address=str(flow["verification_uri"]), code=str(flow["user_code"]), seconds=int(flow["expires_in"])
    )
