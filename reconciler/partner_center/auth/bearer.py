"""The token on a request."""

from collections.abc import Generator

import httpx

from reconciler.partner_center.auth.tokens import TokenSource, checked
from reconciler.partner_center.http.endpoint import Endpoint
from reconciler.partner_center.http.precheck import precheck_of
from reconciler.partner_center.wire.faults import fault
from reconciler.partner_center.wire.json_text import Unreadable, parsed


class BearerAuth(httpx.Auth):
    """Puts the token on requests to the API, and on no other: elsewhere a request goes without.

    After a 401 a request leaves once more, under its own ids, where there is another token to send it with: a read
    always, a write only where the 401 is the service's own error. Any other may come from a gateway, after the write
    was carried out.
    """

    def __init__(self, tokens: TokenSource, endpoint: Endpoint) -> None:
        self._tokens = tokens
        self._endpoint = endpoint

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not self._endpoint.owns(request.url):
            yield request
            return
        token = self._tokens.token()
        response = yield _bearing(request, token)
        if response.status_code == httpx.codes.UNAUTHORIZED and (request.method == "GET" or _own_error(response)):
            another = self._tokens.instead_of(token)
            precheck = precheck_of(request)
            if precheck is not None:
                precheck.refused()
            if another is not None:
                yield _bearing(request, another)


def _own_error(response: httpx.Response) -> bool:
    try:
        return fault(parsed(response.content)).own
    except (Unreadable, ValueError):
        return False


def _bearing(request: httpx.Request, token: str) -> httpx.Request:
    request.headers["Authorization"] = f"Bearer {checked(token)}"
    return request
