"""Addresses of the API: the base address, paths below it, and where the service's links may lead."""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import quote

import httpx

from reconciler.advice import problem
from reconciler.model.errors import InvalidInput

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(rb"[0-9a-z._-]+|[0-9a-f:.]+")


def check_endpoint(url: str) -> str:
    """Returns the API's base address without a slash or `/v1` at its end.

    Raises InvalidInput for anything but https, or http on this machine (127.0.0.0/8, ::1, localhost), and for an
    address that carries credentials, a query or a fragment. The message never repeats the address: it may hold a
    secret.
    """
    try:
        parsed = httpx.URL(url.strip())
    except httpx.InvalidURL as error:
        raise _unfit("endpoint_unfit") from error
    if parsed.userinfo:
        raise _unfit("endpoint_with_user")
    if parsed.query or parsed.fragment or "?" in url or "#" in url:
        raise _unfit("endpoint_with_query")
    if parsed.scheme not in _DEFAULT_PORTS or not _HOST.fullmatch(parsed.raw_host):
        raise _unfit("endpoint_not_https")
    if parsed.scheme == "http" and not is_loopback(parsed.host):
        raise _unfit("endpoint_plain_http")
    return str(parsed).rstrip("/").removesuffix("/v1")


def _unfit(code: str) -> InvalidInput:
    return InvalidInput(problem(code, "endpoint (RECONCILER_ENDPOINT)"))


def is_local(url: str) -> bool:
    """Returns whether an address, one that `check_endpoint` returned, is on this machine itself."""
    return is_loopback(httpx.URL(url).host)


def is_loopback(host: str) -> bool:
    """Returns whether the host is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Endpoint:
    """The API at one base address. Raises InvalidInput as `check_endpoint` does."""

    def __init__(self, base_url: str) -> None:
        self._prefix = f"{check_endpoint(base_url)}/v1/"
        self._base = httpx.URL(self._prefix)

    @property
    def host(self) -> str:
        """The host, for messages and for choosing a proxy."""
        return self._base.host

    @property
    def raw_host(self) -> bytes:
        """The host as it goes over the wire."""
        return self._base.raw_host

    @property
    def port(self) -> int:
        """The port, given or usual."""
        return self._base.port or _DEFAULT_PORTS[self.scheme]

    @property
    def scheme(self) -> str:
        """`https`, or `http` on loopback."""
        return self._base.scheme

    def url(self, *segments: str, query: Mapping[str, str] | None = None) -> httpx.URL:
        """Returns the address of a resource. Raises InvalidInput for a segment that is no name, such as `..`."""
        url = self._below("/".join(_segment(segment) for segment in segments))
        return url.copy_merge_params(query) if query else url

    def owns(self, url: httpx.URL) -> bool:
        """Returns whether an address has our scheme, host and port: only there may a token go."""
        return _origin(url) == _origin(self._base)

    def follow(self, link: str) -> httpx.URL:
        """Returns where a link of the service leads, with and without `/v1` in front.

        Raises ValueError for a link that leaves the API. The service has sent links with a second question mark, which
        stands for an ampersand.
        """
        path, mark, query = link.strip().partition("?")
        try:
            url = httpx.URL(path + mark + query.replace("?", "&"))
            if not (url.scheme or url.host):
                return self._below(re.sub(r"^/*(v1/+)*", "", url.raw_path.decode("ascii")))
        except httpx.InvalidURL:
            raise ValueError("names a link that is no address") from None
        if url.userinfo or not self.owns(url):
            raise ValueError("names a link to another host, which is never followed")
        return url

    def _below(self, path: str) -> httpx.URL:
        return httpx.URL(self._prefix + path)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or _DEFAULT_PORTS.get(url.scheme)


def _segment(text: str) -> str:
    if not text.strip("."):
        raise InvalidInput(problem("not_an_id", text=repr(text)))
    return quote(text, safe="")


def resource_path(url: httpx.URL) -> str:
    """Returns the path from `/v1/` on. What precedes it is the endpoint's, and may hold a gateway's key."""
    _, version, path = url.path.rpartition("/v1/")
    return version + path
