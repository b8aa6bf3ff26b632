"""A sign-in made of the variables and settings that it is chosen from."""

import re
from dataclasses import dataclass

from reconciler.advice import problem
from reconciler.model.address import is_guid
from reconciler.model.errors import AuthenticationFailed
from reconciler.model.withheld import description
from reconciler.partner_center.auth.certificate import ClientCertificate
from reconciler.partner_center.auth.choice import (
    AZURE_PIPELINES,
    AZURES,
    CONNECTION_OF_TASK,
    GITHUB,
    IN_FILE,
    OURS,
    PROOFS,
    SIGNALS,
    Choice,
    listed,
)
from reconciler.partner_center.auth.device import DeviceCodeSignIn
from reconciler.partner_center.auth.entra import ApplicationSignIn, Credential, Registration
from reconciler.partner_center.auth.federated import AzurePipelines, Federated, GitHubActions, TokenFile
from reconciler.partner_center.auth.http_client import Web
from reconciler.partner_center.auth.refresh import RefreshTokens, RefreshTokenSignIn
from reconciler.partner_center.auth.renewal import RenewedTokens, SignIn
from reconciler.partner_center.auth.secret import ClientSecret
from reconciler.partner_center.auth.tokens import StaticToken, TokenSource
from reconciler.partner_center.clouds import CLOUDS
from reconciler.partner_center.http.endpoint import is_loopback

_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}", re.IGNORECASE)
_HOST = re.compile(r"(?:https://)?(([A-Za-z0-9][A-Za-z0-9.-]*)(?::[0-9]{1,5})?)/?")

_SET_BY_PIPELINE = {"github-actions": "github", "azure-pipelines": "azure_pipelines"}
"""The sign-ins whose variables nobody sets by hand, with the steps of the table that say how a job gets them."""


def tokens(choice: Choice) -> TokenSource:
    """The tokens of the sign-in that is chosen.

    Raises AuthenticationFailed where none, half of one, or more than one is there.
    """
    return Maker(choice, choice.way()).tokens()


def device(choice: Choice) -> DeviceCodeSignIn:
    """The sign-in of a person on this machine. Raises AuthenticationFailed where it is not said for what."""
    return Maker(choice, "device-code").device()


