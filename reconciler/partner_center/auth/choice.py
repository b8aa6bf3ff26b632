"""Chooses the sign-in: the one that the settings name, else the one whose variables are set.

Names of our own (RECONCILER_…) win over Azure's (AZURE_…), and both over what a pipeline offers unasked. Two sign-ins
on one level are refused, never guessed at.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.advice import problem
from reconciler.model.choices import SIGN_INS
from reconciler.model.errors import AuthenticationFailed
from reconciler.model.settings import Partner
from reconciler.model.withheld import unfit_choice
from reconciler.partner_center.clouds import Cloud
from reconciler.partner_center.http.rate_limit import Sleep

OURS, AZURES = "RECONCILER_", "AZURE_"

SIGNALS: Mapping[str, tuple[str, ...]] = {
    "access-token": ("ACCESS_TOKEN",),
    "refresh-token": ("REFRESH_TOKEN", "REFRESH_TOKEN_FILE"),
    "client-secret": ("CLIENT_SECRET",),
    "certificate": ("CLIENT_CERTIFICATE_PATH",),
    "federated-token-file": ("FEDERATED_TOKEN_FILE",),
    "azure-pipelines": ("SERVICE_CONNECTION_ID",),
}
"""The variables that ask for each sign-in, without the beginning of their names."""

_OF_AZURE = {"CLIENT_SECRET", "CLIENT_CERTIFICATE_PATH", "CLIENT_CERTIFICATE_PASSWORD", "FEDERATED_TOKEN_FILE"} | {
    "TENANT_ID",
    "CLIENT_ID",
}
PROOFS = ("client-secret", "certificate", "federated-token-file")
GITHUB = ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
AZURE_PIPELINES = ("SYSTEM_OIDCREQUESTURI", "SYSTEM_ACCESSTOKEN")
CONNECTION_OF_TASK = "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"
IN_FILE = {"TENANT_ID": "tenant", "CLIENT_ID": "client_id"}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Everything a sign-in is chosen from.

    `azure_names`: whether Azure's own variables count; they don't where they serve the state location. `folder` is
    where a person's sign-in is kept. Nothing is read or asked before a token is wanted, the certificate apart.
    """

    cloud: Cloud
    partner: Partner
    environment: Mapping[str, str] = field(repr=False)
    azure_names: bool
    folder: Path
    sleep: Sleep = time.sleep

    def way(self) -> str:
        """The sign-in's name in the settings. Raises AuthenticationFailed where none or more than one is there."""
        return self._named() or self._by_variables()

    def value(self, name: str) -> str | None:
        """A variable by the end of its name; for the tenant and the application, the settings file comes second."""
        return (
            self.ours(name) or (getattr(self.partner, IN_FILE[name]) if name in IN_FILE else None) or self.azures(name)
        )

    def variable(self, name: str) -> str:
        """The variable that `value` comes from, by its whole name; ours where neither is set."""
        return f"{AZURES}{name}" if self.azures(name) and not self.ours(name) else f"{OURS}{name}"

    def ours(self, name: str) -> str | None:
        return self.raw(f"{OURS}{name}")

    def azures(self, name: str) -> str | None:
        return self.raw(f"{AZURES}{name}") if self.azure_names and name in _OF_AZURE else None

    def raw(self, variable: str) -> str | None:
        """A variable by its whole name; one that is empty or blank counts as not set, a byte order mark as nothing."""
        return self.environment.get(variable, "").strip().strip("\ufeff").strip() or None

    def _named(self) -> str | None:
        way = self.ours("AUTH") or self.partner.auth
        if way is None or way in SIGN_INS:
            return way
        raise AuthenticationFailed(problem("no_such_sign_in", "RECONCILER_AUTH", shown=unfit_choice(way, SIGN_INS)))

    def _by_variables(self) -> str:
        return self._one(self.ours, OURS) or self._one(self.azures, AZURES) or self._offered() or self._personal()

    def _one(self, value: Callable[[str], str | None], beginning: str) -> str | None:
        """The one sign-in that these variables ask for. A refresh token goes along with an application's proof."""
        found = {way: name for way, names in SIGNALS.items() for name in names if value(name)}
        if "refresh-token" in found:
            found = {way: name for way, name in found.items() if way not in PROOFS}
        if len(found) > 1:
            raise ambiguous({way: beginning + name for way, name in found.items()})
        return next(iter(found), None)

    def _offered(self) -> str | None:
        """Returns the sign-in that a pipeline offers to every job that may have it."""
        if all(map(self.raw, GITHUB)):
            return "github-actions"
        if self.raw(CONNECTION_OF_TASK) and all(map(self.raw, AZURE_PIPELINES)):
            return "azure-pipelines"
        return None

    def _personal(self) -> str:
        if self.value("TENANT_ID") and self.value("CLIENT_ID"):
            return "device-code"
        empty = [name for name in self._variables() if self.environment.get(name) == ""]
        hint = {"empty" if len(empty) == 1 else "all_empty": listed(empty)} if empty else {}
        variables = ", ".join(sorted(f"{OURS}{names[0]}" for names in SIGNALS.values()))
        raise AuthenticationFailed(problem("no_sign_in", cloud=self.cloud.name, variables=variables, **hint))

    def _variables(self) -> Iterator[str]:
        yield from (f"{OURS}{name}" for names in SIGNALS.values() for name in names)
        yield from (f"{OURS}{name}" for name in IN_FILE)


def ambiguous(found: Mapping[str, str]) -> AuthenticationFailed:
    """More than one sign-in is asked for; `found` has the variable that asks for each."""
    names = {"variables": listed(list(found.values())), "ways": " or ".join(found)}
    return AuthenticationFailed(problem("several_sign_ins", "environment", **names))


def listed(names: list[str]) -> str:
    """A, B and C."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
