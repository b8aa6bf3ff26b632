"""Device code: a person signs in once, in a browser anywhere, and the sign-in is kept on this machine."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msal_extensions  # type: ignore[import-untyped] # it has no type information

from reconciler.model.errors import AuthenticationFailed
from reconciler.model.identity import Invitation, Keeping
from reconciler.partner_center.auth.entra import Registration, answers, granted, public
from reconciler.partner_center.auth.failures import refused
from reconciler.partner_center.auth.renewal import Grant
from reconciler.partner_center.auth.web import Web

AGAIN = "Sign in: reconciler auth login"


class DeviceCodeSignIn:
    """An application with a user, by a sign-in that `login` made and `folder` keeps."""

    kind = "app+user"

    def __init__(self, where: Registration, folder: Path, web: Web) -> None:
        self._where = where
        self._file = folder / f"sign-in-{_mark(where)}.bin"
        self._web = web
        self._client: Any = None
        self._encrypted = False

    def grant(self, *, anew: bool) -> Grant:
        if not self._file.exists():
            raise self._nobody()
        with answers(self._where):
            client = self._open()
            accounts = client.get_accounts()
            scopes = self._where.for_user
            result = accounts and client.acquire_token_silent_with_error(scopes, accounts[0], force_refresh=anew)
        if not result:
            raise self._nobody()
        return granted(result, self._where, AGAIN)

    def login(self, invite: Callable[[Invitation], None]) -> Keeping:
        """Invites a person, waits for the sign-in, and keeps it in place of an earlier one.

        Raises AuthenticationFailed where it is declined, refused, or not done in time.
        """
        with answers(self._where):
            client = self._open()
            before = client.get_accounts()
            flow = client.initiate_device_flow(scopes=self._where.for_user)
            invitation = _invitation(flow) if "device_code" in flow else None
        if invitation is None:
            raise refused(flow, self._where, AGAIN)
        invite(invitation)
        with answers(self._where):
            result = client.acquire_token_by_device_flow(flow)
            granted(result, self._where, AGAIN, flow["device_code"])
            _forget(client, before)
        return Keeping(place=str(self._file), encrypted=self._encrypted)

    def _open(self) -> Any:
        if self._client is None:
            persistence = self._persistence()
            self._encrypted = bool(persistence.is_encrypted)
            self._client = public(self._where, self._web, msal_extensions.PersistedTokenCache(persistence))
        return self._client

    def _persistence(self) -> Any:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._file.exists():
            self._file.chmod(0o600)
        try:
            return msal_extensions.build_encrypted_persistence(str(self._file))
        except Exception:  # noqa: BLE001 - whatever this machine's keyring lacks
            return msal_extensions.FilePersistence(str(self._file))

    def _nobody(self) -> AuthenticationFailed:
        what = f"Nobody is signed in on this machine with the application {self._where.client_id}."
        remedy = f'{AGAIN}\nA pipeline signs in by a variable instead (README, "Signing in").'
        return AuthenticationFailed.because(what, remedy, self._where.host)


def _forget(client: Any, before: list[Any]) -> None:
    """Removes whoever was signed in before, unless the same person signed in again."""
    if any(one not in before for one in client.get_accounts()):
        for old in before:
            client.remove_account(old)


def _mark(where: Registration) -> str:
    """One file for each registration, so that they don't disturb each other."""
    return hashlib.sha256(f"{where.authority}/{where.client_id}".encode()).hexdigest()[:16]


def _invitation(flow: dict[str, Any]) -> Invitation:
    return Invitation(
        address=str(flow["verification_uri"]), code=str(flow["user_code"]), seconds=int(flow["expires_in"])
    )