@dataclass(frozen=True)
class Maker:
    """Makes one sign-in of what it is chosen from.

    Every method raises AuthenticationFailed where a variable is missing or can't be what it should be. Nothing is asked
    and no file is read before a token is wanted, the certificate apart.
    """

    choice: Choice
    way: str

    def tokens(self) -> TokenSource:
        """The sign-in's tokens."""
        if self.way == "access-token":
            self._needed(f"{OURS}ACCESS_TOKEN")
            return StaticToken(self.choice.environment[f"{OURS}ACCESS_TOKEN"])
        return RenewedTokens(self._sign_in(Web(self.choice.sleep)))

    def device(self) -> DeviceCodeSignIn:
        """The sign-in of a person on this machine."""
        return DeviceCodeSignIn(self.registration(), self.choice.folder, Web(self.choice.sleep))

    def _sign_in(self, web: Web) -> SignIn:
        if self.way == "device-code":
            return self.device()
        where = self.registration()
        if self.way != "refresh-token":
            return ApplicationSignIn(where, self._proof(self.way, web), web)
        if not (self.choice.ours("REFRESH_TOKEN") or self.choice.ours("REFRESH_TOKEN_FILE")):
            raise self._incomplete([f"{OURS}REFRESH_TOKEN"])
        tokens = RefreshTokens(self.choice.ours("REFRESH_TOKEN"), self.choice.ours("REFRESH_TOKEN_FILE"))
        return RefreshTokenSignIn(where=where, credential=self._proof_beside(web), tokens=tokens, web=web)

    def _proof_beside(self, web: Web) -> Credential | None:
        """Returns the proof of the application that the refresh token was made for; None where it keeps no secret."""
        for beginning, value in ((OURS, self.choice.ours), (AZURES, self.choice.azures)):
            found = {way: name for way in PROOFS for name in SIGNALS[way] if value(name)}
            if len(found) > 1:
                names = listed([beginning + name for name in found.values()])
                raise AuthenticationFailed(problem("several_proofs", names, variables=names))
            if found:
                return self._proof(next(iter(found)), web)
        return None

    def _proof(self, way: str, web: Web) -> Credential:
        match way:
            case "client-secret":
                return ClientSecret(self._need("CLIENT_SECRET"))
            case "certificate":
                password = self.choice.value("CLIENT_CERTIFICATE_PASSWORD")
                path, variable = self._need("CLIENT_CERTIFICATE_PATH"), self.choice.variable("CLIENT_CERTIFICATE_PATH")
                return ClientCertificate.read(path, password, variable=variable)
            case "federated-token-file":
                variable = self.choice.variable("FEDERATED_TOKEN_FILE")
                return Federated(TokenFile(self._need("FEDERATED_TOKEN_FILE"), variable))
            case "github-actions":
                return Federated(self._github(web))
            case _:
                return Federated(self._azure_pipelines(web))

    def _github(self, web: Web) -> GitHubActions:
        url, bearer = map(self._needed, GITHUB)
        return GitHubActions(url=url, bearer=bearer, audience=self.choice.cloud.exchange_audience, web=web)

    def _azure_pipelines(self, web: Web) -> AzurePipelines:
        url, bearer = map(self._needed, AZURE_PIPELINES)
        connection = self.choice.raw(CONNECTION_OF_TASK)
        named = self.choice.ours("SERVICE_CONNECTION_ID") or connection or self._need("SERVICE_CONNECTION_ID")
        return AzurePipelines(url=url, bearer=bearer, service_connection=named, web=web)

    def registration(self) -> Registration:
        """Returns the application that signs in, its directory and the audience."""
        names = [name for name in IN_FILE if not self.choice.value(name)]
        if names:
            raise self._incomplete([f"{OURS}{name}" for name in names])
        first, *others = self.choice.cloud.authority_hosts
        chosen = self._authority_host()
        return Registration(
            host=chosen or first,
            tenant=self._named("TENANT_ID"),
            client_id=self._named("CLIENT_ID"),
            audience=self.choice.cloud.audience,
            aliases=() if chosen else tuple(others),
            shown_as="" if chosen is None or self._is_known(chosen) else "the host of RECONCILER_AUTHORITY_HOST",
        )

    def _is_known(self, host: str) -> bool:
        """Returns whether messages may show it: a directory of Microsoft's, or this machine."""
        name = host.partition(":")[0]
        return is_loopback(name) or any(name in cloud.authority_hosts for cloud in CLOUDS.values())

    def _authority_host(self) -> str | None:
        host = self.choice.ours("AUTHORITY_HOST")
        if host is None:
            return None
        match = _HOST.fullmatch(host)
        name = match[2] if match else ""
        if match is None or not (_DOMAIN.fullmatch(name) or is_loopback(name)):
            raise AuthenticationFailed(problem("no_authority_host", "RECONCILER_AUTHORITY_HOST"))
        return match[1]

    def _named(self, name: str) -> str:
        value, variable = self._need(name), self.choice.variable(name)
        if is_guid(value) or (name == "TENANT_ID" and _DOMAIN.fullmatch(value)):
            return value
        code = "tenant_unfit" if name == "TENANT_ID" else "application_unfit"
        raise AuthenticationFailed(problem(code, variable, variable=variable, shown=description(value)))

    def _need(self, name: str) -> str:
        value = self.choice.value(name)
        if value is None:
            raise self._incomplete([f"{OURS}{name}"])
        return value

    def _needed(self, variable: str) -> str:
        value = self.choice.raw(variable)
        if value is None:
            raise self._incomplete([variable])
        return value

    def _incomplete(self, missing: list[str]) -> AuthenticationFailed:
        in_file = [name for name in missing if name.removeprefix(OURS) in IN_FILE]
        keys = ", ".join(f"`{IN_FILE[name.removeprefix(OURS)]}:`" for name in in_file)
        ours = missing[0].startswith(OURS)
        set_by = "by_hand_or_file" if in_file else "by_hand" if ours else _SET_BY_PIPELINE.get(self.way, "by_hand")
        return AuthenticationFailed(
            problem(
                "sign_in_incomplete",
                "environment",
                way=self.way,
                missing=f"{listed(missing)} {'is' if len(missing) == 1 else 'are'}",
                variables=listed(missing),
                keys=keys,
                **{set_by: "true"},
                device_code="true" if self.way == "device-code" else "",
            )
        )
