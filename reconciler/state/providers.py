"""The object stores there are: how each is opened, what its people call things, and who lets one in.

Credentials are found by obstore, as each cloud's own tools find them; none passes through here.
"""

import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from obstore.store import AzureStore, GCSStore, S3Store

from reconciler.advice import problem
from reconciler.model.errors import InvalidInput
from reconciler.state import azure_cli, variables

Client = AzureStore | S3Store | GCSStore

_TRANSPORT = {
    "allow_invalid_certificates": False,
    "connect_timeout": timedelta(seconds=5),
    "timeout": timedelta(seconds=30),
}
_LOOPBACK_NAMES = {"localhost"}
_AZURITE = ("http://127.0.0.1:10000", "AZURITE_BLOB_STORAGE_URL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One kind of object store.

    `tag` is the part of an object's version that a conditional write names, `never` a version that no object has,
    `options` what the environment must not change in the client; `endpoints` are the variables that lead
    to another server. `sign_in` names its remedies in the table of advice.
    """

    title: str
    container: str
    store: Callable[..., Client]
    tag: Literal["e_tag", "version"]
    never: str
    endpoints: tuple[str, ...]
    sign_in: str
    options: Mapping[str, str] = field(default_factory=dict)
    experimental: bool = False


PROVIDERS: Mapping[str, Provider] = {
    "az": Provider(
        title="Azure Blob Storage",
        container="container",
        store=AzureStore,
        tag="e_tag",
        never='"0x0000000000000"',
        endpoints=("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"),
        sign_in="azure",
    ),
    "s3": Provider(
        title="Amazon S3",
        container="bucket",
        store=S3Store,
        tag="e_tag",
        never='"00000000000000000000000000000000"',
        options={"conditional_put": "etag"},  # else AWS_CONDITIONAL_PUT could switch conditions off
        endpoints=("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
        sign_in="aws",
    ),
    "gs": Provider(
        title="Google Cloud Storage (experimental)",
        container="bucket",
        store=GCSStore,
        tag="version",
        never="1",
        endpoints=("GOOGLE_BASE_URL",),
        sign_in="google",
        experimental=True,
    ),
}
"""By the scheme of their locations."""


def client(provider: Provider, container: str, prefix: str, *, retries: int) -> Client:
    """A client of one container or bucket, all names below the prefix. TLS is always verified.

    A request that is answered with trouble of the server is sent again up to `retries` times. Raises InvalidInput
    where the environment leads to a server by http that is not this machine, or holds what can't be sent; obstore's
    errors where it makes no sense otherwise.
    """
    variables.check(os.environ)
    options: dict[str, Any] = {**_TRANSPORT, "allow_http": _leads_to_this_machine(provider)}
    retrying = {"max_retries": retries, "retry_timeout": timedelta(seconds=30)}
    by_cli = provider.store is AzureStore and azure_cli.is_wanted(os.environ)
    config: Any = provider.options or None
    return provider.store(
        container,
        prefix=prefix or None,
        config=config,
        client_options=options,
        retry_config=retrying,
        **({"credential_provider": azure_cli.SignIn()} if by_cli else {}),
    )


def _leads_to_this_machine(provider: Provider) -> bool:
    """Returns True if plain http is meant, which is allowed to a server on this machine only."""
    found = [(name, os.environ[name]) for name in provider.endpoints if os.environ.get(name)]
    if provider.store is AzureStore and os.environ.get("AZURE_STORAGE_USE_EMULATOR", "").lower() in {"true", "1"}:
        found.append((_AZURITE[1], os.environ.get(_AZURITE[1]) or _AZURITE[0]))
    plain = [(name, url) for name, url in found if url.lower().startswith("http:")]
    for name, url in plain:
        if not _is_loopback(url):
            raise InvalidInput(problem("variable_plain_http", name, variable=name))
    return bool(plain)


def _is_loopback(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host in _LOOPBACK_NAMES or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
